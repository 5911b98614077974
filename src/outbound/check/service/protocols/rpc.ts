import {
  parseRpcReply,
  portmapperDump,
  portmapperProgram,
  type RpcRegistration,
  rpcCall,
  rpcPrograms,
  rpcRegistrations,
} from "../../../../wire/rpc/server.ts";
import type { Conversation } from "../../../probe/conversation.ts";
import { exposed, inconclusive, type ProtocolModule, type Recognised } from "../protocol-module.ts";

const nfs = 100003;
/** Called by their NULL procedure, which does nothing (RFC 5531, 12.1), where no port mapper answers. */
const others = [nfs, 100005, 100021, 100024, 100004, 100011];

/** The list of registered programs is meant for every client of the network; on the internet it is abused to amplify traffic. */
export const rpcbind: ProtocolModule = {
  name: "rpcbind",
  title: "rpcbind",
  ports: [111],
  proves: "exposed",
  async recognise(conversation) {
    const answer = await conversation.ask(portmapperDump, parseRpcReply);
    if (answer.kind !== "received") return undefined;
    const registered = answer.value.kind === "accepted" ? rpcRegistrations(answer.value.results) : undefined;
    if (registered !== undefined) return portmapper(registered);
    return await programOf(conversation);
  },
};

function portmapper(registered: readonly RpcRegistration[]): Recognised {
  const own = registered.filter(({ program }) => program === portmapperProgram).map(({ version }) => version);
  const versions = own.length === 0 ? undefined : rangeOf(Math.min(...own), Math.max(...own));
  const programs = registered.map(
    ({ program, version, protocol, port }) =>
      `${rpcPrograms.get(program) ?? program} ${version} on ${protocol} port ${port}`,
  );
  return {
    protocol: "rpcbind",
    // rpcbind introduced versions 3 and 4 (RFC 1833); the older port mapper has only 2.
    product: own.includes(4) ? "rpcbind" : undefined,
    version: versions,
    evidence: programs.slice(0, 8).join(", "),
    details: { programs },
    judge: () => exposed(`lists ${registered.length} registered programs to any client`),
  };
}

/** The program that answers on this port. */
async function programOf(conversation: Conversation): Promise<Recognised> {
  for (const program of others) {
    const answer = await conversation.ask(rpcCall(program, 4, 0), parseRpcReply);
    if (answer.kind !== "received") break;
    const { value } = answer;
    if (value.kind === "no-program" || value.kind === "refused") continue;
    const name = rpcPrograms.get(program) ?? "rpc";
    const version = value.kind === "other-version" ? rangeOf(value.lowest, value.highest) : "4";
    return {
      protocol: name,
      evidence: `ONC RPC program ${program}, version ${version}`,
      details: { program, protocolVersion: version },
      judge: () => inconclusive("what it allows is known only after using it"),
    };
  }
  return {
    protocol: "rpc",
    evidence: "answers calls of ONC RPC",
    judge: () => inconclusive("which program it is was not found"),
  };
}

const rangeOf = (lowest: number, highest: number) => (lowest === highest ? String(lowest) : `${lowest}-${highest}`);
