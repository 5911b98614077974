import { match, mismatch, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { readQueryLine } from "../query-line.ts";

/** Asks for the user of a connection, which its two ports identify. */
export interface IdentQuery {
  readonly serverPort: number;
  readonly clientPort: number;
}

/** Two ports separated by a comma, if ident is expected. RFC 1413 section 4. */
export function parse(bytes: Uint8Array): Outcome<IdentQuery> {
  const line = readQueryLine(bytes);
  if (line.kind !== "match") return line;
  if (!line.complete)
    return /^ {0,2}\d{0,5} {0,2},? {0,2}\d{0,5} {0,2}$/.test(line.value) ? { kind: "incomplete" } : mismatch;
  const [, serverPort, clientPort] = /^ {0,2}(\d{1,5}) {0,2}, {0,2}(\d{1,5}) {0,2}$/.exec(line.value) ?? [];
  return serverPort === undefined
    ? mismatch
    : match({ serverPort: Number(serverPort), clientPort: Number(clientPort) });
}

export const ident = protocol({
  name: "ident",
  strength: "weak",
  parseExpected: parse,
  describe: (value) => ({ ident: { ...value } }),
});
