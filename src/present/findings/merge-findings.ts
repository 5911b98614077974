import { type Address, compareAddresses } from "../../core/address.ts";
import type { Discovery } from "../../core/discovery.ts";
import {
  type DiscoveryKindEntry,
  discoveryKinds,
  type FindingKind,
  type FindingType,
  findingEntry,
  findingKinds,
  findingRank,
  kindEntry,
} from "../../core/discovery-kinds.ts";
import { type Finding, type FoundPort, longAbsenceMs } from "./finding.ts";
import { isOfDevice } from "./kind-words.ts";
import type { Report, Section } from "./report.ts";

interface Found {
  readonly discovery: Discovery;
  readonly section: Section;
}

interface Draft {
  readonly type: FindingType;
  readonly found: Found[];
}

/**
 * Joins the discoveries that a report shows into findings: the ports of a host; a new, gone or returned host and its device,
 * also across watches; the same exposure or certificate found by several watches.
 * @returns urgent ones first, then in the order of `findingTypes`
 */
export function mergeFindings(report: Report): Finding[] {
  const byKind = withoutOutdated(foundByKind(report));
  const of = (kind: FindingKind) => byKind.get(kind) ?? [];
  const devices = findingKinds.filter(isJoinedByDevice).flatMap((kind) => draftsOf(kind, of(kind)));
  const arrivals = new DeviceIndex(devices.filter(isOfArrivedDevice));
  const returns = new DeviceIndex(devices.filter(({ type }) => type === "device-returned"));
  const losses = new DeviceIndex(devices.filter(({ type }) => type === "device-gone"));
  const drafts = [
    ...devices,
    ...hosts(of("new"), (found) => newDraft(found, arrivals)),
    ...hosts(of("returned"), (found) => returns.take(found) ?? presenceDraft(found, "returned", report)),
    ...hosts(of("gone"), (found) => losses.take(found) ?? presenceDraft(found, "gone", report)),
    ...findingKinds
      .filter((kind) => !isJoinedByDevice(kind) && !joinsDevices.has(kind))
      .flatMap((kind) => draftsOf(kind, of(kind))),
  ];
  const findings = drafts.map((draft) => findingOf(draft, report));
  return findings.sort(
    (a, b) => Number(b.isUrgent) - Number(a.isUrgent) || findingRank(a.type) - findingRank(b.type) || byAddress(a, b),
  );
}

/** The order of findings by their first address; those without one come last. */
export function byAddress({ addresses: [a] }: Finding, { addresses: [b] }: Finding): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compareAddresses(a, b);
}

function foundByKind({ sections }: Report): ReadonlyMap<FindingKind, readonly Found[]> {
  return new Map(
    findingKinds.map((kind) => [
      kind,
      sections.flatMap((section) => section.findings[kind].shown.map((discovery) => ({ discovery, section }))),
    ]),
  );
}

/**
 * Keeps only the last of several comings and goings: a report that waited while its server was down would otherwise list the
 * same port as gone and as back.
 */
function withoutOutdated(
  byKind: ReadonlyMap<FindingKind, readonly Found[]>,
): ReadonlyMap<FindingKind, readonly Found[]> {
  const last = new Map<string, Found>();
  for (const kind of comingsAndGoings) {
    for (const found of byKind.get(kind) ?? []) {
      const key = presenceKey(found);
      const known = last.get(key);
      if (known === undefined || isLater(found, known)) last.set(key, found);
    }
  }
  return new Map(
    [...byKind].map(([kind, all]) => [
      kind,
      comingsAndGoings.has(kind) ? all.filter((found) => last.get(presenceKey(found)) === found) : all,
    ]),
  );
}

const comingsAndGoings: ReadonlySet<FindingKind> = new Set(
  findingKinds.filter((kind) => ["back", "gone"].includes(findingEntry(kindEntry(kind).becomes[0]).section)),
);

/** One service as one watch sees it, or one device. */
function presenceKey(found: Found): string {
  const { discovery, section } = found;
  const mac = macOf(discovery);
  return discovery.kind.startsWith("device-") && mac !== undefined ? mac : `${section.watch} ${serviceKey(found)}`;
}

function isLater({ discovery: one }: Found, { discovery: other }: Found): boolean {
  return one.at > other.at || (one.at === other.at && one.id > other.id);
}

/** Kinds of hosts that can be joined to the finding of their device. */
const joinsDevices: ReadonlySet<FindingKind> = new Set(["new", "returned", "gone"]);

function isJoinedByDevice(kind: FindingKind): boolean {
  const { joinedBy } = discoveryKinds[kind];
  return joinedBy === "device" || joinedBy === "device and detail";
}

