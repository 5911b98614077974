import { SaxesParser } from "saxes";
import { messageOf } from "../../core/errors.ts";
import { type Port, parsePorts } from "../../core/ports.ts";
import type { NmapHost } from "./host.ts";
import { HostBuilder } from "./host-builder.ts";

/** The content of nmap's XML apart from its hosts (nmap.dtd, "nmaprun"). */
export interface NmapSummary {
  /** The document is complete. */
  readonly complete: boolean;
  /** Why reading stopped: not XML, cut off, beyond a limit. */
  readonly problem?: string | undefined;
  /** `success` or `error`; absent if nmap did not finish. */
  readonly exit?: string | undefined;
  readonly errorMessage?: string | undefined;
  /** TCP ports that nmap lists as scanned; absent if there are none. */
  readonly scannedPorts?: readonly Port[] | undefined;
  /** Number of scanned addresses, up or down. */
  readonly hostsTotal?: number | undefined;
  readonly hostsUp?: number | undefined;
  /** Targets that nmap skipped: as written on the command line, or single addresses without a route. At most {@link maxSkipped}. */
  readonly skipped?: readonly string[] | undefined;
}

/** If there are this many skipped targets, the list is incomplete. */
export const maxSkipped = 10_000;

/** Length of a tag with its attributes, or of the text between two tags; scripts write long ones. */
const maxPieceLength = 4 * 1024 * 1024;
const maxDepth = 64;
/** nmap writes one element for each kind of scan (`scaninfo`), and one for each reason (`extrareasons`) of a host. */
const maxPortLists = 32;
/** A longer attribute is cut. */
const maxValueLength = 1000;

/**
 * Reads nmap's XML piece by piece, from a growing file or the output of a running nmap. Returns each host when its element
 * ends, and holds only the current host. It never throws.
 *
 * Document types are not expanded: a document type with an internal subset is an error, and so is an entity that XML itself
 * does not define.
 */
export class NmapXmlReader {
  readonly #isWanted: (port: Port) => boolean;
  readonly #parser: SaxesParser;
  /** Import mode: all open ports, and no ports that are not open. */
  readonly #isImport: boolean;
  readonly #open: string[] = [];
  #hosts: NmapHost[] = [];
  #problem: string | undefined;
  #complete = false;
  #sincePieceEnd = 0;
  #host: HostBuilder | undefined;
  #exit: string | undefined;
  #errorMessage: string | undefined;
  #scannedPorts: Set<Port> | undefined;
  /** Number of port lists read in this document and for this host: each can name all ports in seven characters. */
  #scanLists = 0;
  #extraLists = 0;
  readonly #scanTypes = new Set<string>();
  #hostsTotal: number | undefined;
  #hostsUp: number | undefined;
  readonly #skipped: string[] = [];
  #extraState: string | undefined;
  #startedAt: number | undefined;

  #problemLine: number | undefined;

