import { type Address, parseAddress } from "../../core/address.ts";
import { type Mac, parseMac } from "../../core/device.ts";

/** One lease in the file of a DHCP server. */
export interface DhcpLease {
  readonly mac: Mac;
  readonly address: Address;
  /** The host name that the device sent; not made safe. `undefined` if it sent none, or the lease was released. */
  readonly name: string | undefined;
  /** Milliseconds since the epoch; `Infinity` for a lease without an end. */
  readonly expiresAt: number;
}

const maxLeases = 100_000;
const maxLineCharacters = 4096;
/** The lifetime that Kea writes for a lease without an end, and the state of an assigned lease. */
const kea = { endless: 0xffff_ffff, assigned: "0" } as const;

/**
 * Reads the lease files of dnsmasq (also Pi-hole and OpenWrt), ISC dhcpd and Kea (memfile), which it distinguishes by their
 * content. The last of several entries for an address counts, because ISC and Kea append changes.
 */
export function parseDhcpLeases(text: string): readonly DhcpLease[] {
  const lines = text.split("\n").map((line) => line.slice(0, maxLineCharacters).trimEnd());
  const header = lines[0]?.split(",") ?? [];
  const leases =
    header.includes("hwaddr") && header.includes("address") ? keaLeases(lines, header) : otherLeases(lines);
  const latest = new Map<Address, DhcpLease>();
  for (const lease of leases) {
    latest.delete(lease.address);
    latest.set(lease.address, lease);
    if (latest.size >= maxLeases) break;
  }
  return [...latest.values()];
}

/** Kea memfile: CSV in which commas inside values are written as `&#x2c`. Kea Administrator Reference Manual, "Memfile". */
function* keaLeases(lines: readonly string[], header: readonly string[]): Generator<DhcpLease> {
  const at = (name: string) => header.indexOf(name);
  const columns = {
    address: at("address"),
    mac: at("hwaddr"),
    lifetime: at("valid_lifetime"),
    expire: at("expire"),
    name: at("hostname"),
    state: at("state"),
  };
  for (const line of lines.slice(1)) {
    const values = line.split(",");
    const address = parseAddress(values[columns.address] ?? "");
    const mac = parseMac(values[columns.mac] ?? "");
    if (address === undefined || mac === undefined) continue;
    const isAssigned = columns.state < 0 || values[columns.state] === kea.assigned;
    const name = (values[columns.name] ?? "").replaceAll(/&#x2c/gi, ",");
    const isEndless = Number(values[columns.lifetime]) === kea.endless;
    const expiresAt = isEndless ? Number.POSITIVE_INFINITY : secondsToMs(values[columns.expire] ?? "");
    yield { mac, address, name: isAssigned && name !== "" ? name : undefined, expiresAt };
  }
}

function* otherLeases(lines: readonly string[]): Generator<DhcpLease> {
  let block: IscBlock | undefined;
  for (const line of lines) {
    const words = line.trim().split(/\s+/, 12);
    if (words[0] === "lease" && words[2] === "{") block = { address: parseAddress(words[1] ?? "") };
    else if (block === undefined) {
      const lease = dnsmasqLease(words);
      if (lease !== undefined) yield lease;
    } else if (words[0] === "}") {
      const lease = iscLease(block);
      block = undefined;
      if (lease !== undefined) yield lease;
    } else readIscStatement(block, words, line);
  }
}

/** dnsmasq: `1764338400 b8:27:eb:00:00:01 192.168.50.10 nas 01:b8:27:eb:00:00:01`. Time 0 means no end, `*` means no name. */
function dnsmasqLease(words: readonly string[]): DhcpLease | undefined {
  const [time = "", hardware = "", addressText = "", name = ""] = words;
  const mac = parseMac(hardware);
  const address = parseAddress(addressText);
  if (!/^\d{1,11}$/.test(time) || mac === undefined || address === undefined) return undefined;
  const expiresAt = Number(time) === 0 ? Number.POSITIVE_INFINITY : secondsToMs(time);
  return { mac, address, name: name === "" || name === "*" ? undefined : name, expiresAt };
}

/** The part of `lease ADDRESS { ... }` read so far (dhcpd.leases(5)). */
interface IscBlock {
  readonly address: Address | undefined;
  mac?: Mac | undefined;
  name?: string;
  expiresAt?: number;
  isActive?: boolean;
}

function readIscStatement(block: IscBlock, words: readonly string[], line: string): void {
  const [first, second = "", third = ""] = words.map((word) => word.replace(/;$/, ""));
  switch (first) {
    case "hardware":
      block.mac = second === "ethernet" ? parseMac(third) : undefined;
      break;
    case "client-hostname":
      block.name = unquoted(line);
      break;
    case "binding":
      block.isActive = second === "state" && third === "active";
      break;
    case "ends":
      block.expiresAt = iscTime(words.map((word) => word.replace(/;$/, "")));
  }
}

function iscLease({ address, mac, name, expiresAt, isActive }: IscBlock): DhcpLease | undefined {
  if (address === undefined || mac === undefined) return undefined;
  return {
    mac,
    address,
    name: isActive === false ? undefined : name,
    expiresAt: expiresAt ?? Number.POSITIVE_INFINITY,
  };
}

/** `ends 6 2026/11/28 13:00:00` (UTC), `ends epoch 1764338400`, or `ends never`. */
function iscTime([, second = "", third = "", fourth = ""]: readonly string[]): number {
  if (second === "never") return Number.POSITIVE_INFINITY;
  if (second === "epoch") return secondsToMs(third);
  const date = /^\d{4}\/\d\d\/\d\d$/.test(third) && /^\d\d:\d\d:\d\d$/.test(fourth);
  const time = date ? Date.parse(`${third.replaceAll("/", "-")}T${fourth}Z`) : Number.NaN;
  return Number.isNaN(time) ? 0 : time;
}

/** The text between the first and the last quotation mark. Special characters are written as `\` and three octal digits. */
function unquoted(line: string): string {
  const text = line.slice(line.indexOf('"') + 1, Math.max(line.indexOf('"') + 1, line.lastIndexOf('"')));
  return text.replaceAll(/\\(?:([0-7]{3})|(.))/g, (_, octal?: string, plain?: string) =>
    octal === undefined ? (plain ?? "") : String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

function secondsToMs(text: string): number {
  return /^\d{1,11}$/.test(text) ? Number(text) * 1000 : 0;
}
