import { hostLiteral, parseAddress } from "../../../core/address.ts";
import type { Check, CheckRequest, CheckResult } from "../../../core/check.ts";
import { isPort } from "../../../core/ports.ts";
import { safeText } from "../../../core/safe-text.ts";
import { Deadline } from "../../probe/deadline.ts";
import { withoutBrackets } from "../../probe/dial.ts";
import { type HttpResponse, type HttpTarget, httpGet, requestPath } from "../../probe/http-get.ts";
import { explainDistrust, nameMismatch } from "../../probe/verify.ts";
import { isSwitchedOn, refusesOtherThan, textOption, wholeNumber } from "../option-values.ts";
import { faviconHash } from "./murmur3.ts";
import { headerOf, iconLinkOf, textOf, titleOf } from "./page.ts";

/** Of the body, unless `--max-bytes` says otherwise. */
const usualBodyLimit = 256 * 1024;
const largestBodyLimit = 16 * 1024 * 1024;
const largestIcon = 256 * 1024;
const mostRedirects = 10;
/** Of all headers together; Node's parser reads no more than 16 KiB. */
const shownHeader = 2000;

/**
 * Asks for one page and shows the whole response. Passes where a response came, whatever its status; with
 * `--vulnerable-match` where the response contains the text.
 */
export function createHttpCheck(): Check {
  return {
    name: "http",
    description: "ask for a page by GET: status line, headers and body; passes where any response comes",
    options: [
      { name: "tls", description: "by HTTPS; the certificate is looked at and never a reason to stop" },
      { name: "url", value: "path", description: "the path to ask for (default: /)" },
      {
        name: "vulnerable-match",
        value: "text",
        description: "pass only where the response contains this text: exit status 0 with it, 1 without",
      },
      {
        name: "follow",
        value: "count",
        description: `follow so many redirects on the same host (default: 0, at most ${mostRedirects})`,
        refuses: refusesOtherThan("follow", 0, mostRedirects),
      },
      {
        name: "max-bytes",
        value: "bytes",
        description: `of the body, at most (default: ${usualBodyLimit})`,
        refuses: refusesOtherThan("max-bytes", 0, largestBodyLimit),
      },
      { name: "no-favicon", description: "do not ask for the icon, whose hash stands in the facts" },
    ],
    run: checkHttp,
  };
}

async function checkHttp(request: CheckRequest, signal: AbortSignal): Promise<CheckResult> {
  const { options } = request;
  const follow = wholeNumber(textOption(options, "follow") ?? "0", 0, mostRedirects);
  const bodyLimit = wholeNumber(textOption(options, "max-bytes") ?? String(usualBodyLimit), 0, largestBodyLimit);
  if (follow === undefined) return failed(`--follow takes a number from 0 to ${mostRedirects}`);
  if (bodyLimit === undefined) return failed(`--max-bytes takes a number from 0 to ${largestBodyLimit}`);
  using deadline = new Deadline(request.timeoutMs, signal);
  let target: HttpTarget = {
    host: request.host,
    port: request.port,
    tls: isSwitchedOn(options, "tls"),
    path: requestPath(textOption(options, "url") ?? "/"),
  };
  const redirects: string[] = [];
  const notes: string[] = [];
  let outcome = await httpGet(target, deadline, { bodyLimit });
  while (outcome.kind === "response") {
    const location = outcome.status >= 300 && outcome.status < 400 ? headerOf(outcome, "location") : undefined;
    if (location === undefined || redirects.length >= follow) break;
    const next = redirectTarget(target, location);
    if (next === undefined) {
      notes.push(`the redirect leads away from this host and is not followed: ${safeText(location, { limit: 300 })}`);
      break;
    }
    redirects.push(urlOf(next));
    notes.push(`redirected to ${urlOf(next)}`);
    target = next;
    outcome = await httpGet(target, deadline, { bodyLimit });
  }
  if (outcome.kind !== "response") return failed(outcome.reason, { state: outcome.kind, redirects });
  const response = outcome;
  const text = textOf(response);
  const shown = showResponse(response, text);
  const trust = trustOf(target, response);
  if (response.cut !== undefined) notes.push(`the body is cut: ${cutReasons[response.cut]}`);
  if (trust !== undefined) notes.push(trust.sentence);
  const wanted = textOption(options, "vulnerable-match");
  const matches = wanted === undefined ? undefined : `${headText(response)}\n${text}`.includes(wanted);
  if (wanted !== undefined) {
    const words =
      matches === true ? "vulnerable: the response contains" : "not vulnerable: the response does not contain";
    notes.push(`${words} "${safeText(wanted, { limit: 200 })}"`);
  }
  const icon = isSwitchedOn(options, "no-favicon") ? undefined : await iconHash(target, response, text, deadline);
  const title = titleOf(text);
  const server = headerOf(response, "server");
  return {
    check: "http",
    passed: matches ?? true,
    output: [shown, ...notes.map((note) => `[${note}]`)].join("\n"),
    facts: {
      url: urlOf(target),
      status: response.status,
      headers: response.headers.map(([name, value]) => [safeText(name), safeText(value, { limit: shownHeader })]),
      ...(title === undefined ? {} : { title }),
      ...(server === undefined ? {} : { server: safeText(server, { limit: 200 }) }),
      ...(icon === undefined ? {} : { faviconHash: icon }),
      bodyBytes: response.body.length,
      ...(response.cut === undefined ? {} : { cut: response.cut }),
      ...(redirects.length === 0 ? {} : { redirects }),
      ...(trust === undefined ? {} : { verified: trust.facts }),
      ...(matches === undefined ? {} : { matches }),
    },
  };
}