  /** @param ports the ports to keep; others are skipped. `all` is the import mode, which also provides `problemLine`. */
  constructor(ports: readonly Port[] | "all") {
    this.#isImport = ports === "all";
    this.#parser = new SaxesParser({ xmlns: false, position: this.#isImport });
    if (ports === "all") this.#isWanted = () => true;
    else {
      const wanted = new Set(ports);
      this.#isWanted = (port) => wanted.has(port);
    }
    this.#parser.on("error", (error) => {
      // nmap writes control characters in banners as references that XML 1.0 does not allow (`&#x1;`).
      if (!error.message.includes("malformed character entity")) {
        this.#fail(`not XML as nmap writes it (${error.message.replace(/^\d+:\d+: /, "")})`);
      }
    });
    this.#parser.on("doctype", (text) => {
      if (!/^\s*nmaprun(?:\s+(?:SYSTEM|PUBLIC)\b[^[]*|\s*)$/.test(text)) this.#fail("a document type with content");
    });
    this.#parser.on("opentag", ({ name, attributes }) => this.#openTag(name, attributes));
    this.#parser.on("closetag", ({ name }) => this.#closeTag(name));
  }

  /** The line of the problem, from 1; absent where there is none. */
  get problemLine(): number | undefined {
    return this.#problemLine;
  }

  get failed(): boolean {
    return this.#problem !== undefined;
  }

  /** @returns the hosts that ended in this piece */
  write(piece: string): readonly NmapHost[] {
    if (this.#problem !== undefined) return [];
    const end = piece.lastIndexOf(">");
    this.#sincePieceEnd = end < 0 ? this.#sincePieceEnd + piece.length : piece.length - end;
    if (this.#sincePieceEnd > maxPieceLength) this.#fail("an element is too long");
    else this.#feed(() => this.#parser.write(piece));
    const hosts = this.#hosts;
    this.#hosts = [];
    return hosts;
  }

  /** Call it after the last piece. */
  end(): NmapSummary {
    if (this.#problem === undefined) {
      if (this.#complete) this.#feed(() => this.#parser.close());
      else this.#fail("cut off before its end");
    }
    return {
      complete: this.#complete && this.#problem === undefined,
      problem: this.#problem,
      exit: this.#exit,
      errorMessage: this.#errorMessage,
      scannedPorts: this.#scannedPorts === undefined ? undefined : [...this.#scannedPorts],
      hostsTotal: this.#hostsTotal,
      hostsUp: this.#hostsUp,
      skipped: this.#skipped.length === 0 ? undefined : this.#skipped,
    };
  }

  #feed(step: () => unknown): void {
    try {
      step();
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #fail(problem: string): void {
    if (this.#problem !== undefined) return;
    this.#problem = problem;
    if (this.#isImport) this.#problemLine = this.#parser.line;
  }

  #openTag(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.#problem !== undefined) return;
    const parent = this.#open.at(-1);
    if (parent === undefined && name !== "nmaprun") this.#fail("not a document of nmap");
    else if (this.#open.length >= maxDepth) this.#fail("nested too deeply");
    if (this.#problem !== undefined) return;
    this.#open.push(name);
    const value = (key: string) => attributes[key]?.slice(0, maxValueLength);
    switch (`${parent ?? ""}>${name}`) {
      case ">nmaprun":
        this.#startedAt = timeOf(attributes["start"]);
        break;
      case "nmaprun>host":
        this.#host = new HostBuilder(attributes["timedout"] === "true");
        this.#extraLists = 0;
        this.#host.setTime(timeOf(attributes["endtime"]) ?? timeOf(attributes["starttime"]) ?? this.#startedAt);
        break;
      case "host>status":
        this.#host?.setUp(attributes["state"] === "up");
        break;
      case "host>address":
        this.#host?.addAddress(value("addr") ?? "", value("addrtype"), value("vendor"));
        break;
      case "hostnames>hostname":
        this.#host?.addName(value("name"), attributes["type"]);
        break;
      case "ports>port":
        this.#host?.startPort(attributes["protocol"], attributes["portid"]);
        break;
      case "port>state":
        this.#host?.setState(attributes["state"], attributes["reason"]);
        break;
      case "ports>extraports":
        this.#extraState = attributes["state"];
        break;
      case "extraports>extrareasons":
        this.#addExtraPorts(attributes);
        break;
      case "nmaprun>target":
        if (attributes["status"] === "skipped" && this.#skipped.length < maxSkipped) {
          this.#skipped.push(value("specification") ?? "");
        }
        break;
      case "port>service":
        this.#host?.setService(value("name"), value("product"), value("version"), attributes["tunnel"]);
        break;
      case "nmaprun>scaninfo":
        if (attributes["protocol"] === "tcp") {
          this.#scanTypes.add(attributes["type"] === "connect" ? "connect" : "other");
          this.#addScannedPorts(attributes["services"] ?? "");
        }
        break;
      case "runstats>finished":
        this.#exit = value("exit");
        this.#errorMessage = value("errormsg");
        break;
      case "runstats>hosts":
        this.#hostsTotal = countOf(attributes["total"]);
        this.#hostsUp = countOf(attributes["up"]);
        break;
    }
  }

  #closeTag(name: string): void {
    if (this.#problem !== undefined) return;
    this.#open.pop();
    const depth = this.#open.length;
    if (name === "port" && this.#host !== undefined) this.#host.endPort(this.#isWanted);
    if (name === "host" && depth === 1 && this.#host !== undefined) {
      // The element `scaninfo` precedes the hosts (nmap.dtd).
      const host = this.#host.build(this.#scanTypes.has("connect") && !this.#scanTypes.has("other"));
      if (host !== undefined) this.#hosts.push(host);
      this.#host = undefined;
    }
    if (depth === 0) this.#complete = true;
  }

  /** Ports with the same answer are grouped (nmap.dtd, "extrareasons"); older versions do not list them. */
  #addExtraPorts(attributes: Readonly<Record<string, string>>): void {
    if (this.#host === undefined || this.#isImport || (attributes["proto"] ?? "tcp") !== "tcp") return;
    this.#extraLists += 1;
    if (this.#extraLists > maxPortLists) return;
    const ports = parsePorts(attributes["ports"] ?? "");
    if (ports.kind !== "ports") return;
    for (const port of ports.ports) {
      if (this.#isWanted(port)) this.#host.addNotOpen(port, this.#extraState, attributes["reason"]);
    }
  }

  #addScannedPorts(services: string): void {
    this.#scanLists += 1;
    if (this.#isImport || this.#scanLists > maxPortLists) return;
    const ports = parsePorts(services);
    if (ports.kind !== "ports") return;
    this.#scannedPorts ??= new Set();
    for (const port of ports.ports) this.#scannedPorts.add(port);
  }
}

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** nmap writes times in seconds since the epoch. @returns milliseconds */
function timeOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,11}$/.test(text) ? Number(text) * 1000 : undefined;
}
