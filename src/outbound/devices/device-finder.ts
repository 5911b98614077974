import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { Coverage } from "../../core/coverage.ts";
import type { Audience } from "../../core/delivery.ts";
import type { DeviceName, DeviceRecord, Mac, Neighbour } from "../../core/device.ts";
import type { DeviceNews, DeviceStore } from "../../core/device-store.ts";
import type { DeviceNamer, Link, LinkSurvey, LinkSurveyor } from "../../core/link-survey.ts";
import type { Log } from "../../core/log.ts";
import { type AddressRange, AddressSet, localRanges, parseRange } from "../../core/network.ts";
import { pagesOf } from "../../core/page.ts";
import type { Watch } from "../../core/watch.ts";
import { RecentSurveys } from "./recent-surveys.ts";
import { addressesToProbe, devicesOfWatch } from "./watched-devices.ts";

/** As for services: so many changes between gone and returned within the window are flapping. */
const flapLimit = 4;
const flapWindowMs = 24 * 60 * 60 * 1000;

/** Time after which a device is queried for its names again. */
const namesLastMs = 24 * 60 * 60 * 1000;

/** Devices queried for names in one survey; the rest follow in the next ones. */
const namedAtOnce = 1000;

const pageSize = 500;

export interface DeviceFinderOptions {
  readonly surveyor: LinkSurveyor;
  readonly namer: DeviceNamer;
  readonly vendorOf: (mac: Mac) => string | undefined;
  readonly devices: DeviceStore;
  /** The IPv4 networks that this machine is on. */
  readonly links: () => readonly Link[];
  readonly scope: { readonly allow: readonly AddressRange[]; readonly exclude: readonly AddressRange[] };
  readonly goneAfter: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface DeviceSearch {
  readonly watch: Watch;
  /** The watch under which devices are recorded, or the audience of devices. */
  readonly recordAs: string;
  readonly audiences: readonly Audience[];
  /** What the scan probed. */
  readonly coverage: Coverage;
  /** When that scan began; milliseconds since the epoch. Devices that answered since are present. */
  readonly since: number;
}

/**
 * Takes a scanned watch; finds devices on this machine's own networks, as far as the scan covered them, and records changes with
 * an open delivery for each audience.
 */
export class DeviceFinder {
  readonly #options: DeviceFinderOptions;
  readonly #recent: RecentSurveys;
  /** Notes that were logged, so that each is logged once. */
  readonly #loggedNotes = new Set<string>();

  constructor(options: DeviceFinderOptions) {
    this.#options = options;
    this.#recent = new RecentSurveys(options.clock);
  }

  /**
   * @returns the number of changes by kind; `undefined` where no own network was covered
   * @throws HarbingerError where the store fails; the next search finds the changes again
   */
  async find(search: DeviceSearch, signal: AbortSignal): Promise<DeviceNews | undefined> {
    const { coverage } = search;
    if (coverage.kind !== "ranges") return undefined;
    return await this.#recent.exclusively(() => this.#find(search, coverage.ranges, signal));
  }

  async #find(
    search: DeviceSearch,
    covered: readonly AddressRange[],
    signal: AbortSignal,
  ): Promise<DeviceNews | undefined> {
    const { devices, surveyor, clock, links, goneAfter } = this.#options;
    const { watch } = search;
    const ranges = this.#recent.uncovered(watch.name, covered);
    if (ranges.length === 0 || signal.aborted) return undefined;
    const known = await this.#knownDevices();
    const wasProbed = this.#recent.probedForOthers(watch.name);
    const isAllowed = this.#scopeOf(watch);
    const survey = await surveyor.survey(
      {
        ranges,
        known: addressesToProbe(known, ranges).filter((address) => isAllowed(address) && !wasProbed(address)),
        since: search.since,
        isAllowed,
      },
      signal,
    );
    this.#logNotes(watch, survey);
    // An aborted survey is not complete; the next one is.
    if (signal.aborted) return undefined;
    // Nothing of the coverage is on-link.
    if (survey.present.length === 0 && survey.probed.length === 0) return undefined;
    const inRanges = new AddressSet(ranges);
    const watched = known.filter(({ addresses }) => addresses.some(({ address }) => inRanges.has(address)));
    const macs = new Set(watched.map(({ mac }) => mac));
    const isKnown = (mac: Mac) => macs.has(mac);
    const present = devicesOfWatch(survey.present, { ranges, links: links(), isKnown });
    const learnt = await this.#learnNames(
      present.filter(({ address }) => isAllowed(address)),
      present,
      signal,
    );
    if (signal.aborted) return undefined;
    const { recordAs, audiences } = search;
    const { probed } = survey;
    const policy = { goneAfter, flapLimit, flapWindowMs };
    const news = await devices.record({
      watch: recordAs,
      scanWatch: watch.name,
      at: clock.now(),
      present,
      probed,
      policy,
      audiences,
      ...learnt,
    });
    this.#recent.add({ watch: watch.name, ranges, probed });
    return news;
  }

  async #knownDevices(): Promise<DeviceRecord[]> {
    const pages = pagesOf((after) => this.#options.devices.list({ limit: pageSize, after }));
    return (await Array.fromAsync(pages)).flat();
  }

  /** Names of devices that are new, or were last queried a day ago, whether they had a name or not. */
  async #learnNames(askable: readonly Neighbour[], present: readonly Neighbour[], signal: AbortSignal) {
    const { devices, namer, vendorOf, clock } = this.#options;
    const macs = [...new Set(present.map(({ mac }) => mac))];
    const now = clock.now();
    const unnamed = await devices.namesDue({ macs, namedBefore: now - namesLastMs, now });
    const unknown = new Set(unnamed.slice(0, namedAtOnce));
    const names = new Map<Mac, readonly DeviceName[]>();
    const vendors = new Map<Mac, string>();
    if (unknown.size === 0) return { names, vendors };
    const found = await namer.names(
      askable.filter(({ mac }) => unknown.has(mac)),
      signal,
    );
    for (const mac of unknown) {
      names.set(mac, found.get(mac) ?? []);
      const vendor = vendorOf(mac);
      if (vendor !== undefined) vendors.set(mac, vendor);
    }
    return { names, vendors };
  }

  /** Which addresses may be probed. Exclusions that are host names have no IPv6 range; their IPv4 addresses are not covered. */
  #scopeOf(watch: Watch): (address: Address) => boolean {
    const { allow, exclude } = this.#options.scope;
    const allowed = new AddressSet([...localRanges, ...allow]);
    const own = watch.scan.exclude ?? [];
    const excluded = new AddressSet([...exclude, ...own.flatMap((text) => parseRange(text) ?? [])]);
    return (address) => allowed.has(address) && !excluded.has(address);
  }

  #logNotes(watch: Watch, { notes }: LinkSurvey): void {
    for (const note of notes) {
      if (this.#loggedNotes.has(note)) continue;
      if (this.#loggedNotes.size >= 100) this.#loggedNotes.clear();
      this.#loggedNotes.add(note);
      this.#options.log.info(note, { watch: watch.name });
    }
  }
}
