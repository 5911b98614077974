import { fact } from "../fact.ts";
import { readHeaderLines } from "../header-lines.ts";
import { captured, secretsOfLines } from "../line-secrets.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The first action of an Asterisk Manager Interface client. The secret is not included. */
export interface AmiAction {
  /** `Login`. */
  readonly action: string;
  readonly user?: string | undefined;
  /** Of a command: `core show channels`. */
  readonly command?: string | undefined;
}

const beginning = ascii("action:");
const headers: ReadonlySet<string> = new Set(["action", "username", "command"]);

/** Proof: header lines of which the first is `Action`. Asterisk documentation, "AMI Actions". */
export function parse(bytes: Uint8Array): Outcome<AmiAction> {
  const agreement = startsWith(bytes, beginning, 0, true);
  if (agreement !== "match") return { kind: agreement };
  const { values, ended, malformed } = readHeaderLines(new Reader(bytes), headers);
  const action = values.get("action");
  if (action === undefined) return malformed || ended ? mismatch : incomplete;
  if (!/^[A-Za-z]{2,64}$/.test(action)) return mismatch;
  const user = values.get("username");
  const command = values.get("command");
  return match(
    {
      action,
      user: fact(user),
      command: fact(command),
    },
    ended || malformed,
  );
}

export const ami = protocol({
  name: "ami",
  strength: "medium",
  firstBytes: anyOf("Aa"),
  parse,
  describe: (value) => ({ ami: { ...value } }),
  secrets: secretsOfLines((_verb, _argument, line) => captured(line, /^(?:secret|key)[ \t]{0,8}:[ \t]{0,64}(.*)$/i)),
});