const keys: Readonly<Record<DiscoveryKindEntry["joinedBy"], (found: Found) => unknown>> = {
  host: ({ discovery: { address, id } }) => address ?? `unknown ${id}`,
  device: ({ discovery }) => macOf(discovery) ?? `unknown ${discovery.id}`,
  "device and detail": ({ discovery }) => `${macOf(discovery)} ${discovery.detail}`,
  service: serviceKey,
  "host and detail": sameDetailKey,
};

function draftsOf(kind: FindingKind, all: readonly Found[]): Draft[] {
  const { becomes, joinedBy } = kindEntry(kind);
  const keyOf = keys[joinedBy];
  // What is over is a finding of its own, unless the same service has it still or again.
  const serviceKeyOf = (found: Found) => `${keyOf(found)} ${serviceKey(found)}`;
  const open = new Set(all.filter(({ discovery }) => discovery.ended === undefined).map(serviceKeyOf));
  const wholeKey = (found: Found) => `${keyOf(found)}${open.has(serviceKeyOf(found)) ? "" : " over"}`;
  return [...Map.groupBy(all, wholeKey).values()].map((found) => ({
    type: becomes[0],
    found,
  }));
}

function macOf({ device, mac }: Discovery): string | undefined {
  return device?.mac ?? mac;
}

function serviceKey({ discovery: { address, port } }: Found): string {
  return `${address} ${port}`;
}

/** One certificate on several ports of a host. */
function sameDetailKey({ discovery: { address, port, detail } }: Found): string {
  return detail === undefined ? `${address} ${port}` : `${address} - ${detail}`;
}

/** @param draftOf `taken` if the host was added to the draft of its device */
function hosts(found: readonly Found[], draftOf: (host: readonly Found[]) => Draft | "taken"): Draft[] {
  const byAddress = Map.groupBy(found, ({ discovery: { address, id } }) => address ?? `unknown ${id}`);
  return [...byAddress.values()].map(draftOf).filter((draft) => draft !== "taken");
}

/** The device is new, back, or has a new address: a new host at that address is the same machine. */
function isOfArrivedDevice({ type }: Draft): boolean {
  return type === "new-device" || type === "device-returned" || type === "device-address-changed";
}

function newDraft(found: readonly Found[], arrivals: DeviceIndex): Draft | "taken" {
  if (found.some(({ discovery }) => discovery.isKnownHost === true)) return { type: "new-port", found: [...found] };
  return arrivals.take(found) ?? { type: "new-host", found: [...found] };
}

function presenceDraft(found: readonly Found[], what: "gone" | "returned", report: Report): Draft {
  const address = found[0]?.discovery.address;
  const isWhole = address !== undefined && report.wholeHosts.has(address);
  return { type: isWhole ? `host-${what}` : `port-${what}`, found: [...found] };
}

/** Finds the drafts of devices by MAC address and by IP address. */
class DeviceIndex {
  readonly #byMac = new Map<string, Draft>();
  readonly #byAddress = new Map<Address, Draft>();

  constructor(drafts: readonly Draft[]) {
    for (const draft of drafts) {
      for (const { discovery } of draft.found) {
        const mac = macOf(discovery);
        if (mac !== undefined) this.#byMac.set(mac, draft);
        for (const address of discovery.device?.addresses ?? []) this.#byAddress.set(address, draft);
      }
    }
  }

