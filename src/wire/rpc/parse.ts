import { fact, isPrintableAscii } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** A call of ONC RPC: the port mapper, NFS, mount. */
export interface RpcCall {
  /** `portmapper`, `nfs`, `mountd`, or a number. */
  readonly program: string;
  readonly programVersion: number;
  /** `DUMP`, or a number. */
  readonly procedure: string;
  /** The client's own name and user number, with AUTH_SYS. */
  readonly machine?: string;
  readonly userId?: number;
}

/** IANA, "Remote Procedure Call Program Numbers". */
const programs: Readonly<Record<number, string>> = {
  100000: "portmapper",
  100001: "rstatd",
  100002: "rusersd",
  100003: "nfs",
  100004: "ypserv",
  100005: "mountd",
  100011: "rquotad",
  100021: "nlockmgr",
  100024: "status",
  100068: "cmsd",
  100083: "ttdbserver",
  100227: "nfs-acl",
  100232: "sadmind",
  390113: "networker",
};
const procedures: Readonly<Record<string, readonly string[]>> = {
  portmapper: ["NULL", "SET", "UNSET", "GETPORT", "DUMP", "CALLIT", "GETTIME", "UADDR2TADDR", "TADDR2UADDR"],
  mountd: ["NULL", "MNT", "DUMP", "UMNT", "UMNTALL", "EXPORT"],
};
const authenticationSys = 1;
const lastFragment = 0x80000000;
const maximumCredentialBytes = 400;

/**
 * Proof: a record mark, a call, version 2 of RPC, and credentials that fit.
 * RFC 5531 sections 9 and 11; AUTH_SYS: its appendix A.
 */
export function parse(bytes: Uint8Array): Outcome<RpcCall> {
  const reader = new Reader(bytes);
  const mark = reader.u32();
  reader.u32();
  const direction = reader.u32();
  const rpcVersion = reader.u32();
  if (bytes.length > 0 && (bytes[0] ?? 0) < 0x80) return mismatch;
  if (bytes.length >= 12 && direction !== 0) return mismatch;
  if (reader.overrun) return incomplete;
  const length = mark - lastFragment;
  if (length < 40 || length > 1024 * 1024 || rpcVersion !== 2) return mismatch;
  const body = reader.view(length - 12);
  const program = body.u32();
  const programVersion = body.u32();
  const procedure = body.u32();
  if (body.overrun) return incomplete;
  if (procedure > 0xffff) return mismatch;
  const name = programs[program] ?? String(program);
  const value = { program: name, programVersion, procedure: procedures[name]?.[procedure] ?? String(procedure) };
  const flavour = body.u32();
  const credentialBytes = body.u32();
  if (body.overrun) return match(value, false);
  if (credentialBytes > maximumCredentialBytes) return mismatch;
  const credentials = body.view(credentialBytes);
  if (flavour !== authenticationSys) return match(value, !body.cut);
  credentials.u32();
  const machineBytes = credentials.u32();
  const machine = credentials.latin1(machineBytes);
  credentials.skip(padding(machineBytes));
  const userId = credentials.u32();
  if (credentials.overrun) return body.cut ? match(value, false) : mismatch;
  if (!isPrintableAscii(machine)) return mismatch;
  return match({ ...value, ...(machine !== "" && { machine: fact(machine) }), userId }, !body.cut);
}

/** Texts are padded to a multiple of four bytes. */
function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}
