import type { SmbDescription } from "../../core/identification.ts";
import { findNtlmSecrets } from "../ntlm/find.ts";
import { oneOf, protocol } from "../protocol.ts";
import { parse, type SmbRequest } from "./client.ts";

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
    ...(request.generation !== 0 && { version: request.generation }),
    command: commandName(request),
    dialects: [...request.dialectNames, ...request.dialectRevisions.map(revisionName)],
    ...(request.clientGuid !== undefined && { clientGuid: request.clientGuid }),
    ...(request.user !== undefined && { user: request.user }),
    ...(request.domain !== undefined && { domain: request.domain }),
    ...(request.workstation !== undefined && { workstation: request.workstation }),
    ...(request.calledName !== undefined && { calledName: request.calledName }),
    ...(request.callingName !== undefined && { callingName: request.callingName }),
  };
}

/** MS-CIFS section 2.2.2.1: those that arrive unasked, in attacks too. */
const smb1Commands: ReadonlyMap<number, string> = new Map([
  [0x25, "transaction"],
  [0x2b, "echo"],
  [0x32, "transaction2"],
  [0x72, "negotiate"],
  [0x73, "session-setup"],
  [0x75, "tree-connect"],
  [0xa0, "nt-transact"],
]);

/** MS-SMB2 section 2.2.1.2. */
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

/** 0x0311 is `3.1.1`; 0x02ff stands for any revision of SMB 2. */
function revisionName(revision: number): string {
  if (revision === 0x02ff) return "2.???";
  const digits = revision.toString(16).padStart(4, "0");
  const patch = digits.charAt(3) === "0" ? "" : `.${digits.charAt(3)}`;
  return `${Number(digits.slice(0, 2))}.${digits.charAt(2)}${patch}`;
}
