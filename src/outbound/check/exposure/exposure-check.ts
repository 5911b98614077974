import * as z from "zod";
import type { CheckRequest } from "../../../core/check.ts";
import { safeText } from "../../../core/safe-text.ts";
import { Deadline } from "../../probe/deadline.ts";
import { dialText } from "../../probe/dial-text.ts";
import { type CheckAnswer, defineCheck } from "../define-check.ts";
import { switchOption } from "../options.ts";
import { evidenceBytes, safeData } from "../service/evidence.ts";
import { findService } from "../service/find-service.ts";
import { productName } from "../service/product-name.ts";
import { inconclusive } from "../service/protocol-module.ts";
import { askEntry, certificateDemanded, type EntryAnswer, type EntryTarget, recognisedAnswer } from "./ask-entry.ts";
import { entriesForPort, entriesOfProduct, entryNamed } from "./catalogue.ts";
import type { CatalogueEntry } from "./entry.ts";

const options = z.object({
  service: z
    .string()
    .transform((name, context): CatalogueEntry => {
      const entry = entryNamed(name);
      if (entry !== undefined) return entry;
      const message = `names an unknown catalogue service: "${safeText(name, { limit: 60 })}"`;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    })
    .optional()
    .meta({ description: "check it as this service of the catalogue (check --list)", placeholder: "NAME" }),
  tls: switchOption("with a service of the catalogue: use TLS only"),
});

const facts = z.object({
  /** The catalogue's name of the service where that is proven, else its protocol. */
  service: z.string(),
  /** The entry that was asked, where it is not proven that the service is the one of the entry. */
  asked: z.string().optional(),
  verdict: z.enum(["exposed", "protected", "inconclusive"]),
  reason: z.string(),
  product: z.string().optional(),
  version: z.string().optional(),
  evidence: z.string().optional(),
  tls: z.string().optional(),
  /** Why the port cannot be reached. */
  state: z.string().optional(),
  details: z.unknown().optional(),
});

export type ExposureFacts = z.output<typeof facts>;

type Answer = CheckAnswer<z.input<typeof facts>>;
type Request = CheckRequest<z.output<typeof options>>;

/**
 * Whether a service can be used without authentication. Takes a host and a port; returns `exposed`, `protected` or
 * `inconclusive`, with the evidence. The port selects the entries of the catalogue that are tried first; where none recognises
 * the service, it is identified. Read-only; it never sends passwords.
 */
export const exposureCheck = defineCheck({
  name: "exposure",
  description: "whether a service can be used without authentication",
  passes:
    "passes where the service can be used without authentication (exit status 0, `passed: true`); where it is protected, or where neither is proved, it does not (exit status 1)",
  options,
  facts,
  sample: {
    words: "192.168.1.7 6379",
    output: "exposed: Redis 7.0.15: answers INFO without a password\nevidence: redis_version:7.0.15",
  },
  async run(request, signal) {
    using deadline = new Deadline(request.timeoutMs, signal);
    return await checkExposure(request, deadline);
  },
});

async function checkExposure(request: Request, deadline: Deadline): Promise<Answer> {
  const { service: forced, tls } = request.options;
  const target: EntryTarget = { host: request.host, port: request.port, tls };
  if (forced !== undefined) return resultOf(forced, await askEntry(forced, target, deadline));
  const asked = new Set<CatalogueEntry>();
  let best: Asked | undefined;
  for (const entry of entriesForPort(request.port)) {
    asked.add(entry);
    const answer = await askEntry(entry, target, deadline);
    const isCertain = answer.isProven && answer.isRecognised;
    if (isCertain || answer.judgement.verdict === "exposed" || answer.failure !== undefined) {
      return resultOf(entry, answer);
    }
    // A login page does not show its product: another entry of the port may recognise it.
    if (best === undefined || (answer.isRecognised && !best.answer.isRecognised)) best = { entry, answer };
    if (deadline.isOver) break;
  }
  if (best?.answer === certificateDemanded) return resultOf(undefined, best.answer);
  const found = deadline.isOver ? undefined : await lookForService(request, deadline, asked);
  if (found !== undefined) return better(found, best);
  if (best === undefined) {
    return resultOf(undefined, notRecognised({ judgement: inconclusive("the service was not recognised") }));
  }
  return resultOf(best.answer.isRecognised ? undefined : best.entry, best.answer);
}

/** An answer to an entry of the catalogue. */
interface Asked {
  readonly entry: CatalogueEntry | undefined;
  readonly answer: EntryAnswer;
  /** Without an entry: the protocol that was found. */
  readonly protocol?: string;
}

