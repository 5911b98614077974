import { type CheckResult, checkNames } from "../../core/check.ts";
import type { ExaminationStore, ObservedCertificate, ServiceKey, StoredCertificate } from "../../core/examination.ts";
import { hostLiteral } from "../../core/host-literal.ts";
import { certCheck } from "../check/cert/cert-check.ts";
import { serviceCheck } from "../check/service/service-check.ts";
import { type Examined, keyText } from "./candidates.ts";
import type { Compared } from "./compare/compare.ts";

/** How many other services with the same certificate are named. */
const maxNamedNeighbours = 5;

/**
 * The evidence of a new host in a report: the outputs of its checks, exposed services first. With several built-in checks, each
 * output starts with the name of its check, and its further lines are indented; the output of a user's command is unchanged. Left
 * out: "no certificate" of a service without TLS, and an inconclusive exposure of a service that was identified.
 */
export function evidenceOf({ results, notAsked }: Examined, alsoOn: string | undefined): string {
  const isOneOfSeveral = results.filter(({ check }) => isBuiltIn(check)).length > 1;
  const relevant = results.filter((result) => !isMissingFromPlain(result, results) && !isUnproven(result, results));
  const texts = mostUrgentFirst(relevant).map(({ check, output }) => {
    const text = check === "cert" && alsoOn !== undefined ? `${output}\n${alsoOn}` : output;
    return isOneOfSeveral && isBuiltIn(check) && text !== "" ? `${check}: ${text.replaceAll("\n", "\n  ")}` : text;
  });
  if (notAsked.length > 0) texts.push(`not run, because time ran out: ${notAsked.join(", ")}`);
  return texts.filter((text) => text !== "").join("\n");
}

function mostUrgentFirst(results: readonly CheckResult[]): CheckResult[] {
  const isUrgent = ({ verdict }: CheckResult) => verdict === "exposed";
  return [...results.filter(isUrgent), ...results.filter((result) => !isUrgent(result))];
}

/** An inconclusive exposure, where another check identified the service. */
function isUnproven({ check, verdict }: CheckResult, results: readonly CheckResult[]): boolean {
  if (check !== "exposure" || verdict !== "inconclusive") return false;
  return results.some((other) => other.check === "service" && other.passed && other.output !== "");
}

/**
 * No certificate, because the service does not speak TLS. A time-out counts as that only where the service was identified without TLS.
 */
function isMissingFromPlain(result: CheckResult, results: readonly CheckResult[]): boolean {
  if (result.passed) return false;
  const state = certCheck.readFacts(result)?.state;
  if (state === "not-tls" || state === "not-started") return true;
  return state === "timed-out" && results.some((other) => isPlainService(other));
}

function isPlainService(result: CheckResult): boolean {
  const facts = serviceCheck.readFacts(result);
  return result.passed && facts !== undefined && facts.tls === undefined;
}

function isBuiltIn(check: string): boolean {
  return checkNames.some((name) => name === check);
}

/** Finds other services with the same certificate, in the same batch and in the store. */
export class Neighbours {
  readonly #store: ExaminationStore;
  readonly #together = new Map<string, ServiceKey[]>();
  /** One query for each certificate and batch: a thousand services may show the same one. */
  readonly #known = new Map<string, StoredCertificate | undefined>();

  constructor(store: ExaminationStore, batch: readonly (readonly [Examined, Compared])[]) {
    this.#store = store;
    for (const [{ key }, { found }] of batch) {
      const own = found.chain?.[0];
      if (own === undefined) continue;
      const shown = this.#together.get(own.sha256);
      if (shown === undefined) this.#together.set(own.sha256, [key]);
      else shown.push(key);
    }
  }

  /** `also on 10.0.0.6:443, ...`; `undefined` where there are none. */
  async of({ key }: Examined, chain: readonly ObservedCertificate[] | undefined): Promise<string | undefined> {
    const own = chain?.[0];
    if (own === undefined) return undefined;
    const known = await this.#lookUp(own.sha256);
    const others = new Map<string, ServiceKey>();
    const shown = known?.services.filter(({ isCurrent, isIssuer }) => isCurrent && !isIssuer) ?? [];
    for (const other of [...(this.#together.get(own.sha256) ?? []), ...shown]) others.set(keyText(other), other);
    others.delete(keyText(key));
    if (others.size === 0) return undefined;
    const named = [...others.values()].slice(0, maxNamedNeighbours).map(({ address, port }) => {
      return `${hostLiteral(address)}:${port}`;
    });
    const more = others.size - named.length;
    // The store returns the first hundred.
    const listed = known?.services.filter(({ isCurrent }) => isCurrent).length ?? 0;
    const atLeast = (known?.currentCount ?? 0) > listed ? "at least " : "";
    return `also on ${named.join(", ")}${more > 0 ? ` and ${atLeast}${more} more` : ""}`;
  }

  async #lookUp(sha256: string): Promise<StoredCertificate | undefined> {
    if (!this.#known.has(sha256)) {
      const [known] = (await this.#store.certificates({ sha256, currentOnly: true, limit: 1 })).rows;
      this.#known.set(sha256, known);
    }
    return this.#known.get(sha256);
  }
}
