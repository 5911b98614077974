import { interfaceIndex, openNativeSocket } from "../../../platform/native-socket.ts";
import type { SurveyContext } from "./survey-context.ts";
import type { InterfacePlan } from "./survey-plan.ts";

const inet6Family = 10;
const datagramType = 2;
const icmp6 = 58;
const echoRequestType = 128;
const allNodes = "ff020000000000000000000000000001";
const waitMs = 1000;

/**
 * Without CAP_NET_RAW, IPv6 hosts can still be called where the system lets everybody ping (`net.ipv4.ping_group_range`,
 * as most distributions have it): an echo request to ff02::1. Before a host answers it asks for our MAC address, and the
 * kernel notes who asked; so afterwards the neighbour table names hosts that can be asked one by one.
 * @returns whether a call went out and was given its time
 */
export async function callByPing(plan: InterfacePlan, context: SurveyContext): Promise<boolean> {
  const index = plan.own6.length === 0 ? undefined : await interfaceIndex(plan.name);
  if (index === undefined) return false;
  const opened = await openNativeSocket({ family: inet6Family, type: datagramType, protocol: icmp6 });
  if (opened.kind !== "open") return false;
  // The answers themselves carry no MAC address: nobody reads them.
  using socket = opened.socket;
  const echo = Buffer.alloc(8);
  echo.writeUInt8(echoRequestType, 0);
  if (socket.send(echo, everybodyOn(index)).kind !== "sent") return false;
  await context.clock.sleep(waitMs, context.signal);
  return true;
}

/** `struct sockaddr_in6` of all nodes; family and zone in the machine's own byte order. */
function everybodyOn(index: number): Uint8Array {
  const address = Buffer.alloc(28);
  address.set(new Uint8Array(Uint16Array.of(inet6Family).buffer), 0);
  address.write(allNodes, 8, "hex");
  address.set(new Uint8Array(Uint32Array.of(index).buffer), 24);
  return address;
}
