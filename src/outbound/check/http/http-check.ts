import * as z from "zod";
import { parseAddress } from "../../../core/address.ts";
import type { CheckRequest } from "../../../core/check.ts";
import { hostLiteral } from "../../../core/host-literal.ts";
import { isPort } from "../../../core/ports.ts";
import { safeText } from "../../../core/safe-text.ts";
import { Deadline } from "../../probe/deadline.ts";
import { withoutBrackets } from "../../probe/dial.ts";
import { type HttpResponse, type HttpTarget, httpGet, requestPath } from "../../probe/http-get.ts";
import { explainDistrust, nameMismatch } from "../../probe/tls/verify.ts";
import { type CheckAnswer, defineCheck } from "../define-check.ts";
import { switchOption, textOption, wholeNumberOption } from "../options.ts";
import { httpOperands } from "./http-operands.ts";
import { faviconHash } from "./murmur3.ts";
import { headerOf, iconLinkOf, textOf, titleOf } from "./page.ts";

/** The limit of the body, unless `--max-bytes` sets another. */
const usualBodyLimit = 256 * 1024;
const maxBodyLimit = 16 * 1024 * 1024;
const maxIconBytes = 256 * 1024;
const maxRedirects = 10;
/** Of all headers together; Node's parser reads no more than 16 KiB. */
const shownHeader = 2000;

const options = z.object({
  tls: switchOption("by HTTPS; the certificate is verified and shown, and a wrong one does not stop the check"),
  url: textOption("path", "the path to request (default: /)"),
  "vulnerable-match": textOption(
    "text",
    "pass only where the response contains this text: exit status 0 with it, 1 without",
  ),
  follow: wholeNumberOption("count", {
    min: 0,
    max: maxRedirects,
    standard: 0,
    description: `redirects to follow on the same host (default: 0, at most ${maxRedirects})`,
  }),
  "max-bytes": wholeNumberOption("bytes", {
    min: 0,
    max: maxBodyLimit,
    standard: usualBodyLimit,
    description: `bytes of the body to read (default: ${usualBodyLimit})`,
  }),
  "no-favicon": switchOption("do not fetch the icon, whose hash is among the facts"),
});

const trust = z.object({
  system: z.boolean(),
  reason: z.string().optional(),
  name: z.boolean(),
  nameReason: z.string().optional(),
});

const facts = z.object({
  /** Without a response. */
  reason: z.string().optional(),
  state: z.string().optional(),
  url: z.string().optional(),
  status: z.number().optional(),
  headers: z.array(z.array(z.string())).optional(),
  title: z.string().optional(),
  server: z.string().optional(),
  faviconHash: z.number().optional(),
  bodyBytes: z.number().optional(),
  cut: z.enum(["limit", "time", "connection"]).optional(),
  redirects: z.array(z.string()).optional(),
  verified: trust.optional(),
  matches: z.boolean().optional(),
});

type Answer = CheckAnswer<z.input<typeof facts>>;

/**
 * Requests one page and shows the whole response. Passes with any response, whatever its status; with
 * `--vulnerable-match` where the response contains the text.
 */
export const httpCheck = defineCheck({
  name: "http",
  description: "request a page by GET: status line, headers and body; passes with any response",
  options,
  operands: httpOperands,
  facts,
  sample: {
    words: "192.168.1.7 443 https /status",
    output: "HTTP/1.1 200 OK\nServer: nginx\nContent-Type: text/plain\n\nok\n[the certificate is verified]",
  },
  // A report does not show the hash of the icon.
  inExamination: { options: { "no-favicon": true } },
  inPostCommand: { options: { "no-favicon": true } },
  run: checkHttp,
});

async function checkHttp(request: CheckRequest<z.output<typeof options>>, signal: AbortSignal): Promise<Answer> {
  const { follow, "max-bytes": bodyLimit } = request.options;
  using deadline = new Deadline(request.timeoutMs, signal);
  let target: HttpTarget = {
    host: request.host,
    port: request.port,
    tls: request.options.tls,
    path: requestPath(request.options.url ?? "/"),
  };
  const redirects: string[] = [];
  const notes: string[] = [];
  let outcome = await httpGet(target, deadline, { bodyLimit });
  while (outcome.kind === "response") {
    const location = outcome.status >= 300 && outcome.status < 400 ? headerOf(outcome, "location") : undefined;
    if (location === undefined || redirects.length >= follow) break;
    const next = redirectTarget(target, location);
    if (next === undefined) {
      notes.push(`redirect to another host, not followed: ${safeText(location, { limit: 300 })}`);
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
  const verified = trustOf(target, response);
  if (response.cut !== undefined) notes.push(`the body is incomplete: ${cutReasons[response.cut]}`);
  if (verified !== undefined) notes.push(verified.sentence);
  const wanted = request.options["vulnerable-match"];
  const matches = wanted === undefined ? undefined : `${headText(response)}\n${text}`.includes(wanted);
  if (wanted !== undefined) {
    const words =
      matches === true ? "vulnerable: the response contains" : "not vulnerable: the response does not contain";
    notes.push(`${words} "${safeText(wanted, { limit: 200 })}"`);
  }
  const icon = request.options["no-favicon"] ? undefined : await iconHash(target, response, text, deadline);
  const title = titleOf(text);
  const server = headerOf(response, "server");
  return {
    passed: matches ?? true,
    output: [shown, ...notes.map((note) => `[${note}]`)].join("\n"),
    facts: {
      url: urlOf(target),
      status: response.status,
      headers: response.headers.map(([name, value]) => [safeText(name), safeText(value, { limit: shownHeader })]),
      title,
      server: server === undefined ? undefined : safeText(server, { limit: 200 }),
      faviconHash: icon,
      bodyBytes: response.body.length,
      cut: response.cut,
      redirects: redirects.length === 0 ? undefined : redirects,
      verified: verified?.facts,
      matches,
    },
  };
}

function failed(reason: string, more: Partial<Answer["facts"]>): Answer {
  return { passed: false, output: `no HTTP response: ${reason}`, facts: { reason, ...more } };
}

const cutReasons = {
  limit: "longer than the limit",
  time: "not received in time",
  connection: "the connection ended",
} as const;

/** Only on the same host: the user did not ask for a check of another host that a redirect names. */
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
  const body = safeText(text, { multiline: true, limit: maxBodyLimit }).trimEnd();
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
      reason: tls.untrusted === undefined ? undefined : explainDistrust(tls.untrusted),
      name: mismatch === undefined,
      nameReason: mismatch,
    },
  };
}

/** The hash of the site's icon on this port: a page must not select other ports. */
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
  const outcome = await httpGet(target, deadline, { bodyLimit: maxIconBytes });
  if (outcome.kind !== "response" || outcome.status !== 200 || outcome.cut !== undefined) return undefined;
  // Some servers answer every request with a page.
  if (outcome.body.length === 0 || /html/i.test(headerOf(outcome, "content-type") ?? "")) return undefined;
  return faviconHash(outcome.body);
}
