import { withoutTrailing } from "../../../core/trailing.ts";
import { latin1 } from "../../../wire/reader.ts";
import type { SeenAnswer } from "./seen-answer.ts";
import type { TextSource, WebProduct, WebRequest, WebSign } from "./web-product.ts";
import { webProducts } from "./web-products.ts";

/** The application or the device behind a web server, as far as its answers prove it. Not safe for display. */
export interface WebName {
  readonly product: string;
  readonly version?: string | undefined;
}

/** Occurrences that are tried; the first may be another word. */
const occurrences = 8;
const maxVersionLength = 40;
const maxModelLength = 80;

/** The product that an answer proves, or `undefined`: an unknown web server. */
export function provenProduct(seen: SeenAnswer): WebProduct | undefined {
  return webProducts.find(({ signs }) => signs.some((sign) => shows(sign, seen)));
}

/** @param answers all of one server; the next may contain what one lacks */
export function nameOf(product: WebProduct, answers: readonly SeenAnswer[]): WebName {
  const version = firstText(product.version, answers);
  const model = firstText(product.model, answers);
  return {
    product: model === undefined ? product.name : withModel(product.name, model),
    version,
  };
}

/** Further requests to a server whose first answer was `seen`: those of its product, or those that may show the product. */
export function furtherRequests(
  product: WebProduct | undefined,
  seen: SeenAnswer,
  port: number,
): readonly WebRequest[] {
  if (product !== undefined) {
    const { product: name, version } = nameOf(product, [seen]);
    const isComplete = version !== undefined && (product.model === undefined || name !== product.name);
    return isComplete ? [] : (product.requests ?? []);
  }
  return webProducts
    .flatMap(({ requests }) => requests ?? [])
    .filter(({ ports, hint }) => ports?.includes(port) === true || (hint !== undefined && shows(hint, seen)));
}

/** Whether all parts of a sign are in an answer. */
function shows(sign: WebSign, seen: SeenAnswer): boolean {
  const { status, header, title, body, json, certificate } = sign;
  if (status !== undefined && seen.answer.status !== status) return false;
  if (header !== undefined) {
    const value = seen.header(header[0]);
    if (value === undefined || !value.toLowerCase().includes(header[1].toLowerCase())) return false;
  }
  if (certificate !== undefined && !seen.certificate.includes(certificate)) return false;
  if (title !== undefined && !fits(title, seen.title)) return false;
  if (body?.every((text) => seen.beginning.includes(text)) === false) return false;
  return Object.entries(json ?? {}).every(([path, value]) => {
    const found = seen.field(path);
    return value === true ? found !== undefined : found === value;
  });
}

/** `wanted` is the whole text; `*` at one end or both matches the rest. */
function fits(wanted: string, given: string): boolean {
  const text = given.toLowerCase();
  const words = wanted.toLowerCase();
  const isStart = words.endsWith("*");
  const isEnd = words.startsWith("*");
  const core = words.slice(isEnd ? 1 : 0, isStart ? -1 : undefined);
  if (isStart && isEnd) return text.includes(core);
  if (isStart) return text.startsWith(core);
  return isEnd ? text.endsWith(core) : text === core;
}

function firstText(sources: readonly TextSource[] | undefined, answers: readonly SeenAnswer[]): string | undefined {
  for (const source of sources ?? []) {
    for (const seen of answers) {
      const found = textIn(source, seen);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function textIn(source: TextSource, seen: SeenAnswer): string | undefined {
  if ("json" in source) {
    const value = seen.field(source.json);
    return typeof value === "string" && value !== ""
      ? value.slice(0, maxModelLength).replace(/^v(?=\d)/, "")
      : undefined;
  }
  const { header, title, behind = "", after, to } = source;
  const text = header === undefined ? (title === true ? seen.title : seen.beginning) : (seen.header(header) ?? "");
  let from = behind === "" ? 0 : text.indexOf(behind);
  for (let times = 0; times < occurrences && from >= 0; times++) {
    const at = text.indexOf(after, from);
    if (at < 0) return undefined;
    const start = at + after.length;
    const found = to === undefined ? versionAt(text, start) : textUntil(text, start, to);
    if (found !== undefined) return found;
    if (after === "") return undefined;
    from = start;
  }
  return undefined;
}

function versionAt(text: string, start: number): string | undefined {
  const found = /^v?(\d[\w.+-]*)/.exec(text.slice(start, start + maxVersionLength))?.[1];
  return found === undefined ? undefined : withoutTrailing(found, ".+-");
}

/** In XML the text may be quoted: XML 1.0, 2.7. */
function textUntil(text: string, start: number, to: string): string | undefined {
  const end = to === "" ? text.length : text.indexOf(to, start);
  if (end < 0 || end - start > 200) return undefined;
  const found = text
    .slice(start, end)
    .replace(/^<!\[CDATA\[/, "")
    .replace(/\]\]>$/, "")
    .trim();
  return found === "" ? undefined : found.slice(0, maxModelLength);
}

/** `HP` and `HP LaserJet 400` are `HP LaserJet 400`. */
function withModel(name: string, model: string): string {
  return model.toLowerCase().startsWith(name.toLowerCase()) ? model : `${name} ${model}`;
}

/**
 * The path of the next page on this server, from a redirect or `<meta http-equiv="refresh">`.
 * @returns `undefined` where there is none, or it is on another server
 */
export function nextPage(seen: SeenAnswer, path: string, origin: string): string | undefined {
  const { status } = seen.answer;
  const target = status >= 300 && status < 400 ? seen.header("location") : refreshTarget(seen);
  const next = target === undefined ? undefined : pathOnServer(target, path, origin);
  return next === path ? undefined : next;
}

/** The path of a link in the page of `path`; `undefined` where it leads to another server. */
export function pathOnServer(link: string, path: string, origin: string): string | undefined {
  if (link.length > 2000) return undefined;
  const from = URL.parse(path, origin);
  const to = from === null ? null : URL.parse(link, from.href);
  if (from === null || to === null || to.origin !== from.origin) return undefined;
  const target = to.pathname + to.search;
  return /[^\u0021-\u007e]/.test(target) ? undefined : target;
}

function refreshTarget(seen: SeenAnswer): string | undefined {
  const head = latin1(seen.answer.body, 0, Math.min(seen.answer.body.length, 4096));
  const lower = head.toLowerCase();
  const at = lower.indexOf("refresh");
  if (at < 0 || !lower.slice(Math.max(0, at - 20), at).includes("http-equiv")) return undefined;
  const url = lower.indexOf("url=", at);
  if (url < 0 || url - at > 60) return undefined;
  return /^["']?([^"'<>\s]{1,300})/.exec(head.slice(url + 4, url + 320))?.[1];
}
