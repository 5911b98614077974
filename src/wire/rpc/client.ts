import { isPlain, nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader, wireText } from "../reader.ts";

/** An ONC RPC call: port mapper, NFS, mount. */
export interface RpcCall {
  /** `portmapper`, `nfs`, `mountd`, or a number. */
  readonly program: string;
  readonly programVersion: number;
  /** `DUMP`, or a number. */
  readonly procedure: string;
  /** The client's host name and user id, with AUTH_SYS. */
  readonly machine?: string | undefined;
  readonly userId?: number | undefined;
  /** Port mapper: the program to look up, its version and its transport. */
  readonly soughtProgram?: string | undefined;
  readonly soughtVersion?: number | undefined;
  /** `tcp`, `udp`, `tcp6`, or the number of an IP protocol. */
  readonly soughtTransport?: string | undefined;
}

/** Program names by number. IANA, "Remote Procedure Call Program Numbers". */
const programs: Readonly<Record<number, string>> = {
  100000: "portmapper",
  100001: "rstatd",
  100002: "rusersd",
  100003: "nfs",
  100004: "ypserv",
  100005: "mountd",
  100007: "ypbind",
  100008: "walld",
  100009: "yppasswdd",
  100011: "rquotad",
  100012: "sprayd",
  100017: "rexd",
  100020: "llockmgr",
  100021: "nlockmgr",
  100023: "sm_notify",
  100024: "status",
  100026: "bootparam",
  100028: "ypupdated",
  100068: "cmsd",
  100069: "ypxfrd",
  100083: "ttdbserver",
  100133: "nsm_addrand",
  100155: "smserverd",
  100227: "nfs-acl",
  100229: "metad",
  100232: "sadmind",
  100300: "nisd",
  150001: "pcnfsd",
  300019: "amd",
  390103: "nsrd",
  390109: "nsrstat",
  390113: "networker",
};
/** RFC 1833 section 3.1: version 2 of the port mapper. */
const portmapperProcedures = ["NULL", "SET", "UNSET", "GETPORT", "DUMP", "CALLIT"];
/** RFC 1833 section 2.1: versions 3 and 4, with other meanings of the same numbers. */
const rpcbindProcedures = [
  "NULL",
  "SET",
  "UNSET",
  "GETADDR",
  "DUMP",
  "CALLIT",
  "GETTIME",
  "UADDR2TADDR",
  "TADDR2UADDR",
];
const rpcbind4Procedures = [...rpcbindProcedures.with(5, "BCAST"), "GETVERSADDR", "INDIRECT", "GETADDRLIST", "GETSTAT"];
/** RFC 1813 section 3.3 and RFC 1094 section 2.2. */
const nfs3Procedures = [
  ...["NULL", "GETATTR", "SETATTR", "LOOKUP", "ACCESS", "READLINK", "READ", "WRITE", "CREATE", "MKDIR", "SYMLINK"],
  ...["MKNOD", "REMOVE", "RMDIR", "RENAME", "LINK", "READDIR", "READDIRPLUS", "FSSTAT", "FSINFO", "PATHCONF", "COMMIT"],
];
const nfs2Procedures = [
  ...["NULL", "GETATTR", "SETATTR", "ROOT", "LOOKUP", "READLINK", "READ", "WRITECACHE", "WRITE", "CREATE", "REMOVE"],
  ...["RENAME", "LINK", "SYMLINK", "MKDIR", "RMDIR", "READDIR", "STATFS"],
];

function proceduresOf(program: string, version: number): readonly string[] {
  switch (program) {
    case "portmapper":
      return version < 3 ? portmapperProcedures : version === 3 ? rpcbindProcedures : rpcbind4Procedures;
    case "mountd":
      return ["NULL", "MNT", "DUMP", "UMNT", "UMNTALL", "EXPORT", version < 3 ? "EXPORTALL" : "6", "PATHCONF"];
    case "nfs":
      return version < 3 ? nfs2Procedures : version === 3 ? nfs3Procedures : ["NULL", "COMPOUND"];
    default:
      return ["NULL"];
  }
}
const authenticationSys = 1;
const lastFragment = 0x80000000;
const maxCredentialBytes = 400;

/**
 * Proof: a record mark, a call, RPC version 2, and valid credentials.
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
  const value: RpcCall = {
    program: name,
    programVersion,
    procedure: proceduresOf(name, programVersion)[procedure] ?? String(procedure),
  };
  const flavour = body.u32();
  const credentialBytes = body.u32();
  if (body.overrun) return match(value, false);
  if (credentialBytes > maxCredentialBytes) return mismatch;
  const credentials = body.view(credentialBytes);
  let caller: Pick<RpcCall, "machine" | "userId"> = {};
  if (flavour === authenticationSys) {
    credentials.u32();
    const machineBytes = credentials.u32();
    const machine = wireText(credentials.take(machineBytes));
    credentials.skip(padding(machineBytes));
    const userId = credentials.u32();
    if (credentials.overrun) return body.cut ? match(value, false) : mismatch;
    if (!isPlain(machine)) return mismatch;
    caller = { machine: nonEmptyFact(machine), userId };
  }
  // The verifier precedes the arguments.
  body.u32();
  body.skip(body.u32());
  if (body.overrun || name !== "portmapper") return match({ ...value, ...caller }, !body.cut);
  const sought = programVersion < 3 ? readMapping(body, procedure) : readBinding(body, procedure);
  return match({ ...value, ...caller, ...sought }, !body.cut);
}

type Sought = Pick<RpcCall, "soughtProgram" | "soughtVersion" | "soughtTransport">;

/**
 * The argument of SET, UNSET, GETPORT and CALLIT in version 2: program, version, and protocol or procedure. RFC 1833 section
 * 3.1.
 */
function readMapping(body: Reader, procedure: number): Sought {
  const takesMapping = procedure >= 1 && procedure <= 3;
  if (!takesMapping && procedure !== 5) return {};
  const program = body.u32();
  const soughtVersion = body.u32();
  const protocol = body.u32();
  if (body.overrun) return {};
  return {
    soughtProgram: programs[program] ?? String(program),
    soughtVersion,
    soughtTransport: takesMapping ? ({ 6: "tcp", 17: "udp" }[protocol] ?? String(protocol)) : undefined,
  };
}

/**
 * The argument in versions 3 and 4: program and version, then a network id, an address and an owner, except for forwarded calls.
 * RFC 1833 section 2.1.
 */
function readBinding(body: Reader, procedure: number): Sought {
  const takesBinding = [1, 2, 3, 9, 11].includes(procedure);
  if (!takesBinding && procedure !== 5 && procedure !== 10) return {};
  const program = body.u32();
  const soughtVersion = body.u32();
  if (body.overrun) return {};
  const transportBytes = takesBinding ? body.u32() : 0;
  const transport = transportBytes > 32 ? "" : wireText(body.take(transportBytes));
  return {
    soughtProgram: programs[program] ?? String(program),
    soughtVersion,
    soughtTransport: /^[\w-]+$/.test(transport) ? transport : undefined,
  };
}

/** Texts are padded to a multiple of four bytes. */
function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}

export const rpc = protocol({
  name: "rpc",
  strength: "strong",
  firstBytes: oneOf(0x80),
  parse,
  describe: (value) => ({ rpc: { ...value } }),
});
