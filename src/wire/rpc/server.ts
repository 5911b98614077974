import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** ONC RPC (RFC 5531) over TCP with a record mark (section 11). Read-only calls without credentials. */
const transaction = 0x48415242;
const word = (value: number) => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

export function rpcCall(program: number, version: number, procedure: number): Uint8Array {
  return Uint8Array.of(
    ...word(0x80000000 + 40),
    ...[transaction, 0, 2, program, version, procedure, 0, 0, 0, 0].flatMap(word),
  );
}

export const portmapperProgram = 100000;
/** PMAPPROC_DUMP of version 2, which lists the registered programs. RFC 1833 section 3.2. */
export const portmapperDump = rpcCall(portmapperProgram, 2, 4);

/** The result of a call, as far as it does not depend on the program. */
export type RpcAnswer =
  | { readonly kind: "accepted"; readonly results: Uint8Array }
  /** The program is not registered, or only in other versions. */
  | { readonly kind: "no-program" }
  | { readonly kind: "other-version"; readonly lowest: number; readonly highest: number }
  | { readonly kind: "refused" };

/** RFC 5531 section 9, `rpc_msg`. */
export function parseRpcReply(bytes: Uint8Array): Outcome<RpcAnswer> {
  const reader = new Reader(bytes);
  const mark = reader.u32();
  if (reader.overrun) return (bytes[0] ?? 0x80) === 0x80 ? incomplete : mismatch;
  const length = mark & 0x7fffffff;
  if (mark >>> 31 !== 1 || length < 12 || length > 65_536) return mismatch;
  const body = reader.view(length);
  const id = body.u32();
  const type = body.u32();
  if (body.overrun) return body.cut ? incomplete : mismatch;
  if (id !== transaction || type !== 1) return mismatch;
  const state = body.u32();
  if (body.cut) return incomplete;
  if (state === 1) return match({ kind: "refused" });
  if (state !== 0) return mismatch;
  body.skip(4);
  body.skip(body.u32());
  const accepted = body.u32();
  if (body.overrun) return mismatch;
  if (accepted === 0) return match({ kind: "accepted", results: body.take(body.remaining) });
  if (accepted === 1) return match({ kind: "no-program" });
  if (accepted !== 2) return match({ kind: "refused" });
  const lowest = body.u32();
  const highest = body.u32();
  return body.overrun ? mismatch : match({ kind: "other-version", lowest, highest });
}

export interface RpcRegistration {
  readonly program: number;
  readonly version: number;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
}

/** The list of a DUMP: a 1 precedes each entry of program, version, protocol and port. RFC 1833 section 3.1. */
export function rpcRegistrations(results: Uint8Array): readonly RpcRegistration[] | undefined {
  const reader = new Reader(results, 0, results.length, false);
  const found: RpcRegistration[] = [];
  while (reader.u32() === 1 && found.length < 256) {
    const program = reader.u32();
    const version = reader.u32();
    const protocol = reader.u32() === 6 ? "tcp" : "udp";
    const port = reader.u32();
    if (reader.overrun || port > 65_535) return undefined;
    found.push({ program, version, protocol, port });
  }
  return reader.overrun ? undefined : found;
}

/** Program names by number. IANA, "Remote Procedure Call Program Numbers". */
export const rpcPrograms: ReadonlyMap<number, string> = new Map([
  [100000, "portmapper"],
  [100001, "rstatd"],
  [100002, "rusersd"],
  [100003, "nfs"],
  [100004, "ypserv"],
  [100005, "mountd"],
  [100007, "ypbind"],
  [100009, "yppasswdd"],
  [100011, "rquotad"],
  [100021, "nlockmgr"],
  [100024, "status"],
  [100227, "nfs_acl"],
  [14398633, "glusterfs"],
]);
