import type { Mac } from "../../core/device.ts";
import { parseMac } from "../../core/device.ts";
import { Reader } from "../reader.ts";

/** The node status response of a host (RFC 1002 section 4.2.18). */
export interface NodeStatus {
  /** As in the request. */
  readonly id: number;
  readonly names: readonly NetbiosName[];
  readonly mac?: Mac | undefined;
}

interface NetbiosName {
  /** Up to 15 characters, without padding; not made safe. */
  readonly name: string;
  /** The 16th byte: 0x00 the workstation or workgroup, 0x20 the file server. */
  readonly suffix: number;
  readonly isGroup: boolean;
  /** Neither in conflict with another host nor being deregistered. */
  readonly isActive: boolean;
}

const nodeStatusType = 0x0021;
const internetClass = 1;
const nameFlags = { group: 0x8000, deregistered: 0x1000, conflict: 0x0800 } as const;
/** The name `*`, padded with zeros, in first-level encoding (RFC 1001 section 14.1): every host answers to it. */
const anyName = `CK${"A".repeat(30)}`;

/** Reads a node status response (RFC 1002 section 4.2.18); `undefined` if the bytes are something else. */
export function parseNodeStatus(bytes: Uint8Array): NodeStatus | undefined {
  const reader = new Reader(bytes);
  const id = reader.u16();
  const flags = reader.u16();
  const questions = reader.u16();
  const answers = reader.u16();
  reader.skip(4);
  // A response, of operation 0, without an error.
  if ((flags & 0xf80f) !== 0x8000 || questions !== 0 || answers !== 1) return undefined;
  skipName(reader);
  if (reader.u16() !== nodeStatusType || reader.u16() !== internetClass) return undefined;
  reader.skip(4);
  const body = reader.view(reader.u16());
  const count = body.u8();
  const names: NetbiosName[] = [];
  for (let at = 0; at < count && !body.overrun; at++) {
    const name = body.latin1(15);
    const suffix = body.u8();
    const nameFlag = body.u16();
    if (body.overrun) return undefined;
    names.push({
      name: name.replaceAll("\0", " ").trimEnd(),
      suffix,
      isGroup: (nameFlag & nameFlags.group) !== 0,
      isActive: (nameFlag & (nameFlags.deregistered | nameFlags.conflict)) === 0,
    });
  }
  if (body.overrun || reader.overrun) return undefined;
  const unit = body.take(6);
  const mac = body.overrun ? undefined : parseMac(Buffer.from(unit).toString("hex"));
  return { id, names, mac };
}

/** The name in the answer repeats the request; only its length matters. */
function skipName(reader: Reader): void {
  for (let length = reader.u8(); length !== 0 && !reader.overrun; length = reader.u8()) {
    if (length >= 0xc0) {
      reader.skip(1);
      return;
    }
    reader.skip(length);
  }
}

/** Asks a host for its names (RFC 1002 section 4.2.17). */
export function nodeStatusRequest(id: number): Uint8Array {
  const question = Buffer.alloc(12 + 34 + 4);
  question.writeUInt16BE(id, 0);
  question.writeUInt16BE(1, 4);
  question.writeUInt8(anyName.length, 12);
  question.write(anyName, 13, "latin1");
  question.writeUInt16BE(nodeStatusType, 46);
  question.writeUInt16BE(internetClass, 48);
  return question;
}

/** The host name: the unique name of the workstation service, otherwise that of the file server. */
export function hostNameOfStatus(status: NodeStatus): string | undefined {
  const own = status.names.filter(({ name, isGroup, isActive }) => !isGroup && isActive && name !== "");
  // Old versions of Internet Information Services register `IS~NAME` in addition to the name.
  const named = own.filter(({ name }) => !name.startsWith("IS~"));
  return (named.find(({ suffix }) => suffix === 0x00) ?? named.find(({ suffix }) => suffix === 0x20))?.name;
}
