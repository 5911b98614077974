import { isUnicastMac, parseMac } from "../core/device.ts";
import { NmapXmlDocuments } from "../wire/nmap-xml/documents.ts";
import type { NmapHost } from "../wire/nmap-xml/host.ts";
import { type FileTime, type ImportSink, plausibleTime, serviceAt } from "./sink.ts";

/** Reads XML of nmap, or of masscan -oX: open TCP ports become services, hosts with a MAC address also devices. */
export async function readNmapXml(pieces: AsyncIterable<string>, time: FileTime, sink: ImportSink): Promise<void> {
  const documents = new NmapXmlDocuments();
  for await (const piece of pieces) for (const host of documents.write(piece)) takeHost(host, time, sink);
  for (const host of documents.end()) takeHost(host, time, sink);
  for (const { line, reason } of documents.faults) sink.fault({ where: `line ${line}`, reason });
  for (let more = documents.faults.length; more < documents.faultCount; more++) {
    sink.fault({ where: "after the first document", reason: "another document, which cannot be read" });
  }
  if (documents.completeCount + documents.faultCount === 0) {
    sink.fault({ where: "the whole file", reason: "it contains no nmap document" });
  }
}

function takeHost(host: NmapHost, time: FileTime, sink: ImportSink): void {
  const { address, hostname, vendor, seenAt } = host;
  for (const { port, service } of host.openPorts) {
    sink.service(
      serviceAt(
        {
          address,
          port,
          hostname,
          mac: host.mac,
          vendor,
          service,
          seenAt,
        },
        time,
      ),
    );
  }
  const mac = parseMac(host.mac ?? "");
  if (mac === undefined || !isUnicastMac(mac) || host.isUp === false) return;
  const at = plausibleTime(seenAt, time);
  sink.device({
    mac,
    firstSeen: at,
    lastSeen: at,
    names: hostname === undefined ? [] : [{ name: hostname, source: "dns" }],
    vendor,
    approved: false,
    addresses: [{ address, firstSeen: at, lastSeen: at }],
  });
}
