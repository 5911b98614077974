import { nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The first option of a network block device client. */
export interface NbdRequest {
  /** `list`, `export-name`, `go`. */
  readonly option: string;
  /** The requested export; absent for the default one. */
  readonly export?: string | undefined;
}

const magic = ascii("IHAVEOPT");
const options: Readonly<Record<number, string>> = {
  1: "export-name",
  2: "abort",
  3: "list",
  5: "starttls",
  6: "info",
  7: "go",
  8: "structured-reply",
  9: "list-meta-context",
  10: "set-meta-context",
  11: "extended-headers",
};
const maxNameBytes = 4096;

/** Proof: the client's flags, `IHAVEOPT` and a known option. https://github.com/NetworkBlockDevice/nbd, doc/proto.md */
export function parse(bytes: Uint8Array): Outcome<NbdRequest> {
  const reader = new Reader(bytes);
  const flags = reader.u32();
  if (reader.overrun) return bytes.every((byte, at) => at === 3 || byte === 0) ? incomplete : mismatch;
  if (flags > 3) return mismatch;
  const agreement = startsWith(bytes, magic, 4);
  if (agreement !== "match") return { kind: agreement };
  reader.skip(magic.length);
  const option = options[reader.u32()];
  if (reader.overrun) return incomplete;
  if (option === undefined) return mismatch;
  const length = reader.u32();
  if (reader.overrun) return match({ option }, false);
  const body = reader.view(length);
  const name = nameIn(body, option);
  return match({ option, export: nonEmptyFact(name) }, !body.cut);
}

function nameIn(body: Reader, option: string): string | undefined {
  if (option === "export-name") return whole(body, body.cut ? maxNameBytes : body.remaining);
  return option === "go" || option === "info" ? whole(body, body.u32()) : undefined;
}

function whole(body: Reader, length: number): string | undefined {
  if (body.overrun || length > maxNameBytes) return undefined;
  const text = body.text(length);
  return body.overrun ? undefined : text;
}

export const nbd = protocol({
  name: "nbd",
  strength: "strong",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ nbd: { ...value } }),
});
