/** The state of a scan at one moment, in the numbers from which the time left is estimated. */
export interface ScanMoment {
  readonly atMs: number;
  /** Probes sent so far, repeated ones included. */
  readonly launched: number;
  /** First probes sent, and how many of those that ended were too short to be the last of their endpoint. */
  readonly firstProbes: number;
  readonly shortFirstProbes: number;
  readonly firstInFlight: number;
  /** Endpoints not yet drawn from the order. */
  readonly notStarted: number;
  /** Endpoints that wait for their first probe, and will have it. */
  readonly ready: number;
  readonly repeatsInFlight: number;
  /** Silent endpoints that wait for another attempt. */
  readonly repeats: number;
  /** Endpoints that needed no probe, because no host has their address. */
  readonly skipped: number;
  /** Endpoints of hosts on the own link that wait until it is known whether the host is up. */
  readonly held: number;
  /** Hosts of the own link whose first probe was not yet sent. */
  readonly hostsLeft: number;
  /** Hosts of the own link whose first probe was sent, pending ones included. */
  readonly hostsStarted: number;
  /** Hosts that are not yet known to be up or down, and those that are up. */
  readonly hostsPending: number;
  readonly hostsUp: number;
  /** When the last probe was sent, and the last first probe of a host on the own link. */
  readonly lastLaunchMs: number;
  readonly lastResolutionMs: number;
  /** How long it takes until a host is known to be absent, and until the last probe of a silent endpoint ends. */
  readonly resolutionTakesMs: number;
  readonly silenceTakesMs: number;
}

/** No estimate before this: the rate is still that of the start. */
const minElapsedMs = 1_000;
/** The pace is measured over this many moments. */
const maxMoments = 12;

/**
 * Estimates how long a scan still takes. The work left is counted in probes: those never sent, repeated ones for silent
 * endpoints, and those that future first probes will need. They are assumed to keep the pace of the last seconds, which may be limited by
 * a cap, time-outs, this machine. The search for hosts on the own link runs in parallel, at its own pace.
 */
export class TimeLeft {
  readonly #moments: ScanMoment[] = [];
  #startedMs: number | undefined;

  /** @returns milliseconds; `undefined` while there is no estimate */
  estimate(moment: ScanMoment): number | undefined {
    this.#startedMs ??= moment.atMs;
    this.#moments.push(moment);
    if (this.#moments.length > maxMoments) this.#moments.shift();
    const [oldest] = this.#moments;
    if (oldest === undefined || moment.atMs - this.#startedMs < minElapsedMs) return undefined;
    const left = probesLeft(moment);
    const probesMs = timeFor(left, moment.launched - oldest.launched, moment.atMs - oldest.atMs);
    const hostsMs = timeFor(moment.hostsLeft, moment.hostsStarted - oldest.hostsStarted, moment.atMs - oldest.atMs);
    if (probesMs === undefined || hostsMs === undefined) return undefined;
    return Math.max(probesMs + lastSilenceMs(moment, left), hostsMs + lastResolutionMs(moment));
  }
}

function probesLeft(moment: ScanMoment): number {
  const { firstProbes, firstInFlight, shortFirstProbes, ready, held, skipped, repeats, hostsLeft, hostsPending } =
    moment;
  const repeatShare = shortFirstProbes / Math.max(1, firstProbes - firstInFlight);
  const hostsKnown = moment.hostsStarted - hostsPending;
  const upShare = hostsKnown === 0 ? 0 : moment.hostsUp / hostsKnown;
  // A host that is still pending is mostly absent.
  const heldForHostsLeft = hostsLeft / Math.max(1, hostsLeft + hostsPending);
  const needsProbe = (firstProbes + ready) / Math.max(1, firstProbes + ready + skipped + held);
  const first = ready + moment.notStarted * needsProbe + held * heldForHostsLeft * upShare;
  return repeats + firstInFlight * repeatShare + first * (1 + repeatShare);
}

/** Fewer than this take no time worth an estimate. */
const negligible = 0.5;

function timeFor(left: number, done: number, ms: number): number | undefined {
  if (left < negligible) return 0;
  return done <= 0 || ms <= 0 ? undefined : (left / done) * ms;
}

function lastSilenceMs(moment: ScanMoment, probesLeft: number): number {
  if (probesLeft >= negligible) return moment.silenceTakesMs;
  if (moment.firstInFlight + moment.repeatsInFlight === 0) return 0;
  return Math.max(0, moment.lastLaunchMs + moment.silenceTakesMs - moment.atMs);
}

function lastResolutionMs({
  hostsLeft,
  hostsPending,
  resolutionTakesMs,
  lastResolutionMs: beganMs,
  atMs,
}: ScanMoment): number {
  if (hostsLeft > 0) return resolutionTakesMs;
  return hostsPending === 0 ? 0 : Math.max(0, beganMs + resolutionTakesMs - atMs);
}
