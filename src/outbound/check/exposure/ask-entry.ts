import { serviceName } from "../../../core/service-name.ts";
import { type HttpAnswer, redirectsToTls, wantsTls } from "../../../wire/http/server.ts";
import { type ConverseOutcome, converse } from "../../probe/conversation.ts";
import type { Deadline } from "../../probe/deadline.ts";
import type { DialFailure, DialTarget } from "../../probe/dial.ts";
import { askHttp } from "../../probe/http-exchange.ts";
import { tlsNotDetected } from "../../probe/tls/failure.ts";
import { evidenceBytes, evidenceText } from "../service/evidence.ts";
import { productName } from "../service/product-name.ts";
import { inconclusive, isProtected, type Judgement, type Recognised } from "../service/protocol-module.ts";
import { identityOf } from "../service/service-check.ts";
import { nameOf, provenProduct } from "../web/name-web.ts";
import { SeenAnswer } from "../web/seen-answer.ts";
import type { CatalogueEntry, EntryRequest, HttpEntry, ProtocolEntry } from "./entry.ts";
import { judgeHttp } from "./judge-http.ts";

/** The result of one catalogue entry for a service. */
export interface EntryAnswer {
  readonly judgement: Judgement;
  /** The service is what the entry is about, or requires authentication as it does. */
  readonly isRecognised: boolean;
  /** The product of the entry is proven. A login or a refusal alone may come from any server. */
  readonly isProven: boolean;
  /** The name of the service, where it is proven. */
  readonly name?: string | undefined;
  readonly product?: string | undefined;
  readonly version?: string | undefined;
  readonly evidence?: string | undefined;
  readonly tls?: string | undefined;
  /** Why there was no connection. */
  readonly failure?: DialFailure | undefined;
}

/** The endpoint, and whether to use TLS. */
export interface EntryTarget extends DialTarget {
  /** With TLS only; default: without, then with TLS if there is no usable answer. */
  readonly tls?: boolean | undefined;
}

/** The limit for an answer; proof is near its beginning. */
const answerBytes = 256 * 1024;

export async function askEntry(entry: CatalogueEntry, target: EntryTarget, deadline: Deadline): Promise<EntryAnswer> {
  return entry.kind === "http"
    ? await askHttpEntry(entry, target, deadline)
    : await askProtocol(entry, target, deadline);
}

async function askProtocol(entry: ProtocolEntry, target: EntryTarget, deadline: Deadline): Promise<EntryAnswer> {
  const tlsFirst = entry.module.tlsPorts?.includes(target.port) === true;
  let last: EntryAnswer | undefined;
  const ways = entry.module.isPlainOnly === true ? [false] : [tlsFirst, !tlsFirst];
  for (const tls of target.tls === true ? [true] : ways) {
    const opened = await converse(target, deadline, { tls });
    if (opened.kind !== "open") {
      const answer = notOpened(opened);
      if (answer.isRecognised) return answer;
      last ??= answer;
      if (opened.kind === "unconnected") return last;
      continue;
    }
    using conversation = opened.conversation;
    const recognised = await entry.module.recognise(conversation);
    if (recognised !== undefined) {
      return recognisedAnswer(recognised, await recognised.judge(), conversation.tls?.version);
    }
    if (conversation.demandsCertificate) return certificateDemanded;
    last ??= {
      judgement: inconclusive(`does not answer as ${entry.title}`),
      isRecognised: false,
      isProven: false,
      evidence: conversation.opening.length === 0 ? undefined : evidenceBytes(conversation.opening),
    };
  }
  return last ?? { judgement: inconclusive("could not be tested"), isRecognised: false, isProven: false };
}

/** A recognised service with its verdict, its texts made safe. */
export function recognisedAnswer(recognised: Recognised, judgement: Judgement, tls: string | undefined): EntryAnswer {
  const { version, ...identity } = identityOf({ ...recognised, version: judgement.version ?? recognised.version });
  // The verdict shows that it is a web server.
  const isUnnamedWeb = identity.product === undefined && /^https?$/.test(identity.protocol);
  return {
    judgement,
    isRecognised: true,
    isProven: true,
    name: isUnnamedWeb ? undefined : serviceName({ ...identity, version }, tls),
    product: identity.product,
    version,
    evidence: evidenceText(recognised.evidence),
    tls,
  };
}

/** All requests, until one proves exposure; else the first that proves anything. */
async function askHttpEntry(entry: HttpEntry, target: EntryTarget, deadline: Deadline): Promise<EntryAnswer> {
  let best: EntryAnswer | undefined;
  for (const request of entry.requests) {
    const answer = await sendRequest(entry, request, target, deadline);
    if (best === undefined || isBetter(answer, best)) best = answer;
    if (answer.judgement.verdict === "exposed" || answer.failure !== undefined) break;
  }
  return best ?? { judgement: inconclusive("could not be tested"), isRecognised: false, isProven: false };
}

