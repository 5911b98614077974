import { type Address, parseAddress } from "../../../core/address.ts";
import { type Port, parsePorts } from "../../../core/ports.ts";
import { type NmapHost, type NmapOpenPort, type NotOpen, notOpenBy } from "../../../wire/nmap-xml/host.ts";

/** Content of nmap's text output. */
export interface NmapText {
  readonly hosts: readonly NmapHost[];
  /** Each run that started reports its end. */
  readonly complete: boolean;
  /** Addresses scanned, over all runs. */
  readonly hostsTotal: number;
}

/**
 * Reads the text output where there is no XML. It has no list of scanned ports and no type of scan. Only ports in state `open`
 * count. Total and linear.
 */
export function readNmapText(text: string, ports: readonly Port[]): NmapText {
  const wanted = new Set(ports);
  const hosts: NmapHost[] = [];
  let host: { readonly address: Address; readonly hostname?: string; mac?: string; vendor?: string } | undefined;
  let openPorts: NmapOpenPort[] = [];
  let notOpen = new Map<Port, NotOpen>();
  let started = 0;
  let done = 0;
  let hostsTotal = 0;
  const finishHost = () => {
    if (host !== undefined) {
      const asked = notOpen.size === 0 ? {} : { notOpen };
      hosts.push({ ...host, openPorts, ...asked, timedOut: false, handshakesCompleted: false });
    }
    host = undefined;
    openPorts = [];
    notOpen = new Map();
  };
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    // Relevant lines are shorter, and a line without its end is incomplete.
    const line = text.slice(at, Math.min(end, at + 1000)).trimEnd();
    at = end + 1;
    if (newline < 0 && !line.startsWith("Nmap done")) break;
    const report = /^Nmap scan report for (?:(\S{1,253}) \((\S{2,80})\)|(\S{2,80}))/.exec(line);
    const open = /^(\d{1,5})\/tcp +open(?: +(\S{1,100}))?(?: |$)/.exec(line);
    const refused = /^(\d{1,5})\/tcp +(closed|filtered)(?: +\S{1,100})?(?: +([a-z-]{1,40}))?/.exec(line);
    const mac = /^MAC Address: ((?:[0-9A-F]{2}:){5}[0-9A-F]{2})(?: \((.{1,200})\))?$/.exec(line);
    const finished = /^Nmap done: (\d{1,12}) IP address/.exec(line);
    if (report !== null) {
      finishHost();
      const address = parseAddress(report[2] ?? report[3] ?? "");
      if (address !== undefined) host = { address, ...(report[1] === undefined ? {} : { hostname: report[1] }) };
    } else if (open !== null) {
      const read = parsePorts(open[1] ?? "");
      const port = read.kind === "ports" ? read.ports[0] : undefined;
      if (port === undefined || !wanted.has(port) || openPorts.some((known) => known.port === port)) continue;
      openPorts.push({ port, ...(open[2] === undefined ? {} : { service: { name: open[2] } }) });
    } else if (refused !== null) {
      const read = parsePorts(refused[1] ?? "");
      const port = read.kind === "ports" ? read.ports[0] : undefined;
      const proof = notOpenBy(refused[2], refused[3]);
      if (port !== undefined && proof !== undefined && wanted.has(port)) notOpen.set(port, proof);
    } else if (mac !== null && host !== undefined) {
      host.mac = mac[1]?.toLowerCase() ?? "";
      if (mac[2] !== undefined && mac[2] !== "Unknown") host.vendor = mac[2];
    } else if (finished !== null) {
      done += 1;
      hostsTotal += Number(finished[1]);
    } else if (line.startsWith("Starting Nmap ")) {
      started += 1;
    }
  }
  finishHost();
  return { hosts, complete: done > 0 && done >= started, hostsTotal };
}
