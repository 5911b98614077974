import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { latin1, Reader } from "../reader.ts";

/** Erlang's port mapper daemon, NAMES_REQ. https://www.erlang.org/doc/apps/erts/erl_dist_protocol.html */
export const epmdNames = Uint8Array.of(0, 1, 0x6e);

/** The port of the daemon, then lines `name NAME at port PORT`; then it closes. */
export function parseEpmdNames(
  bytes: Uint8Array,
): Outcome<{ readonly port: number; readonly names: readonly string[] }> {
  const reader = new Reader(bytes);
  const port = reader.u32();
  if (reader.overrun) return (bytes[0] ?? 0) === 0 && (bytes[1] ?? 0) === 0 ? incomplete : mismatch;
  if (port === 0 || port > 65_535) return mismatch;
  const names: string[] = [];
  for (let line = reader.line(512); line !== undefined; line = reader.line(512)) {
    const name = /^name (\S{1,255}) at port \d{1,5}$/.exec(line)?.[1];
    if (name === undefined) return mismatch;
    if (names.length < 64) names.push(name);
  }
  return reader.remaining > 0 &&
    !"name ".startsWith(latin1(bytes, reader.offset, Math.min(bytes.length, reader.offset + 5)))
    ? mismatch
    : match({ port, names });
}