function failed(reason: string, facts: Readonly<Record<string, unknown>> = {}): CheckResult {
  return { check: "http", passed: false, output: `no HTTP response: ${reason}`, facts: { reason, ...facts } };
}

const cutReasons = {
  limit: "it is longer than what is read",
  time: "it did not come in time",
  connection: "the connection ended",
} as const;

/** Only the same host: what a stranger's redirect names was never asked to be looked at. */
function redirectTarget(from: HttpTarget, location: string): HttpTarget | undefined {
  const url = URL.parse(location, urlOf(from));
  const here = URL.parse(urlOf(from));
  if (url === null || here === null || url.hostname !== here.hostname) return undefined;
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  const tls = url.protocol === "https:";
  const port = url.port === "" ? (tls ? 443 : 80) : Number(url.port);
  return isPort(port) ? { host: from.host, port, tls, path: requestPath(url.pathname + url.search) } : undefined;
}

function urlOf({ host, port, tls, path }: HttpTarget): string {
  const address = parseAddress(withoutBrackets(host));
  const name = address === undefined ? safeText(host) : hostLiteral(address).replace(/%[^\]]*/, "");
  return `${tls ? "https" : "http"}://${name}:${port}${path}`;
}

function headText(response: HttpResponse): string {
  return [response.statusLine, ...response.headers.map(([name, value]) => `${name}: ${value}`)].join("\n");
}

function showResponse(response: HttpResponse, text: string): string {
  const head = [
    safeText(response.statusLine),
    ...response.headers.map(([name, value]) => `${safeText(name)}: ${safeText(value, { limit: shownHeader })}`),
  ];
  const body = safeText(text, { multiline: true, limit: largestBodyLimit }).trimEnd();
  return body === "" ? head.join("\n") : [...head, "", body].join("\n");
}

function trustOf(target: HttpTarget, { tls }: HttpResponse) {
  if (tls === undefined) return undefined;
  const mismatch = nameMismatch(target.host, tls.certificate);
  const reasons = [
    ...(tls.untrusted === undefined ? [] : [explainDistrust(tls.untrusted)]),
    ...(mismatch === undefined ? [] : [mismatch]),
  ];
  const sentence =
    reasons.length === 0 ? "the certificate is verified" : `the certificate is not verified: ${reasons.join("; ")}`;
  return {
    sentence,
    facts: {
      system: tls.untrusted === undefined,
      ...(tls.untrusted === undefined ? {} : { reason: explainDistrust(tls.untrusted) }),
      name: mismatch === undefined,
      ...(mismatch === undefined ? {} : { nameReason: mismatch }),
    },
  };
}

/** The hash of the site's icon, where there is one on this port: a page must not choose which other ports are asked. */
async function iconHash(
  page: HttpTarget,
  response: HttpResponse,
  html: string,
  deadline: Deadline,
): Promise<number | undefined> {
  if (deadline.isOver) return undefined;
  const link = /html/i.test(headerOf(response, "content-type") ?? "") ? iconLinkOf(html) : undefined;
  const target = redirectTarget(page, link ?? "/favicon.ico");
  if (target === undefined || target.port !== page.port || target.tls !== page.tls) return undefined;
  const outcome = await httpGet(target, deadline, { bodyLimit: largestIcon });
  if (outcome.kind !== "response" || outcome.status !== 200 || outcome.cut !== undefined) return undefined;
  // Some servers answer everything with a page.
  if (outcome.body.length === 0 || /html/i.test(headerOf(outcome, "content-type") ?? "")) return undefined;
  return faviconHash(outcome.body);
}
