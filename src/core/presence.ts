import type { PresenceState } from "./store.ts";

/**
 * How one watch sees one service, as a state machine. Only observations change the state: a service that no scan covered
 * keeps its state, however long that lasts.
 *
 * ## inherited
 * Taken over from the earlier tool or imported from another one. Sighted: becomes `present`, without an
 * announcement. Missed: stays `inherited`, because this watch never sighted it.
 *
 * ## present
 * Sighted: misses are reset. Missed: counted; at `goneAfter` it becomes `gone`, which is announced.
 *
 * ## gone
 * Sighted: becomes `present`, announced as `returned`. Missed: stays `gone`.
 *
 * ## flapping
 * Entered from `present` or `gone` by change number `flapLimit` within `flapWindowMs`; that is announced once, as
 * `flapping`, instead of the change. From then on changes are recorded and not announced. When an observation finds no change
 * for `flapWindowMs`, it becomes `present` or `gone`, whichever it is by then; that is announced only where the last
 * announcement before `flapping` was the opposite.
 */
export interface Presence {
  readonly state: PresenceState;
  /** Covered misses in a row, counted up to the limit that was in force. */
  readonly misses: number;
  /** Times of the changes between gone and returned that still matter; milliseconds since the epoch, oldest first. */
  readonly changes: readonly number[];
  /** While flapping: counts as gone now. */
  readonly isDown: boolean;
  /** While flapping: the last announcement before `flapping` was `gone`. */
  readonly announcedDown: boolean;
}

export type Observation = "sighted" | "missed";

export interface FlapPolicy {
  readonly goneAfter: number;
  readonly flapLimit: number;
  readonly flapWindowMs: number;
}

export interface Transition {
  readonly presence: Presence;
  /** What happened, if anything. */
  readonly change?: "gone" | "returned" | "flapping";
  /** The change is recorded and not announced. */
  readonly isQuiet: boolean;
}

/** The next state of a service after it was sighted, or missed by a scan that covered it, at `at`. */
export function observe(presence: Presence, observation: Observation, at: number, policy: FlapPolicy): Transition {
  switch (presence.state) {
    case "inherited":
      return withoutChange(observation === "sighted" ? { ...presence, state: "present", misses: 0 } : presence);
    case "present": {
      if (observation === "sighted") return withoutChange({ ...presence, misses: 0 });
      const misses = missesAfter(presence, policy);
      return misses < policy.goneAfter
        ? withoutChange({ ...presence, misses })
        : change({ ...presence, misses }, "gone", at, policy);
    }
    case "gone":
      return observation === "sighted"
        ? change({ ...presence, misses: 0 }, "returned", at, policy)
        : withoutChange(presence);
    case "flapping":
      return whileFlapping(presence, observation, at, policy);
  }
}

function withoutChange(presence: Presence): Transition {
  return { presence, isQuiet: false };
}

function missesAfter(presence: Presence, policy: FlapPolicy): number {
  return Math.min(presence.misses + 1, policy.goneAfter);
}

function change(presence: Presence, kind: "gone" | "returned", at: number, policy: FlapPolicy): Transition {
  const changes = [...presence.changes.filter((time) => time > at - policy.flapWindowMs), at];
  const isDown = kind === "gone";
  if (changes.length < policy.flapLimit) {
    const state = isDown ? "gone" : "present";
    return { presence: { ...presence, state, changes, isDown, announcedDown: isDown }, change: kind, isQuiet: false };
  }
  // Only the last change matters from here on: the time without changes starts with it.
  return {
    presence: { ...presence, state: "flapping", changes: [at], isDown, announcedDown: !isDown },
    change: "flapping",
    isQuiet: false,
  };
}

function whileFlapping(presence: Presence, observation: Observation, at: number, policy: FlapPolicy): Transition {
  const misses = observation === "sighted" ? 0 : missesAfter(presence, policy);
  const isDown = observation === "sighted" ? false : presence.isDown || misses >= policy.goneAfter;
  if (isDown !== presence.isDown) {
    return {
      presence: { ...presence, misses, isDown, changes: [at] },
      change: isDown ? "gone" : "returned",
      isQuiet: true,
    };
  }
  const lastChange = presence.changes.at(-1) ?? Number.NEGATIVE_INFINITY;
  if (at - lastChange < policy.flapWindowMs) return withoutChange({ ...presence, misses });
  const stable: Presence = { state: isDown ? "gone" : "present", misses, changes: [], isDown, announcedDown: isDown };
  if (isDown === presence.announcedDown) return withoutChange(stable);
  return { presence: stable, change: isDown ? "gone" : "returned", isQuiet: false };
}

/** The part of a presence that most services never need, as the text that the database keeps; `null` where nothing has changed yet. */
export function formatHistory(presence: Presence): string | null {
  if (presence.changes.length === 0 && presence.state !== "flapping") return null;
  return JSON.stringify([presence.isDown ? 1 : 0, presence.announcedDown ? 1 : 0, ...presence.changes]);
}

/** The reverse of {@link formatHistory}. A history that cannot be read counts as one without changes. */
export function parsePresence(state: PresenceState, misses: number, history: string | null): Presence {
  const unchanged: Presence = { state, misses, changes: [], isDown: state === "gone", announcedDown: state === "gone" };
  if (history === null) return unchanged;
  const numbers = readNumbers(history);
  if (numbers.length < 2) return unchanged;
  return { state, misses, isDown: numbers[0] === 1, announcedDown: numbers[1] === 1, changes: numbers.slice(2) };
}

function readNumbers(text: string): readonly number[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((item): item is number => typeof item === "number") : [];
  } catch {
    return [];
  }
}
