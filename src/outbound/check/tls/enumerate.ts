import type { Deadline } from "../../probe/deadline.ts";
import type { SecureTarget } from "../../probe/open-secure.ts";
import { askHello, type HelloOffer, type HelloOutcome } from "./ask-hello.ts";
import { cipherSuiteName, cipherSuites, cipherSuites13 } from "./cipher-suites.ts";
import { type TlsVersionCode, type TlsVersionName, tlsVersions } from "./client-hello.ts";
import { PacedConnections } from "./paced-connections.ts";

/** Connections that the whole enumeration opens at most. */
const maxConnections = 160;

/** A version that the server takes, and the cipher suites with it, in the order in which it preferred them. */
interface OfferedVersion {
  readonly version: TlsVersionName;
  readonly ciphers: readonly string[];
  /** False where the server turned us away, or time or connections ran out, before it refused the rest. */
  readonly complete: boolean;
}

export interface Enumeration {
  readonly versions: readonly OfferedVersion[];
  /** Versions of which it is not known whether the server takes them. */
  readonly undecided: readonly TlsVersionName[];
  readonly connections: number;
  /** Connections that the server turned away, for how many they were and not for what was offered on them. */
  readonly refused: number;
  /** How, the last time. */
  readonly refusal?: string;
}

export function isComplete({ versions, undecided }: Enumeration): boolean {
  return undecided.length === 0 && versions.every(({ complete }) => complete);
}

/**
 * Which versions the server takes, and which cipher suites with each: it is offered one version at a time, and again
 * without the suite that it chose, until it refuses. Nothing but hellos is exchanged, few at once. A refusal is believed
 * only where it is one of TLS (an alert), or where what the server has taken before is taken at the same time.
 */
export async function enumerateVersions(target: SecureTarget, deadline: Deadline): Promise<Enumeration> {
  const questions = new Questions(target, deadline);
  const found = await Promise.all(newestFirst.map(([code, name]) => enumerateCiphers(questions, code, name)));
  const inOrder = tlsVersions.map(([, name]) => found.find(({ version }) => version === name));
  const known = inOrder.filter((version) => version !== undefined);
  const { opened, refused, reason } = questions.connections;
  return {
    versions: known.filter(({ ciphers }) => ciphers.length > 0),
    undecided: known.flatMap(({ version, ciphers, complete }) => (ciphers.length === 0 && !complete ? [version] : [])),
    connections: opened,
    refused,
    ...(reason === undefined ? {} : { refusal: reason }),
  };
}

/** What most servers take comes first: it then serves to tell a refusal of what is offered from one of the connection. */
const newestFirst = [...tlsVersions].reverse();

async function enumerateCiphers(
  questions: Questions,
  code: TlsVersionCode,
  version: TlsVersionName,
): Promise<OfferedVersion> {
  const left = new Set((code === 0x0304 ? cipherSuites13 : cipherSuites).map(([suite]) => suite));
  const ciphers: string[] = [];
  while (left.size > 0) {
    const answer = await questions.ask({ version: code, cipherSuites: [...left] });
    if (answer.kind === "unknown") return { version, ciphers, complete: false };
    if (answer.kind === "not-taken" || answer.version !== code || !left.delete(answer.cipherSuite)) break;
    ciphers.push(cipherSuiteName(answer.cipherSuite));
  }
  return { version, ciphers, complete: true };
}

/** `not-taken`: the server refused this offer. `unknown`: it could not be asked. */
type Answer =
  | Extract<HelloOutcome, { readonly kind: "hello" }>
  | { readonly kind: "not-taken" }
  | { readonly kind: "unknown" };

/** So often an offer is dropped, and what is known to be taken is not, before it counts as not taken. */
const dropsThatProve = 2;
/** Alerts that say that the server could not, or would not go on, and not that it refuses the offer: RFC 8446 section 6. */
const alertsOfTrouble: ReadonlySet<number> = new Set([0, 80, 90]);

class Questions {
  readonly connections: PacedConnections;
  readonly #target: SecureTarget;
  readonly #deadline: Deadline;
  /** An offer that the server has taken. */
  #taken: HelloOffer | undefined;

  constructor(target: SecureTarget, deadline: Deadline) {
    this.#target = target;
    this.#deadline = deadline;
    this.connections = new PacedConnections(maxConnections, deadline);
  }

  /** Offers until it is known what the server makes of it, or until it can be asked no more. */
  async ask(offer: HelloOffer): Promise<Answer> {
    let drops = 0;
    for (;;) {
      const outcome = await this.#askOnce(offer);
      if (outcome === undefined) return { kind: "unknown" };
      if (outcome.kind === "hello") return outcome;
      if (outcome.kind === "other") return { kind: "not-taken" };
      if (outcome.kind === "alert" && !alertsOfTrouble.has(outcome.description)) return { kind: "not-taken" };
      if (outcome.kind === "refused") {
        drops = 0;
        continue;
      }
      // Dropped: for this offer, or is everybody dropped now?
      const proof = await this.#isTakenNow(reasonOf(outcome));
      if (proof === "over") return { kind: "unknown" };
      drops = proof === "no" ? 0 : drops + 1;
      if (drops >= dropsThatProve) return { kind: "not-taken" };
    }
  }

  /** Whether what was taken before is taken now. Before anything was, there is nothing to compare with, and a drop proves nothing. */
  async #isTakenNow(reason: string): Promise<"yes" | "no" | "over"> {
    const taken = this.#taken;
    if (taken === undefined) {
      this.connections.wasRefused(reason);
      return "no";
    }
    const outcome = await this.#askOnce(taken);
    if (outcome === undefined) return "over";
    if (outcome.kind === "hello") return "yes";
    // Then the drop before was no answer to its offer either.
    if (outcome.kind === "dropped" || outcome.kind === "alert") this.connections.wasRefused(reasonOf(outcome));
    return "no";
  }

  async #askOnce(offer: HelloOffer): Promise<HelloOutcome | undefined> {
    const outcome = await this.connections.run(async () => {
      const met = await askHello(this.#target, offer, this.#deadline);
      // In the same turn, so that whoever waits already keeps the pause.
      if (met.kind === "refused") this.connections.wasRefused(met.reason);
      else if (met.kind === "hello" || met.kind === "alert") this.connections.wasTaken();
      return met;
    });
    if (outcome?.kind === "hello") this.#taken ??= { ...offer, cipherSuites: [outcome.cipherSuite] };
    // What was broken off says nothing.
    return outcome?.kind !== "hello" && this.#deadline.isOver ? undefined : outcome;
  }
}

function reasonOf(outcome: Extract<HelloOutcome, { readonly kind: "dropped" | "alert" }>): string {
  return outcome.kind === "alert" ? `alert ${outcome.description}` : outcome.reason;
}
