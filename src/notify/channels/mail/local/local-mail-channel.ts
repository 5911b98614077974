import type { Channel, Message, SendOutcome } from "../../../../core/delivery.ts";
import { isMailAddress } from "../../../../core/recipients.ts";
import { safeText } from "../../../../core/safe-text.ts";
import { runProgram, type ShellOutcome } from "../../../../platform/shell.ts";
import { mailSubject } from "../mail-subject.ts";
import { commandWords } from "./command-words.ts";

export interface LocalMailOptions {
  /** The user's command line, by default `mail`; its arguments are `-s SUBJECT RECIPIENT`, and it reads the text from standard input. */
  readonly command?: string;
  /** Default 60 seconds. */
  readonly timeoutMs?: number;
}

/** Characters of the command's output that are kept. */
const outputLimit = 4096;

/**
 * Mail by a command of this machine. The shell reads only the user's own command line; subject and recipient are passed to the
 * command unchanged, and no shell interprets them.
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
        reason: safeText(`not a mail address that can be passed to a mail command: ${recipient}`),
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
    const output = safeText(outcome.stderr.trim() || outcome.stdout.trim(), { limit: 300 });
    const quote = output === "" ? "" : `: ${output}`;
    switch (outcome.kind) {
      case "exited":
        if (outcome.code === 0) return { kind: "delivered" };
        if (outcome.code === 127) return { kind: "retry", reason: missing(command, output) };
        if (outcome.code === 126)
          return { kind: "retry", reason: `the mail command cannot be executed: ${command}${quote}` };
        return { kind: "retry", reason: `the mail command ended with status ${outcome.code}${quote}` };
      case "not-started":
        return { kind: "retry", reason: missing(command, safeText(outcome.reason)) };
      // It may have passed the message on before it was stopped.
      case "timed-out":
        return {
          kind: "retry",
          reason: `the mail command did not end within ${this.#timeoutMs / 1000} s${quote}`,
          uncertain: true,
        };
      case "too-much-output":
        return { kind: "retry", reason: `the mail command printed too much and was stopped${quote}`, uncertain: true };
      case "killed":
        return { kind: "retry", reason: `the mail command was killed by ${outcome.signal}${quote}`, uncertain: true };
      case "aborted":
        return { kind: "retry", reason: "aborted while the mail command ran", uncertain: true };
    }
  }
}

function missing(command: string, detail: string): string {
  return `there is no such mail command: ${command} (${detail}); install one, such as mailutils or bsd-mailx, or set mail_command or smtp_server`;
}

/**
 * Whether every command named mail reads it as a mail address. Some of them read a name that begins with `|` as a program and one
 * with `/` as a file; a leading `-` is an option (POSIX mailx, "Recipients").
 */
export function isLocalRecipient(recipient: string): boolean {
  return isMailAddress(recipient) && /^[\p{L}\p{N}_]/u.test(recipient) && !/^[^@]*[/|!%]/.test(recipient);
}

/**
 * The program and its arguments. Except on Windows, the user's command line is the script of a shell, and subject and recipient are
 * its positional parameters, which a shell does not interpret. `cmd.exe` has none, so there the command line is only split.
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
 * Some mail commands execute lines that begin with `~` even if the text is not typed, and end the text at a line with
 * a single dot. A space is inserted before such lines.
 */
function withoutEscapes(text: string): string {
  return text.replace(/^(?=~|\.\r?$)/gm, " ");
}
