import type { ConnectFailure } from "../../../core/connect-error.ts";
import type { Sighting } from "../../../core/sighting.ts";
import { EndpointList } from "./endpoint-list.ts";
import { EndpointsByReason } from "./endpoints-by-reason.ts";

/** Why a sighting was passed on without confirmation, as part of a note. */
export const unconfirmedBecause = {
  excluded: "scope.exclude lists them",
  elsewhere: "a handshake from this machine would not probe what the command line probes",
  stopped: "the scan was stopped",
} as const;

/** Counts the outcomes of the handshakes, for the notes of the scan. */
export class ConfirmationTally {
  #reported = 0;
  readonly #dropped = new EndpointList();
  readonly #states: Record<Exclude<ConnectFailure, "local-error">, number> = { closed: 0, filtered: 0, unreachable: 0 };
  readonly #unconfirmed = new EndpointsByReason();

  get dropped(): number {
    return this.#dropped.count;
  }

  /** The engine reported an open port that a handshake has to confirm. */
  reported(): void {
    this.#reported += 1;
  }

  drop(sighting: Sighting, state: Exclude<ConnectFailure, "local-error">): void {
    this.#dropped.add(sighting);
    this.#states[state] += 1;
  }

  passUnconfirmed(sighting: Sighting, reason: string): void {
    this.#unconfirmed.add(sighting, reason);
  }

  /** @param engine the name of the engine that reported the ports */
  notes(engine: string): string[] {
    const notes: string[] = [];
    if (this.#dropped.count > 0) {
      const states = (["closed", "filtered", "unreachable"] as const)
        .filter((state) => this.#states[state] > 0)
        .map((state) => `${this.#states[state]} ${state}`);
      notes.push(
        `${this.#dropped.count} of ${openPorts(this.#reported)} that ${engine} reported did not complete a handshake: ${this.#dropped} (not recorded; ${states.join(", ")})`,
      );
    }
    const unconfirmed = this.#unconfirmed.map(
      (reason, list) =>
        `${openPorts(list.count)} that ${engine} reported could not be confirmed, because ${reason}: ${list} (recorded anyway)`,
    );
    return [...notes, ...unconfirmed];
  }
}

function openPorts(count: number): string {
  return count === 1 ? "1 open port" : `${count} open ports`;
}