/** Where the first page proves nothing, a login required by another page of the same server counts. */
function better(found: Asked, asked: Asked | undefined): Answer {
  const { answer, entry, protocol } = found;
  const isWeb = protocol === "http" || protocol === "https";
  if (!isWeb || answer.judgement.verdict !== "inconclusive" || asked?.answer.isRecognised !== true) {
    return resultOf(entry, answer, protocol);
  }
  const { judgement, evidence, tls } = asked.answer;
  return resultOf(
    undefined,
    { ...answer, judgement, evidence: evidence ?? answer.evidence, tls: tls ?? answer.tls },
    protocol,
  );
}

function notRecognised(answer: Pick<EntryAnswer, "judgement" | "evidence" | "failure">): EntryAnswer {
  return { ...answer, isRecognised: false, isProven: false };
}

/** Identifies the service and judges it. For a web server whose product is in the catalogue, that entry is asked too. */
async function lookForService(
  request: Request,
  deadline: Deadline,
  asked: ReadonlySet<CatalogueEntry>,
): Promise<Asked | undefined> {
  const finding = await findService(request, deadline);
  if (finding.kind === "unconnected") {
    const { failure } = finding;
    return { entry: undefined, answer: notRecognised({ judgement: inconclusive(failure.reason), failure }) };
  }
  if (finding.kind === "unknown") {
    if (finding.demandsCertificate) return { entry: undefined, answer: certificateDemanded };
    if (finding.notAsked !== undefined && finding.opening.length === 0) {
      return { entry: undefined, answer: notRecognised({ judgement: inconclusive(finding.notAsked) }) };
    }
    if (finding.opening.length === 0) return undefined;
    const judgement = inconclusive("the service was not recognised");
    return { entry: undefined, answer: notRecognised({ judgement, evidence: evidenceBytes(finding.opening) }) };
  }
  using service = finding;
  const { recognised, module, tls } = service;
  const answer = recognisedAnswer(recognised, await recognised.judge(), tls?.version);
  const { protocol } = recognised;
  if (module.name !== "http" || protocol === "http-proxy") {
    return { entry: entryNamed(module.name === "http" ? protocol : module.name), answer };
  }
  for (const entry of entriesOfProduct(answer.product)) {
    if (asked.has(entry) || deadline.isOver) continue;
    const more = await askEntry(entry, { ...request, tls: tls !== undefined }, deadline);
    if (more.isProven || more.judgement.verdict === "exposed") {
      const version = more.version ?? (more.product === answer.product ? answer.version : undefined);
      return {
        entry,
        answer: version === undefined ? more : { ...more, version, name: `${more.product} ${version}` },
      };
    }
    if (more.isRecognised && answer.judgement.verdict === "inconclusive") {
      return { entry, answer: { ...answer, judgement: more.judgement } };
    }
  }
  return { entry: undefined, answer, protocol };
}

/**
 * As with the other checks, passed (exit status 0) means that what was searched for was found: an exposed service.
 * @param asked the entry that was asked; the result is about its service only where that is proven
 */
function resultOf(asked: CatalogueEntry | undefined, answer: EntryAnswer, protocol = "unknown"): Answer {
  const { judgement, product, version, evidence, tls, failure } = answer;
  const reason = safeText(judgement.reason, { limit: 300 });
  const text = failure === undefined ? textOf(asked, answer, reason) : dialText(failure);
  return {
    passed: judgement.verdict === "exposed",
    verdict: judgement.verdict,
    output: `${text}${evidence === undefined ? "" : `\nevidence: ${evidence}`}`,
    facts: {
      service: serviceOf(asked, answer, protocol),
      asked: answer.isProven ? undefined : asked?.name,
      verdict: judgement.verdict,
      reason,
      product,
      version,
      evidence,
      tls,
      state: failure?.kind,
      details: judgement.details === undefined ? undefined : safeData(judgement.details),
    },
  };
}

/** The entry where it is proven; a web server that requires a login is "http" until it is. */
function serviceOf(asked: CatalogueEntry | undefined, answer: EntryAnswer, protocol: string): string {
  if (asked !== undefined && answer.isProven) return asked.name;
  if (!answer.isRecognised || answer === certificateDemanded) return protocol;
  return protocol === "unknown" ? (answer.tls === undefined ? "http" : "https") : protocol;
}

/** The verdict, the product where it is proven, and the reason. A login page alone does not prove a product. */
function textOf(asked: CatalogueEntry | undefined, { judgement, name }: EntryAnswer, reason: string): string {
  const about = name === undefined ? `${judgement.verdict}: ${reason}` : `${judgement.verdict}: ${name}: ${reason}`;
  const product = asked === undefined ? undefined : productName(asked.title);
  const isNamed = product === undefined || about.includes(product);
  return `${about}${isNamed ? "" : `, asked as ${product}`}`;
}
