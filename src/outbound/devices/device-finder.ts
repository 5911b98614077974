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
import { addressesToAsk, devicesOfWatch } from "./watched-devices.ts";

/** As for services: gone and back this often within the window is flapping. */
const flapLimit = 4;
const flapWindowMs = 24 * 60 * 60 * 1000;

/** After this time a device is asked for its names again. */
const namesLastMs = 24 * 60 * 60 * 1000;

/** Devices asked in one survey; the rest are asked in the next ones. */
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
  /** Under which name the devices are recorded: that of the watch, or of the audience of devices. */
  readonly recordAs: string;
  readonly audiences: readonly Audience[];
  /** What the scan before it asked. */
  readonly coverage: Coverage;
  /** When that scan began; milliseconds since the epoch. Whoever answered since is there. */
  readonly since: number;
}

/**
 * Takes a scanned watch; finds out which devices are on the networks that this machine is on, as far as the scan
 * covered them, and stores what changed with an open delivery for each audience.
 */
export class DeviceFinder {
  readonly #options: DeviceFinderOptions;
  readonly #recent: RecentSurveys;
  /** Said once, not after each survey. */
  readonly #notesSaid = new Set<string>();

  constructor(options: DeviceFinderOptions) {
    this.#options = options;
    this.#recent = new RecentSurveys(options.clock);
  }

  /**
   * @returns what is news, by kind; `undefined` where there was nothing to look at
   * @throws HarbingerError where the store cannot take it; the next search finds it again
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
    const wasAsked = this.#recent.askedByOthers(watch.name);
    const isAllowed = this.#scopeOf(watch);
    const survey = await surveyor.survey(
      {
        ranges,
        known: addressesToAsk(known, ranges).filter((address) => isAllowed(address) && !wasAsked(address)),
        since: search.since,
        isAllowed,
      },
      signal,
    );
    this.#sayNotes(watch, survey);
    // A survey that was cut short asked for less than it says; the next one is whole again.
    if (signal.aborted) return undefined;
    // Nothing of it is on-link.
    if (survey.present.length === 0 && survey.asked.length === 0) return undefined;
    const inRanges = new AddressSet(ranges);
    const mine = known.filter(({ addresses }) => addresses.some(({ address }) => inRanges.has(address)));
    const macs = new Set(mine.map(({ mac }) => mac));
    const isKnown = (mac: Mac) => macs.has(mac);
    const present = devicesOfWatch(survey.present, { ranges, links: links(), isKnown });
    const learnt = await this.#learnNames(
      present.filter(({ address }) => isAllowed(address)),
      present,
      signal,
    );
    if (signal.aborted) return undefined;
    const { recordAs, audiences } = search;
    const { asked } = survey;
    const policy = { goneAfter, flapLimit, flapWindowMs };
    const news = await devices.record({
      watch: recordAs,
      metBy: watch.name,
      at: clock.now(),
      present,
      asked,
      policy,
      audiences,
      ...learnt,
    });
    this.#recent.add({ watch: watch.name, ranges, asked });
    return news;
  }

  async #knownDevices(): Promise<DeviceRecord[]> {
    const pages = pagesOf((after) => this.#options.devices.list({ limit: pageSize, after }));
    return (await Array.fromAsync(pages)).flat();
  }

  /** Of devices that are new, or were last asked a day ago. Those that give none are not asked again before. */
  async #learnNames(askable: readonly Neighbour[], present: readonly Neighbour[], signal: AbortSignal) {
    const { devices, namer, vendorOf, clock } = this.#options;
    const macs = [...new Set(present.map(({ mac }) => mac))];
    const now = clock.now();
    const unnamed = await devices.dueForNames({ macs, namedBefore: now - namesLastMs, now });
    const due = new Set(unnamed.slice(0, namedAtOnce));
    const names = new Map<Mac, readonly DeviceName[]>();
    const vendors = new Map<Mac, string>();
    if (due.size === 0) return { names, vendors };
    const found = await namer.names(
      askable.filter(({ mac }) => due.has(mac)),
      signal,
    );
    for (const mac of due) {
      names.set(mac, found.get(mac) ?? []);
      const vendor = vendorOf(mac);
      if (vendor !== undefined) vendors.set(mac, vendor);
    }
    return { names, vendors };
  }

  /** What may be asked at all. Exclusions of the watch that are names have no IPv6 range; their IPv4 is in no coverage. */
  #scopeOf(watch: Watch): (address: Address) => boolean {
    const { allow, exclude } = this.#options.scope;
    const allowed = new AddressSet([...localRanges, ...allow]);
    const own = watch.scan.exclude ?? [];
    const excluded = new AddressSet([...exclude, ...own.flatMap((text) => parseRange(text) ?? [])]);
    return (address) => allowed.has(address) && !excluded.has(address);
  }

  #sayNotes(watch: Watch, { notes }: LinkSurvey): void {
    for (const note of notes) {
      if (this.#notesSaid.has(note)) continue;
      if (this.#notesSaid.size >= 100) this.#notesSaid.clear();
      this.#notesSaid.add(note);
      this.#options.log.info(note, { watch: watch.name });
    }
  }
}
