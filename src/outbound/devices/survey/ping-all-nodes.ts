import { type Address, addressFromBigInt } from "../../../core/address.ts";
import { interfaceIndex, openNativeSocket } from "../../../platform/native-socket.ts";
import { zoned } from "../../../platform/neighbours/zoned.ts";
import type { SurveyContext } from "./survey-context.ts";
import type { InterfacePlan } from "./survey-plan.ts";

const inet6Family = 10;
const datagramType = 2;
const icmp6 = 58;
const echoRequestType = 128;
const allNodes = "ff020000000000000000000000000001";
const waitMs = 1000;
/** Maximum number of answers, so that a hostile host cannot cause endless probes. */
const maxAnswers = 1024;

/**
 * Finds IPv6 hosts without CAP_NET_RAW, where the system allows unprivileged pings (`net.ipv4.ping_group_range`, set by most
 * distributions): sends an echo request to ff02::1.
 * @returns the addresses that answered, without MAC addresses: they are then probed one by one
 */
export async function pingAllNodes(plan: InterfacePlan, context: SurveyContext): Promise<readonly Address[]> {
  const index = plan.own6.length === 0 ? undefined : await interfaceIndex(plan.name);
  if (index === undefined) return [];
  const opened = await openNativeSocket({ family: inet6Family, type: datagramType, protocol: icmp6 });
  if (opened.kind !== "open") return [];
  using socket = opened.socket;
  const own = new Set(plan.own6.map(({ address }) => address));
  const answered = new Set<Address>();
  socket.receive((_, from) => {
    const source = sourceOf(from);
    const address = source === undefined ? undefined : zoned(source, plan.zone);
    if (address === undefined || own.has(address) || answered.size >= maxAnswers) return;
    if (plan.covered6.has(address) && context.isAllowed(address)) answered.add(address);
  });
  const echo = Buffer.alloc(8);
  echo.writeUInt8(echoRequestType, 0);
  if (socket.send(echo, allNodesOn(index)).kind !== "sent") return [];
  await context.clock.sleep(waitMs, context.signal);
  return [...answered];
}

/** `struct sockaddr_in6`: the address is in bytes 8 to 23, followed by the zone. */
function sourceOf(from: Uint8Array): Address | undefined {
  if (from.length < 28) return undefined;
  return addressFromBigInt(BigInt(`0x${Buffer.from(from.subarray(8, 24)).toString("hex")}`), 6);
}

/** All nodes of the interface; family and zone in the machine's own byte order. */
function allNodesOn(index: number): Uint8Array {
  const address = Buffer.alloc(28);
  address.set(new Uint8Array(Uint16Array.of(inet6Family).buffer), 0);
  address.write(allNodes, 8, "hex");
  address.set(new Uint8Array(Uint32Array.of(index).buffer), 24);
  return address;
}