  /** Adds a host to the draft of its device; `undefined` if there is none. */
  take(host: readonly Found[]): "taken" | undefined {
    const draft = first(host, ({ discovery }) => this.#draftOf(discovery));
    draft?.found.push(...host);
    return draft === undefined ? undefined : "taken";
  }

  #draftOf(discovery: Discovery): Draft | undefined {
    const mac = macOf(discovery);
    const byMac = mac === undefined ? undefined : this.#byMac.get(mac);
    return byMac ?? (discovery.address === undefined ? undefined : this.#byAddress.get(discovery.address));
  }
}

function findingOf({ type, found }: Draft, report: Report): Finding {
  const discoveries = found.map(({ discovery }) => discovery);
  const device = first(discoveries, (discovery) => discovery.device);
  const name = device?.name ?? first(discoveries, ({ hostname }) => hostname);
  const mac = device?.mac ?? first(discoveries, (discovery) => discovery.mac);
  const vendor = device?.vendor ?? first(discoveries, (discovery) => discovery.vendor);
  const movedDevice = first(discoveries, (discovery) => discovery.movedDevice);
  const firstSeen = extreme(discoveries, "firstSeen", Math.min);
  const lastSeen = extreme(discoveries, "lastSeen", Math.max);
  const at = discoveries.reduce((latest, discovery) => Math.max(latest, discovery.at), Number.NEGATIVE_INFINITY);
  const absentMs = findingEntry(type).section === "back" && lastSeen !== undefined ? at - lastSeen : undefined;
  const ended = endsOf(found);
  const isOver = ended?.of === "all";
  return {
    type,
    isUrgent: !isOver && (findingEntry(type).section === "urgent" || (absentMs ?? 0) >= longAbsenceMs),
    addresses: unique<Address>([
      ...discoveries.flatMap(({ address }) => address ?? []),
      ...(isOfDevice({ type }) || discoveries.every(({ address }) => address === undefined)
        ? (device?.addresses ?? [])
        : []),
    ]),
    device,
    ...(movedDevice === undefined ? {} : { movedDevice }),
    name: name === "" ? undefined : name,
    mac,
    vendor: vendor === "" ? undefined : vendor,
    products: unique(discoveries.flatMap(productOf)).filter((product) => product !== ""),
    ports: portsOf(found),
    details: detailsOf(discoveries),
    at,
    firstSeen,
    lastSeen,
    absentMs,
    isFirstScan: discoveries.every(({ firstScan }) => firstScan),
    watches: report.sections
      .map(({ watch }) => watch)
      .filter((watch) => found.some(({ section }) => section.watch === watch)),
    evidence: discoveries.flatMap(({ address, port, evidence }) =>
      evidence === undefined || evidence.trim() === "" ? [] : [{ text: evidence, address, port }],
    ),
    ...(ended === undefined ? {} : { ended }),
    ...attentionOf(discoveries),
  };
}

/** Each once. One that only adds what was before stands for both: `Redis: answers PING`, `Redis: answers PING, was protected`. */
function detailsOf(discoveries: readonly Discovery[]): readonly string[] {
  const details = unique(discoveries.flatMap(({ detail }) => detail ?? [])).filter((detail) => detail !== "");
  return details.filter((detail) => !details.some((other) => other.startsWith(`${detail}, was `)));
}

/** A service that the same finding has without an end, as after it was exposed again, has not ended. */
function endsOf(found: readonly Found[]): Finding["ended"] {
  const services = [...Map.groupBy(found, serviceKey).values()];
  const ends = services.flatMap((ofService) => {
    const discoveries = ofService.map(({ discovery }) => discovery);
    const last = discoveries.reduce((one, other) => (other.id > one.id ? other : one));
    if (last.ended === undefined || discoveries.some(({ ended }) => ended === undefined)) return [];
    return [{ end: last.ended, port: last.port }];
  });
  if (ends.length === 0) return undefined;
  const byEnd = Map.groupBy(ends, ({ end: { by, at } }) => `${by} ${at}`);
  return {
    of: ends.length === services.length ? "all" : "some",
    ends: [...byEnd.values()].flatMap((same) => {
      const ports = unique(same.flatMap(({ port }) => port ?? [])).sort((a, b) => a - b);
      return same.slice(0, 1).map(({ end }) => ({ ...end, ports }));
    }),
  };
}

function attentionOf(discoveries: readonly Discovery[]): Pick<Finding, "muted" | "acknowledged"> {
  const partOf = (count: number) => (count === discoveries.length ? "all" : "some");
  const muted = discoveries.filter(({ mutedUntil }) => mutedUntil !== undefined).length;
  const acknowledgements = discoveries.flatMap(({ acknowledged }) => acknowledged ?? []);
  const latest = acknowledgements.sort((a, b) => a.at - b.at).at(-1);
  return {
    ...(muted === 0 ? {} : { muted: partOf(muted) }),
    ...(latest === undefined ? {} : { acknowledged: { ...latest, of: partOf(acknowledgements.length) } }),
  };
}

/** `nginx 1.22.1`. */
function productOf({ product, version }: Discovery): readonly string[] {
  if (product === undefined) return [];
  return [version === undefined || version === "" ? product : `${product} ${version}`];
}

function portsOf(found: readonly Found[]): FoundPort[] {
  const ports = new Map<number, FoundPort>();
  for (const { discovery, section } of found) {
    const { port } = discovery;
    if (port === undefined) continue;
    // The label of a watch with several ports does not name a single one.
    const isNamed = section.ports.length === 1 && section.portLabel !== undefined && section.portLabel !== "";
    const named: FoundPort = isNamed && section.portLabel !== undefined ? { port, label: section.portLabel } : { port };
    if (ports.get(port)?.label === undefined) ports.set(port, named);
  }
  return [...ports.values()].sort((a, b) => a.port - b.port);
}

function first<Item, Value>(items: readonly Item[], read: (item: Item) => Value | undefined): Value | undefined {
  for (const item of items) {
    const value = read(item);
    if (value !== undefined) return value;
  }
  return undefined;
}

function extreme(
  discoveries: readonly Discovery[],
  field: "firstSeen" | "lastSeen",
  choose: (...values: number[]) => number,
): number | undefined {
  const values = discoveries.flatMap((discovery) => discovery[field] ?? []);
  return values.length === 0 ? undefined : values.reduce((a, b) => choose(a, b));
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
