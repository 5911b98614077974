import type { Check, CheckRequest, CheckResult } from "../../../core/check.ts";
import { HarbingerError } from "../../../core/errors.ts";
import { safeText } from "../../../core/safe-text.ts";
import { Deadline } from "../deadline.ts";
import { dialText } from "../dial-text.ts";
import { isSwitchedOn } from "../option-values.ts";
import { evidenceBytes, safeData } from "../service/evidence.ts";
import { findService } from "../service/find-service.ts";
import { inconclusive } from "../service/protocol-module.ts";
import { askEntry, certificateDemanded, type EntryAnswer, type EntryTarget, recognisedAnswer } from "./ask-entry.ts";
import { entriesForPort, entryNamed, productOf } from "./catalogue.ts";

/**
 * Whether anybody may use a service. Comes in a host and a port; goes out `exposed`, `protected` or `inconclusive`, with
 * what proves it. The port says which entries of the catalogue are asked; where none recognises the service, it is looked
 * for. Nobody logs in, nothing is written.
 */
export function createExposureCheck(): Check {
  return {
    name: "exposure",
    description: "whether a service can be used without authentication",
    options: [
      {
        name: "service",
        value: "NAME",
        description: "ask as this service of the catalogue (check --list)",
        refuses: (value) => (entryNamed(value) === undefined ? unknownService(value) : undefined),
      },
      { name: "tls", description: "ask as a service of the catalogue by TLS only" },
    ],
    async run(request, signal) {
      using deadline = new Deadline(request.timeoutMs, signal);
      return await checkExposure(request, deadline);
    },
  };
}

async function checkExposure(request: CheckRequest, deadline: Deadline): Promise<CheckResult> {
  const forced = request.options["service"];
  const target: EntryTarget = { ...request, tls: isSwitchedOn(request.options, "tls") };
  if (typeof forced === "string") {
    const entry = entryNamed(forced);
    if (entry === undefined) {
      const remedy = "harbinger check --list shows the services that are known.";
      throw new HarbingerError("usage", unknownService(forced), { remedy });
    }
    return resultOf(entry.name, await askEntry(entry, target, deadline));
  }
  const usual = entriesForPort(request.port);
  let best: { readonly name: string; readonly answer: EntryAnswer } | undefined;
  for (const entry of usual) {
    const answer = await askEntry(entry, target, deadline);
    const isCertain = entry.kind === "protocol" && answer.isRecognised;
    if (isCertain || answer.judgement.verdict === "exposed" || answer.failure !== undefined) {
      return resultOf(entry.name, answer);
    }
    // That a page asks for a login says little of what it belongs to: another entry of the port may know better.
    if (best === undefined || (answer.isRecognised && !best.answer.isRecognised)) best = { name: entry.name, answer };
    if (deadline.isOver) break;
  }
  if (best?.answer.isRecognised === true) return resultOf(best.name, best.answer);
  const found = deadline.isOver ? undefined : await lookForService(request, deadline);
  if (found !== undefined) return found;
  if (best === undefined) {
    return resultOf("unknown", { judgement: inconclusive("the service was not recognised"), isRecognised: false });
  }
  return resultOf(best.name, best.answer);
}

/** Finds out what it is, and asks that. */
async function lookForService(request: CheckRequest, deadline: Deadline): Promise<CheckResult | undefined> {
  const finding = await findService(request, deadline);
  if (finding.kind === "unconnected") {
    const { failure } = finding;
    return resultOf("unknown", { judgement: inconclusive(failure.reason), isRecognised: false, failure });
  }
  if (finding.kind === "unknown") {
    if (finding.demandsCertificate) return resultOf("unknown", certificateDemanded);
    if (finding.opening.length === 0) return undefined;
    const judgement = inconclusive("the service was not recognised");
    return resultOf("unknown", { judgement, isRecognised: false, evidence: evidenceBytes(finding.opening) });
  }
  using service = finding;
  const { recognised, module, tls } = service;
  return resultOf(module.name, recognisedAnswer(recognised, await recognised.judge(), tls?.version));
}

function unknownService(name: string): string {
  return `"${safeText(name, { limit: 60 })}" is no service of the catalogue`;
}

/** As with the other checks, the exit status 0 says that what was looked for is there: an exposed service. */
function resultOf(service: string, answer: EntryAnswer): CheckResult {
  const { judgement, product, version, evidence, tls, failure } = answer;
  const reason = safeText(judgement.reason, { limit: 300 });
  const said = failure === undefined ? saidOf(service, answer, reason) : dialText(failure);
  return {
    check: "exposure",
    passed: judgement.verdict === "exposed",
    verdict: judgement.verdict,
    output: `${said}${evidence === undefined ? "" : `\nevidence: ${evidence}`}`,
    facts: {
      service,
      verdict: judgement.verdict,
      reason,
      ...(product !== undefined && { product }),
      ...(version !== undefined && { version }),
      ...(evidence !== undefined && { evidence }),
      ...(tls !== undefined && { tls }),
      ...(failure !== undefined && { state: failure.kind }),
      ...(judgement.details !== undefined && { details: safeData(judgement.details) }),
    },
  };
}

/** The verdict, what it is about as far as that is proven, and why. That a page wants a login does not say whose page it is. */
function saidOf(service: string, { judgement, name }: EntryAnswer, reason: string): string {
  if (name !== undefined) return `${judgement.verdict}: ${name}: ${reason}`;
  const asked = productOf(service);
  const isSaid = asked === undefined || reason.includes(asked);
  return `${judgement.verdict}: ${reason}${isSaid ? "" : `, asked as ${asked}`}`;
}
