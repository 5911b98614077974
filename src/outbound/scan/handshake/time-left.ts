/** How far a scan is at one moment, in the numbers from which its end can be told. */
export interface ScanMoment {
  readonly atMs: number;
  /** Probes started so far, repeated ones included. */
  readonly launched: number;
  /** First looks started, and how many of those that ended were too short to be the last. */
  readonly firstLooks: number;
  readonly shortFirstLooks: number;
  /** First looks that have not ended. */
  readonly underWay: number;
  /** Endpoints that the scan has not come to. */
  readonly undrawn: number;
  /** Endpoints that wait for their first look, and will have it. */
  readonly fresh: number;
  /** Repeated looks that have not ended. */
  readonly repeatsUnderWay: number;
  /** Silent endpoints that wait for another look. */
  readonly repeats: number;
  /** Endpoints that were settled without a probe, since nobody has their address. */
  readonly spared: number;
  /** Endpoints of hosts on the own link that wait for what is learnt of the host. */
  readonly held: number;
  /** Hosts of the own link that were not yet asked for. */
  readonly unasked: number;
  /** Hosts of the own link that were asked for, those in question included. */
  readonly asked: number;
  /** Hosts in question, and how many of the hosts asked for are there. */
  readonly inQuestion: number;
  readonly present: number;
  /** When the last probe and the last question began. */
  readonly lastLaunchMs: number;
  readonly lastQuestionMs: number;
  /** How long an absent host takes to be known as such, and a silent endpoint its last look. */
  readonly questionTakesMs: number;
  readonly silenceTakesMs: number;
}

/** Before this, what is known is mostly how the scan began. */
const quietMs = 1_000;
/** The pace is measured over so many moments. */
const remembered = 12;

/**
 * Tells how long a scan still takes. What is left is counted in probes: those never sent, the second looks at what was
 * silent, and those that what is still to come will need; at the pace of the last seconds, which holds whatever limits it
 * now: a cap, the waiting for silence, this machine. Beside them runs the search for hosts on the own link, at its own pace.
 */
export class TimeLeft {
  readonly #moments: ScanMoment[] = [];
  #startedMs: number | undefined;

  /** @returns milliseconds; `undefined` while nothing can be said */
  estimate(moment: ScanMoment): number | undefined {
    this.#startedMs ??= moment.atMs;
    this.#moments.push(moment);
    if (this.#moments.length > remembered) this.#moments.shift();
    const [oldest] = this.#moments;
    if (oldest === undefined || moment.atMs - this.#startedMs < quietMs) return undefined;
    const left = probesLeft(moment);
    const probesMs = timeFor(left, moment.launched - oldest.launched, moment.atMs - oldest.atMs);
    const hostsMs = timeFor(moment.unasked, moment.asked - oldest.asked, moment.atMs - oldest.atMs);
    if (probesMs === undefined || hostsMs === undefined) return undefined;
    return Math.max(probesMs + lastSilenceMs(moment, left), hostsMs + lastQuestionMs(moment));
  }
}

function probesLeft(moment: ScanMoment): number {
  const { firstLooks, underWay, shortFirstLooks, fresh, held, spared, repeats, unasked, inQuestion } = moment;
  const repeatShare = shortFirstLooks / Math.max(1, firstLooks - underWay);
  const hostsKnown = moment.asked - inQuestion;
  const presentShare = hostsKnown === 0 ? 0 : moment.present / hostsKnown;
  // Who is still in question mostly turns out to be nobody.
  const isHeldForUnasked = unasked / Math.max(1, unasked + inQuestion);
  const needsProbe = (firstLooks + fresh) / Math.max(1, firstLooks + fresh + spared + held);
  const first = fresh + moment.undrawn * needsProbe + held * isHeldForUnasked * presentShare;
  return repeats + underWay * repeatShare + first * (1 + repeatShare);
}

/** Less than this many are done before their time is worth saying. */
const hardlyAny = 0.5;

function timeFor(left: number, done: number, ms: number): number | undefined {
  if (left < hardlyAny) return 0;
  return done <= 0 || ms <= 0 ? undefined : (left / done) * ms;
}

function lastSilenceMs(moment: ScanMoment, probesLeft: number): number {
  if (probesLeft >= hardlyAny) return moment.silenceTakesMs;
  if (moment.underWay + moment.repeatsUnderWay === 0) return 0;
  return Math.max(0, moment.lastLaunchMs + moment.silenceTakesMs - moment.atMs);
}

function lastQuestionMs({ unasked, inQuestion, questionTakesMs, lastQuestionMs: beganMs, atMs }: ScanMoment): number {
  if (unasked > 0) return questionTakesMs;
  return inQuestion === 0 ? 0 : Math.max(0, beganMs + questionTakesMs - atMs);
}
