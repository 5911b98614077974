import { fact, isPlain } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";
import { cvsSecrets } from "./secrets.ts";

/** The login of a CVS client with pserver. The password, which is only scrambled, is not included. */
export interface CvsLogin {
  /** `AUTH` or `VERIFICATION`. */
  readonly request: string;
  readonly repository?: string | undefined;
  readonly user?: string | undefined;
}

const requests = ["AUTH", "VERIFICATION"];
const maxLineBytes = 512;

/** Proof: `BEGIN AUTH REQUEST` alone on its line. cvsclient, "How to Connect to and Authenticate Oneself to the CVS server". */
export function parse(bytes: Uint8Array): Outcome<CvsLogin> {
  const name = requests.find((candidate) => startsWith(bytes, opening(candidate)) !== "mismatch");
  if (name === undefined) return mismatch;
  if (startsWith(bytes, opening(name)) === "incomplete") return incomplete;
  const reader = new Reader(bytes, opening(name).length);
  const lines: string[] = [];
  for (let at = 0; at < 4; at++) {
    const available = reader.remaining;
    const line = reader.line(maxLineBytes);
    if (line === undefined && available >= maxLineBytes) return mismatch;
    if (line === undefined) break;
    if (at < 3 && !isPlain(line)) return mismatch;
    lines.push(line);
  }
  const [repository, user, , end] = lines;
  if (end !== undefined && end !== `END ${name} REQUEST`) return mismatch;
  return match(
    {
      request: name,
      repository: fact(repository),
      user: fact(user),
    },
    end !== undefined,
  );
}

function opening(name: string): Uint8Array {
  return ascii(`BEGIN ${name} REQUEST\n`);
}

export const cvs = protocol({
  name: "cvs",
  strength: "strong",
  firstBytes: anyOf("B"),
  parse,
  describe: (value) => ({ cvs: { ...value } }),
  secrets: cvsSecrets,
});
