/**
 * A host whose names are hostile: it answers queries for the name of any address by multicast DNS, as any host of a network can, and by DNS, as the
 * server of a network can. Its arguments: its own address, and as JSON the name of each address.
 */
import dgram from "node:dgram";
import { isMainThread } from "node:worker_threads";
import dnsPacket from "dns-packet";
import { parseAddress } from "../../src/core/address.ts";
import { reverseNameOf } from "../../src/core/reverse-name.ts";

/** The name of each address. */
export type HostileNames = Readonly<Record<string, string>>;

const group = "224.0.0.251";
const ports = { dns: 53, mdns: 5353 } as const;

function answerTo(query: Buffer, names: ReadonlyMap<string, string>): Buffer | undefined {
  const { id, questions = [] } = dnsPacket.decode(query);
  const [question] = questions;
  const name = question === undefined ? undefined : names.get(question.name.toLowerCase());
  if (question === undefined || name === undefined) return undefined;
  return dnsPacket.encode({
    type: "response",
    id,
    flags: dnsPacket.AUTHORITATIVE_ANSWER | dnsPacket.RECURSION_AVAILABLE,
    questions: [question],
    answers: [{ type: "PTR", name: question.name, ttl: 120, class: "IN", data: name }],
  });
}

if (isMainThread && process.argv[1] === import.meta.filename) {
  const given: HostileNames = JSON.parse(process.argv[3] ?? "{}");
  const names = new Map(
    Object.entries(given).flatMap(([text, name]) => {
      const address = parseAddress(text);
      return address === undefined ? [] : [[reverseNameOf(address), name] as const];
    }),
  );
  let open = 0;
  for (const port of Object.values(ports)) {
    const socket = dgram.createSocket({ type: "udp4", reuseAddr: true });
    socket.on("message", (query, from) => {
      const answer = answerTo(query, names);
      if (answer !== undefined) socket.send(answer, from.port, from.address);
    });
    socket.bind(port, () => {
      if (port === ports.mdns) socket.addMembership(group, process.argv[2]);
      open += 1;
      if (open === Object.values(ports).length) process.stdout.write("ready\n");
    });
  }
}
