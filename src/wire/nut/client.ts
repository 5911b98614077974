import { readCommandLine, readWholeCommandLine } from "../command-line.ts";
import { fact } from "../fact.ts";
import { secretsOfLines } from "../line-secrets.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The request of a client of upsd, the server of Network UPS Tools. The password is not included. */
export interface NutRequest {
  /** `LIST VAR`, `USERNAME`. */
  readonly command: string;
  readonly ups?: string | undefined;
  readonly user?: string | undefined;
}

/** Commands that only upsd has, and the form of their arguments. RFC 9271 section 4.2. */
const forms: ReadonlyMap<string, RegExp> = new Map([
  ["GET", /^(NUMLOGINS|UPSDESC|VAR|TYPE|DESC|CMDDESC|TRACKING) (\S+)/],
  ["LIST", /^(UPS|VAR|RW|CMD|ENUM|RANGE|CLIENT)(?: (\S+)|$)/],
  ["USERNAME", /^\S+$/],
  ["INSTCMD", /^\S+ \S+/],
  ["NETVER", /^$/],
  ["PROTVER", /^$/],
]);
const verbs: ReadonlySet<string> = new Set(forms.keys());
const sessionVerbs: ReadonlySet<string> = new Set([
  ...verbs,
  ..."FSD HELP LOGIN LOGOUT MASTER PASSWORD PRIMARY SET STARTTLS VER".split(" "),
]);
const maxLines = 8;

/** Proof: a command that only upsd has, with a valid argument. RFC 9271 section 4.2. */
export function parse(bytes: Uint8Array): Outcome<NutRequest> {
  const first = readWholeCommandLine(new Reader(bytes), verbs, { exactCase: true });
  if (first.kind !== "match") return first;
  const { verb, argument } = first.value;
  return forms.get(verb)?.test(argument) === true ? parseExpected(bytes) : mismatch;
}

/** If upsd is expected: any of its commands. RFC 9271 section 4.2. */
export function parseExpected(bytes: Uint8Array): Outcome<NutRequest> {
  const reader = new Reader(bytes);
  let value: NutRequest | undefined;
  for (let lines = 0; lines < maxLines && reader.remaining > 0; lines++) {
    const line = readCommandLine(reader, sessionVerbs, { exactCase: true });
    if (line.kind !== "match" || !line.value.ended) {
      if (value !== undefined) break;
      return line.kind === "mismatch" ? mismatch : incomplete;
    }
    value = withLine(value, line.value.verb, line.value.argument);
  }
  return value === undefined ? incomplete : match(value);
}

function withLine(value: NutRequest | undefined, verb: string, argument: string): NutRequest {
  const [, what, about] = (verb === "GET" || verb === "LIST" ? forms.get(verb)?.exec(argument) : undefined) ?? [];
  const ups = about ?? (/^(?:LOGIN|INSTCMD|FSD|MASTER|PRIMARY)$/.test(verb) ? argument.split(" ", 1)[0] : undefined);
  const command = value?.command ?? (what === undefined ? verb : `${verb} ${what}`);
  const user = value?.user ?? (verb === "USERNAME" ? fact(argument) : undefined);
  const place = value?.ups ?? (ups === undefined || ups === "" ? undefined : fact(ups));
  return { command, ups: place, user };
}

export const nut = protocol({
  name: "nut",
  strength: "weak",
  firstBytes: anyOf("GLUINP"),
  parse,
  parseExpected,
  describe: (value) => ({ nut: { ...value } }),
  secrets: secretsOfLines((verb, argument) => (verb === "PASSWORD" ? argument : undefined)),
});