const weights = { exposed: 2, protected: 1, inconclusive: 0 } as const;

function isBetter(answer: EntryAnswer, other: EntryAnswer): boolean {
  return weights[answer.judgement.verdict] > weights[other.judgement.verdict];
}

/** Without TLS, then with TLS if there is no usable answer: web services are often behind a proxy that terminates TLS. */
async function sendRequest(
  entry: HttpEntry,
  request: EntryRequest,
  target: EntryTarget,
  deadline: Deadline,
): Promise<EntryAnswer> {
  let last: EntryAnswer | undefined;
  for (const tls of entry.tls === "always" || target.tls === true ? [true] : [false, true]) {
    const opened = await converse(target, deadline, { tls, byteLimit: answerBytes });
    if (opened.kind !== "open") {
      const answer = notOpened(opened);
      if (answer.failure !== undefined || answer.isRecognised) return answer;
      last ??= answer;
      continue;
    }
    using conversation = opened.conversation;
    const received = await askHttp(conversation, request);
    if (received.kind === "received") {
      const answer = httpAnswer(
        entry,
        request,
        new SeenAnswer(received.value, conversation.certificateNames),
        conversation.tls?.version,
      );
      if (answer.judgement.verdict !== "inconclusive" || tls || !maySpeakTls(received.value, target.port))
        return answer;
      last = answer;
      continue;
    }
    if (conversation.demandsCertificate) return certificateDemanded;
    last ??= {
      judgement: inconclusive(`does not speak HTTP (${received.kind})`),
      isRecognised: false,
      isProven: false,
      evidence: conversation.opening.length === 0 ? undefined : evidenceBytes(conversation.opening),
    };
  }
  return last ?? { judgement: inconclusive("could not be tested"), isRecognised: false, isProven: false };
}

function maySpeakTls(answer: HttpAnswer, port: number): boolean {
  return answer.status === 400 || wantsTls(answer) || redirectsToTls(answer, port);
}

/**
 * Evaluates one answer for one entry. Pure. The product is the one of the entry where the answer proves exposure or contains a
 * sign of the product, else the one that {@link provenProduct} finds, else none: "a web server".
 */
export function httpAnswer(
  entry: HttpEntry,
  request: EntryRequest,
  seen: SeenAnswer,
  tls: string | undefined,
): EntryAnswer {
  const judgement = judgeHttp(entry, request, seen);
  const { answer } = seen;
  const isRecognised = judgement.verdict !== "inconclusive";
  const own = productName(entry.title);
  const shown = provenProduct(seen);
  const identity = shown === undefined ? undefined : identityOf({ protocol: "http", ...nameOf(shown, [seen]) });
  const isOwnBySign =
    isRecognised && (request.isProduct !== undefined || (shown !== undefined && productName(shown.name) === own));
  const isProven = judgement.verdict === "exposed" || isOwnBySign;
  // With the model, where the answer contains it.
  const product = isProven && identity?.product?.startsWith(own) !== true ? own : identity?.product;
  const version =
    judgement.version === undefined
      ? identity?.product === product
        ? identity?.version
        : undefined
      : judgement.version;
  const safeVersion = version === undefined ? undefined : evidenceText(version, 60);
  return {
    judgement: isRecognised && product === undefined ? ofWebServer(judgement) : judgement,
    isRecognised,
    isProven,
    product,
    name: product === undefined ? undefined : serviceName({ protocol: "http", product, version: safeVersion }),
    version: safeVersion,
    evidence: evidenceText(`${answer.statusLine} ${Buffer.from(answer.body.subarray(0, 400)).toString("utf8")}`),
    tls,
  };
}

/** Without proof of a product the verdict is about an unnamed web server. */
function ofWebServer(judgement: Judgement): Judgement {
  return { ...judgement, reason: `a web server; ${judgement.reason}` };
}

export const certificateDemanded: EntryAnswer = {
  judgement: isProtected("requires a client certificate"),
  isRecognised: true,
  isProven: false,
};

function notOpened(opened: Exclude<ConverseOutcome, { kind: "open" }>): EntryAnswer {
  if (opened.kind === "no-tls") {
    if (opened.failure.demandsCertificate) return certificateDemanded;
    return { judgement: inconclusive(tlsNotDetected), isRecognised: false, isProven: false };
  }
  return {
    judgement: inconclusive(opened.failure.reason),
    isRecognised: false,
    isProven: false,
    failure: opened.failure,
  };
}
