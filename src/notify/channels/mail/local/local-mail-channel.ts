import type { Channel, Message, SendOutcome } from "../../../../core/delivery.ts";
import { isMailAddress } from "../../../../core/recipients.ts";
import { safeText } from "../../../../core/safe-text.ts";
import { runProgram, type ShellOutcome } from "../../../../platform/shell.ts";
import { mailSubject } from "../mail-subject.ts";
import { commandWords } from "./command-words.ts";

export interface LocalMailOptions {
  /** The user's command line, by default `mail`; it is given `-s SUBJECT RECIPIENT`, and the text on standard input. */
  readonly command?: string;
  /** Default 60 seconds. */
  readonly timeoutMs?: number;
}

/** Kept of what the command says. */
const outputLimit = 4096;

/**
 * Mail by a command of this machine. The shell sees the user's own command line; subject and recipient reach the command
 * as they are and are never part of what a shell reads.
 */
export class LocalMailChannel implements Channel {
  readonly #command: string;
  readonly #timeoutMs: number;

  constructor(options: LocalMailOptions = {}) {
    this.#command = options.command ?? "mail";
    this.#timeoutMs = options.timeoutMs ?? 60_000;
  }

  async send(message: Message, recipient: string, signal: AbortSignal): Promise<SendOutcome> {
    if (signal.aborted) return { kind: "retry", reason: "aborted before the mail command was started" };
    if (!isLocalRecipient(recipient)) {
      return {
        kind: "rejected",
        reason: safeText(`not a mail address that a mail command can be given: ${recipient}`),
      };
    }
    const { program, args } = invocation(this.#command, mailSubject(message.subject), recipient, process.platform);
    const outcome = await runProgram(program, args, {
      timeoutMs: this.#timeoutMs,
      signal,
      input: withoutEscapes(message.text),
      outputLimit,
    });
    return this.#outcomeOf(outcome);
  }

  #outcomeOf(outcome: ShellOutcome): SendOutcome {
    const command = safeText(this.#command, { limit: 200 });
    const said = safeText(outcome.stderr.trim() || outcome.stdout.trim(), { limit: 300 });
    const quote = said === "" ? "" : `: ${said}`;
    switch (outcome.kind) {
      case "exited":
        if (outcome.code === 0) return { kind: "delivered" };
        if (outcome.code === 127) return { kind: "retry", reason: missing(command, said) };
        if (outcome.code === 126)
          return { kind: "retry", reason: `the mail command cannot be executed: ${command}${quote}` };
        return { kind: "retry", reason: `the mail command ended with status ${outcome.code}${quote}` };
      case "not-started":
        return { kind: "retry", reason: missing(command, safeText(outcome.reason)) };
      // It may have handed the message on before it was ended.
      case "timed-out":
        return {
          kind: "retry",
          reason: `the mail command did not end within ${this.#timeoutMs / 1000} s${quote}`,
          uncertain: true,
        };
      case "too-much-output":
        return { kind: "retry", reason: `the mail command printed without end${quote}`, uncertain: true };
      case "killed":
        return { kind: "retry", reason: `the mail command was ended by ${outcome.signal}${quote}`, uncertain: true };
      case "aborted":
        return { kind: "retry", reason: "aborted while the mail command ran", uncertain: true };
    }
  }
}

function missing(command: string, said: string): string {
  return `there is no such mail command: ${command} (${said}); install one, such as mailutils or bsd-mailx, or set mail_command or smtp_server`;
}

/**
 * Whether the commands named mail take it for a person. To some of them a name that begins with `|` is a program and one
 * with `/` a file; a leading `-` is an option (POSIX mailx, "Recipients").
 */
export function isLocalRecipient(recipient: string): boolean {
  return isMailAddress(recipient) && /^[\p{L}\p{N}_]/u.test(recipient) && !/^[^@]*[/|!%]/.test(recipient);
}

/**
 * What to start. Elsewhere than on Windows the user's command line is the shell's script, and ours are its positional
 * parameters, which a shell does not read again. `cmd.exe` has no such thing: there the command line is only split.
 */
export function invocation(
  command: string,
  subject: string,
  recipient: string,
  platform: NodeJS.Platform,
): { readonly program: string; readonly args: readonly string[] } {
  if (platform !== "win32") {
    return { program: "/bin/sh", args: ["-c", `${command} -s "$1" "$2"`, "mail", subject, recipient] };
  }
  const [program = "mail", ...words] = commandWords(command);
  return { program, args: [...words, "-s", subject, recipient] };
}

/**
 * Some mail commands obey lines that begin with `~` even when they do not come from a keyboard, and end the text at a
 * line with a single dot: such lines are moved by a space.
 */
function withoutEscapes(text: string): string {
  return text.replace(/^(?=~|\.\r?$)/gm, " ");
}
