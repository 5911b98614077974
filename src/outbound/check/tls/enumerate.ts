import type { Deadline } from "../../probe/deadline.ts";
import type { TlsTarget } from "../../probe/tls/open-tls.ts";
import { askHello, type HelloOffer, type HelloOutcome } from "./ask-hello.ts";
import { cipherSuiteName, cipherSuites, cipherSuites13 } from "./cipher-suites.ts";
import { type TlsVersionCode, type TlsVersionName, tlsVersions } from "./client-hello.ts";
import { PacedConnections } from "./paced-connections.ts";

/** Maximum connections of one enumeration. */
const maxConnections = 160;

/** A version that the server accepts, with its cipher suites in the server's order of preference. */
interface OfferedVersion {
  readonly version: TlsVersionName;
  readonly ciphers: readonly string[];
  /** False where the server stopped accepting connections, or time or connections ran out, before it refused the rest. */
  readonly complete: boolean;
}

export interface Enumeration {
  readonly versions: readonly OfferedVersion[];
  /** Versions for which it is unknown whether the server accepts them. */
  readonly undecided: readonly TlsVersionName[];
  readonly connections: number;
  /** Connections that the server rejected because of their number, not because of the offer. */
  readonly refused: number;
  /** The reason of the last rejection. */
  readonly refusal?: string | undefined;
}

export function isComplete({ versions, undecided }: Enumeration): boolean {
  return undecided.length === 0 && versions.every(({ complete }) => complete);
}

/**
 * Which versions the server accepts, and which cipher suites with each. It offers one version at a time, and repeats the offer
 * without the chosen suite until the server refuses. Only hellos are exchanged, few at the same time. A refusal counts only where
 * it is a TLS alert, or where the server accepts an earlier offer at the same time.
 */
export async function enumerateVersions(target: TlsTarget, deadline: Deadline): Promise<Enumeration> {
  const offers = new Offers(target, deadline);
  const found = await Promise.all(newestFirst.map(([code, name]) => enumerateCiphers(offers, code, name)));
  const inOrder = tlsVersions.map(([, name]) => found.find(({ version }) => version === name));
  const known = inOrder.filter((version) => version !== undefined);
  const { opened, refused, reason } = offers.connections;
  return {
    versions: known.filter(({ ciphers }) => ciphers.length > 0),
    undecided: known.flatMap(({ version, ciphers, complete }) => (ciphers.length === 0 && !complete ? [version] : [])),
    connections: opened,
    refused,
    refusal: reason,
  };
}

/** Most servers accept the newest version. An accepted offer is needed to distinguish a refused offer from a refused connection. */
const newestFirst = [...tlsVersions].reverse();

async function enumerateCiphers(
  offers: Offers,
  code: TlsVersionCode,
  version: TlsVersionName,
): Promise<OfferedVersion> {
  const left = new Set((code === 0x0304 ? cipherSuites13 : cipherSuites).map(([suite]) => suite));
  const ciphers: string[] = [];
  while (left.size > 0) {
    const answer = await offers.answerTo({ version: code, cipherSuites: [...left] });
    if (answer.kind === "unknown") return { version, ciphers, complete: false };
    if (answer.kind === "not-accepted" || answer.version !== code || !left.delete(answer.cipherSuite)) break;
    ciphers.push(cipherSuiteName(answer.cipherSuite));
  }
  return { version, ciphers, complete: true };
}

/** `not-accepted`: the server refused this offer. `unknown`: there was no usable answer. */
type Answer =
  | Extract<HelloOutcome, { readonly kind: "hello" }>
  | { readonly kind: "not-accepted" }
  | { readonly kind: "unknown" };

/** An offer counts as not accepted after this many drops while a known good offer was accepted. */
const conclusiveDrops = 2;
/** Alerts about a problem of the server, not about the offer: RFC 8446 section 6. */
const serverProblemAlerts: ReadonlySet<number> = new Set([0, 80, 90]);

class Offers {
  readonly connections: PacedConnections;
  readonly #target: TlsTarget;
  readonly #deadline: Deadline;
  /** An offer that the server has accepted. */
  #accepted: HelloOffer | undefined;

  constructor(target: TlsTarget, deadline: Deadline) {
    this.#target = target;
    this.#deadline = deadline;
    this.connections = new PacedConnections(maxConnections, deadline);
  }

  /** Repeats the offer until the answer is clear, or time or connections run out. */
  async answerTo(offer: HelloOffer): Promise<Answer> {
    let drops = 0;
    for (;;) {
      const outcome = await this.#sendOnce(offer);
      if (outcome === undefined) return { kind: "unknown" };
      if (outcome.kind === "hello") return outcome;
      if (outcome.kind === "other") return { kind: "not-accepted" };
      if (outcome.kind === "alert" && !serverProblemAlerts.has(outcome.description)) return { kind: "not-accepted" };
      if (outcome.kind === "refused") {
        drops = 0;
        continue;
      }
      // Is this offer rejected, or all clients at the moment?
      const proof = await this.#isAcceptedNow(reasonOf(outcome));
      if (proof === "over") return { kind: "unknown" };
      drops = proof === "no" ? 0 : drops + 1;
      if (drops >= conclusiveDrops) return { kind: "not-accepted" };
    }
  }

  /** Whether the known good offer is accepted now. Without one, a drop proves nothing. */
  async #isAcceptedNow(reason: string): Promise<"yes" | "no" | "over"> {
    const accepted = this.#accepted;
    if (accepted === undefined) {
      this.connections.wasRefused(reason);
      return "no";
    }
    const outcome = await this.#sendOnce(accepted);
    if (outcome === undefined) return "over";
    if (outcome.kind === "hello") return "yes";
    // Then the drop before was not about its offer either.
    if (outcome.kind === "dropped" || outcome.kind === "alert") this.connections.wasRefused(reasonOf(outcome));
    return "no";
  }

  async #sendOnce(offer: HelloOffer): Promise<HelloOutcome | undefined> {
    const outcome = await this.connections.run(async () => {
      const outcome = await askHello(this.#target, offer, this.#deadline);
      // In the same turn of the event loop, so that waiting connections respect the pause.
      if (outcome.kind === "refused") this.connections.wasRefused(outcome.reason);
      else if (outcome.kind === "hello" || outcome.kind === "alert") this.connections.wasAccepted();
      return outcome;
    });
    if (outcome?.kind === "hello") this.#accepted ??= { ...offer, cipherSuites: [outcome.cipherSuite] };
    // An interrupted connection proves nothing.
    return outcome?.kind !== "hello" && this.#deadline.isOver ? undefined : outcome;
  }
}

function reasonOf(outcome: Extract<HelloOutcome, { readonly kind: "dropped" | "alert" }>): string {
  return outcome.kind === "alert" ? `alert ${outcome.description}` : outcome.reason;
}
