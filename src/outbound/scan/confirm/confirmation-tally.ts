import type { ConnectFailure } from "../../../core/connect-error.ts";
import type { Sighting } from "../../../core/sighting.ts";
import { EndpointList } from "./endpoint-list.ts";

/** Different reasons that are kept apart; the codes of the system are few. */
const mostReasons = 16;

/** Why a sighting passes on without having been confirmed, as it stands in a note. */
export const unconfirmedBecause = {
  excluded: "scope.exclude forbids to contact them",
  elsewhere: "a handshake from this machine would not ask what the command line asks",
  aborted: "the scan was aborted",
} as const;

/** Counts what came of the handshakes, and says it in the notes of the scan. */
export class ConfirmationTally {
  #named = 0;
  readonly #dropped = new EndpointList();
  readonly #states: Record<Exclude<ConnectFailure, "local-error">, number> = { closed: 0, filtered: 0, unreachable: 0 };
  readonly #unconfirmed = new Map<string, EndpointList>();

  get dropped(): number {
    return this.#dropped.count;
  }

  /** The engine named an open port that a handshake has to confirm. */
  named(): void {
    this.#named += 1;
  }

  drop(sighting: Sighting, state: Exclude<ConnectFailure, "local-error">): void {
    this.#dropped.add(sighting);
    this.#states[state] += 1;
  }

  passUnconfirmed(sighting: Sighting, reason: string): void {
    const key = this.#unconfirmed.has(reason) || this.#unconfirmed.size < mostReasons ? reason : "for other reasons";
    const list = this.#unconfirmed.get(key) ?? new EndpointList();
    list.add(sighting);
    this.#unconfirmed.set(key, list);
  }

  /** @param engine who named the ports */
  notes(engine: string): string[] {
    const notes: string[] = [];
    if (this.#dropped.count > 0) {
      const states = (["closed", "filtered", "unreachable"] as const)
        .filter((state) => this.#states[state] > 0)
        .map((state) => `${this.#states[state]} ${state}`);
      notes.push(
        `${this.#dropped.count} of ${openPorts(this.#named)} that ${engine} named did not take a handshake: ${this.#dropped} (not recorded; ${states.join(", ")})`,
      );
    }
    for (const [reason, list] of this.#unconfirmed) {
      notes.push(
        `${openPorts(list.count)} that ${engine} named could not be confirmed, because ${reason}: ${list} (recorded all the same)`,
      );
    }
    return notes;
  }
}

function openPorts(count: number): string {
  return count === 1 ? "1 open port" : `${count} open ports`;
}
