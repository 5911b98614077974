import { randomBytes } from "node:crypto";
import { Command } from "commander";
import { HarbingerError } from "../../core/errors.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { setExitStatus } from "../exit.ts";
import { note, print, printJson } from "../output.ts";

const minLength = 8;
/** The longest password that a login accepts, in characters. */
const maxLength = 1024;
const tokenBytes = 32;

export function webCommand(): Command {
  return new Command("web")
    .description("make passwords and tokens for the pages and the API")
    .addCommand(passwordCommand())
    .addCommand(tokenCommand());
}

function passwordCommand(): Command {
  return withCommonOptions(new Command("password"))
    .description("ask for a password and print its hash, for web.users")
    .addHelpText(
      "after",
      `
It asks twice on a terminal. Otherwise it reads the first line of standard input.
${examples("harbinger web password", "harbinger web password < password-file")}`,
    )
    .action(async (_options: unknown, command: Command) => {
      const common = commonOptions(command);
      const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true;
      const password = isTerminal ? await askTwice() : await firstLine(process.stdin);
      if (password === undefined) {
        setExitStatus(1);
        return;
      }
      const problem = problemOf(password);
      if (problem !== undefined) throw new HarbingerError("usage", problem);
      const { hashPassword } = await import("../../web/access/password-hash.ts");
      const hash = await hashPassword(password);
      if (common.json === true) printJson({ hash });
      else print(hash);
      if (common.quiet === true || common.json === true) return;
      note(`Put this into the configuration, with a name of your choice, then run "harbinger reload":
  web:
    users:
      ann: { password: "HASH", role: operate }
The role "read" shows everything; "operate" also allows changes.`);
    });
}

function tokenCommand(): Command {
  return withCommonOptions(new Command("token"))
    .description("print a new random token, for web.tokens")
    .addHelpText("after", examples("harbinger web token", "(umask 077; harbinger web token > web-token)"))
    .action((_options: unknown, command: Command) => {
      const common = commonOptions(command);
      const token = randomBytes(tokenBytes).toString("base64url");
      if (common.json === true) printJson({ token });
      else print(token);
      if (common.quiet === true || common.json === true) return;
      note(`Put this into the configuration, with a name of your choice, then run "harbinger reload":
  web:
    tokens:
      script: { token: "TOKEN", role: read }
A program sends it in a header: Authorization: Bearer TOKEN`);
    });
}

/** The questions appear on standard error, because the hash goes to standard output. `undefined`: cancelled. */
async function askTwice(): Promise<string | undefined> {
  const { isCancel, password } = await import("@clack/prompts");
  const { askingOnTerminal } = await import("../init/terminal-guard.ts");
  const inputEnded = new HarbingerError("usage", "the input ended before a password was given");
  const output = process.stderr;
  return await askingOnTerminal(
    async () => {
      const first = await password({ message: "Password", output, validate: (line) => problemOf(line ?? "") });
      if (isCancel(first)) return undefined;
      const second = await password({
        message: "The same password again",
        output,
        validate: (line) => (line === first ? undefined : "This is another password; try again, or press Ctrl-C."),
      });
      return isCancel(second) ? undefined : second;
    },
    () => inputEnded,
  );
}

async function firstLine(input: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of input) {
    pieces.push(piece);
    bytes += piece.length;
    if (piece.includes(0x0a) || bytes > 4 * maxLength) break;
  }
  const [line = ""] = Buffer.concat(pieces).toString("utf8").split(/\r?\n/);
  return line;
}

function problemOf(password: string): string | undefined {
  if (password.length < minLength) return `a password needs at least ${minLength} characters`;
  return password.length > maxLength ? `a password has at most ${maxLength} characters` : undefined;
}
