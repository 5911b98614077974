import type { SmbDescription } from "../../core/identification.ts";
import { findNtlm, findNtlmSecrets, type NtlmNames } from "../ntlm/find.ts";
import { match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { maxInspectedBytes, Reader } from "../reader.ts";
import { readNetbiosName } from "./netbios-name.ts";

/**
 * The first request of an SMB client, and the names in its NTLM login, over NetBIOS session framing (RFC 1002 section 4.3;
 * [MS-SMB2] section 2.1).
 */
export interface SmbRequest extends NtlmNames {
  /** 1 for CIFS and SMB 1, 2 for SMB 2 and 3, 0 for a NetBIOS session request (port 139) that comes before either. */
  readonly generation: 0 | 1 | 2;
  /** The command code of the header; -1 for encrypted or compressed messages. */
  readonly command: number;
  /** Names (SMB 1) or revisions such as 0x0311 (SMB 2) in a negotiate request. */
  readonly dialectNames: readonly string[];
  readonly dialectRevisions: readonly number[];
  readonly capabilities: number | undefined;
  readonly clientGuid: string | undefined;
  /** With generation 0: the names of the called and the calling host. Not made safe. */
  readonly calledName: string | undefined;
  readonly callingName: string | undefined;
}

const sessionMessage = 0x00;
const sessionRequest = 0x81;
const maxMessageBytes = 0x1ffff;
const maxDialects = 32;
const negotiateSmb1 = 0x72;
const negotiateSmb2 = 0;

const empty: SmbRequest = {
  generation: 0,
  command: -1,
  dialectNames: [],
  dialectRevisions: [],
  capabilities: undefined,
  clientGuid: undefined,
  calledName: undefined,
  callingName: undefined,
};

/**
 * Proof: a NetBIOS session header, and the magic number of SMB 1 or 2; or a NetBIOS session request. [MS-CIFS], [MS-SMB2], RFC
 * 1002.
 */
export function parse(bytes: Uint8Array): Outcome<SmbRequest> {
  const first = parseFirst(bytes);
  if (first.kind !== "match" || !first.complete || first.value.generation === 0) return first;
  const inspected = bytes.subarray(0, maxInspectedBytes);
  return match({ ...first.value, ...findNtlm(inspected) }, endsWithMessage(inspected));
}

/** Whether the bytes end at the end of a message. */
function endsWithMessage(bytes: Uint8Array): boolean {
  const reader = new Reader(bytes);
  while (reader.remaining > 0) {
    if (reader.u8() !== sessionMessage) return true;
    const message = reader.view(reader.u24());
    if (reader.overrun || message.cut) return false;
  }
  return true;
}

function parseFirst(bytes: Uint8Array): Outcome<SmbRequest> {
  const reader = new Reader(bytes);
  const type = reader.u8();
  if (reader.overrun) return { kind: "incomplete" };
  if (type === sessionRequest) return readSessionRequest(reader);
  if (type !== sessionMessage) return mismatch;
  const length = reader.u24();
  if (reader.overrun) return { kind: "incomplete" };
  if (length < 32 || length > maxMessageBytes) return mismatch;
  const message = reader.view(length);
  const mark = message.u8();
  if (!message.overrun && mark < 0xfc) return mismatch;
  const name = [message.peek(0), message.peek(1), message.peek(2)];
  // "SMB"
  if (name.some((byte, index) => byte !== -1 && byte !== [0x53, 0x4d, 0x42][index])) return mismatch;
  message.skip(3);
  if (message.overrun) return { kind: "incomplete" };
  if (mark === 0xff) return readSmb1(message);
  return mark === 0xfe ? readSmb2(message) : match({ ...empty, generation: 2 });
}

/** [MS-CIFS] sections 2.2.3.1 and 2.2.4.52.1. */
function readSmb1(message: Reader): Outcome<SmbRequest> {
  const command = message.u8();
  if (message.overrun) return { kind: "incomplete" };
  const request: SmbRequest = { ...empty, generation: 1, command };
  if (command !== negotiateSmb1) return match(request);
  message.skip(27);
  message.skip(message.u8() * 2);
  const data = message.view(message.u16le());
  if (message.overrun) return match(request, false);
  const dialectNames: string[] = [];
  for (let count = 0; count < maxDialects && data.remaining > 0; count++) {
    data.skip(1);
    const name = data.cString(64);
    if (data.overrun) break;
    if (name !== "") dialectNames.push(name);
  }
  return match({ ...request, dialectNames }, !data.cut);
}

/** [MS-SMB2] sections 2.2.1 and 2.2.3. */
function readSmb2(message: Reader): Outcome<SmbRequest> {
  const headerBytes = message.u16le();
  message.skip(6);
  const command = message.u16le();
  if (message.overrun) return { kind: message.failed() };
  if (headerBytes !== 64) return mismatch;
  const request: SmbRequest = { ...empty, generation: 2, command };
  if (command !== negotiateSmb2) return match(request);
  message.skip(64 - 14);
  const structureBytes = message.u16le();
  const dialectCount = message.u16le();
  message.skip(4);
  const capabilities = message.u32le();
  const clientGuid = guid(message.take(16));
  message.skip(8);
  if (message.overrun) return match(request, false);
  if (structureBytes !== 36) return match(request);
  const dialectRevisions: number[] = [];
  const wanted = Math.min(dialectCount, maxDialects);
  while (dialectRevisions.length < wanted && message.remaining >= 2) dialectRevisions.push(message.u16le());
  return match({ ...request, capabilities, clientGuid, dialectRevisions }, !message.cut);
}

/** RFC 1002 section 4.3.2. */
function readSessionRequest(reader: Reader): Outcome<SmbRequest> {
  const flags = reader.u8();
  if (!reader.overrun && flags > 1) return mismatch;
  const body = reader.view(reader.u16());
  if (reader.overrun) return { kind: "incomplete" };
  const calledName = readNetbiosName(body);
  const callingName = readNetbiosName(body);
  if (body.overrun) return { kind: body.failed() };
  if (calledName === undefined || callingName === undefined) return mismatch;
  return match({ ...empty, calledName, callingName }, !body.cut);
}

/** [MS-DTYP] section 2.3.4.2: the first three fields are little-endian. */
function guid(bytes: Uint8Array): string {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const hex = order.map((index) => (bytes[index] ?? 0).toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export const smb = protocol({
  name: "smb",
  strength: "strong",
  firstBytes: oneOf(0x00, 0x81),
  parse,
  describe: (request) => ({ smb: describe(request) }),
  secrets: findNtlmSecrets,
});

function describe(request: SmbRequest): SmbDescription {
  return {
    version: request.generation !== 0 ? request.generation : undefined,
    command: commandName(request),
    dialects: [...request.dialectNames, ...request.dialectRevisions.map(revisionName)],
    clientGuid: request.clientGuid,
    user: request.user,
    domain: request.domain,
    workstation: request.workstation,
    calledName: request.calledName,
    callingName: request.callingName,
  };
}

/** Commands that clients send first, also in attacks. [MS-CIFS] section 2.2.2.1. */
const smb1Commands: ReadonlyMap<number, string> = new Map([
  [0x25, "transaction"],
  [0x2b, "echo"],
  [0x32, "transaction2"],
  [0x72, "negotiate"],
  [0x73, "session-setup"],
  [0x75, "tree-connect"],
  [0xa0, "nt-transact"],
]);

/** [MS-SMB2] section 2.2.1.2. */
const smb2Commands: ReadonlyMap<number, string> = new Map([
  [0, "negotiate"],
  [1, "session-setup"],
  [2, "logoff"],
  [3, "tree-connect"],
  [13, "echo"],
]);

function commandName({ generation, command }: SmbRequest): string {
  if (generation === 0) return "netbios-session";
  if (command === -1) return "transformed";
  return (generation === 1 ? smb1Commands : smb2Commands).get(command) ?? `0x${command.toString(16)}`;
}

/** 0x0311 is `3.1.1`; 0x02ff means any revision of SMB 2. */
function revisionName(revision: number): string {
  if (revision === 0x02ff) return "2.???";
  const digits = revision.toString(16).padStart(4, "0");
  const patch = digits.charAt(3) === "0" ? "" : `.${digits.charAt(3)}`;
  return `${Number(digits.slice(0, 2))}.${digits.charAt(2)}${patch}`;
}
