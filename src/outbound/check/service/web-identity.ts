import type { HttpAnswer } from "../../../wire/http/server.ts";
import { type Conversation, converse } from "../../probe/conversation.ts";
import { askHttp, soapRequest } from "../../probe/http-exchange.ts";
import { faviconHash } from "../http/murmur3.ts";
import { iconLinkOf } from "../http/page.ts";
import { productOfIcon } from "../web/icons.ts";
import { furtherRequests, nameOf, nextPage, pathOnServer, provenProduct, type WebName } from "../web/name-web.ts";
import { SeenAnswer } from "../web/seen-answer.ts";
import type { WebProduct, WebRequest } from "../web/web-product.ts";

/** The answers of a web server, and the application or the device that they prove. */
export interface WebIdentity {
  /** The page for `/`, and the pages to which it leads on this server. Never empty. */
  readonly pages: readonly SeenAnswer[];
  /** `undefined` where no product is proven. */
  readonly name?: WebName | undefined;
  /** It fetches pages for others. */
  readonly isProxy: boolean;
  /** It serves collections by DAV. */
  readonly isDav: boolean;
}

/** Pages that are followed, and further requests: an unknown server gets few. */
const maxPages = 3;
const maxRequests = 3;

/** Read-only. Each request uses a new connection. */
export async function identifyWeb(conversation: Conversation, first: HttpAnswer): Promise<WebIdentity> {
  const certificate = conversation.certificateNames;
  const pages = [new SeenAnswer(first, certificate)];
  let product = provenIn(pages);
  for (let path = "/"; product === undefined && pages.length < maxPages; ) {
    const last = pages.at(-1);
    const next = last === undefined ? undefined : nextPage(last, path, originOf(conversation));
    const seen = next === undefined ? undefined : await askFor({ path: next }, conversation);
    if (next === undefined || seen === undefined) break;
    pages.push(seen);
    path = next;
    product = provenIn([seen]);
  }
  const answers = [...pages];
  for (const request of requestsFor(product, pages, conversation.port)) {
    const seen = await askFor(request, conversation);
    if (seen === undefined) continue;
    product ??= provenIn([seen]);
    if (product !== undefined) answers.unshift(seen);
    if (product !== undefined && nameOf(product, answers).version !== undefined) break;
  }
  const isProxy = product?.isProxy === true;
  const isDav = product?.isDav === true;
  const name = product === undefined ? await nameByIcon(pages, conversation) : nameOf(product, answers);
  return { pages, isProxy, isDav, name };
}

/** A server whose pages prove no product may have a known icon. */
async function nameByIcon(pages: readonly SeenAnswer[], conversation: Conversation): Promise<WebName | undefined> {
  const page = pages.findLast(isPage);
  const link = page === undefined ? undefined : (iconLinkOf(page.beginning) ?? "/favicon.ico");
  const path = link === undefined ? undefined : pathOnServer(link, "/", originOf(conversation));
  const icon = path === undefined ? undefined : await askFor({ path }, conversation);
  if (icon === undefined || icon.answer.status !== 200 || isPage(icon)) return undefined;
  const product = productOfIcon(faviconHash(icon.answer.body));
  return product === undefined ? undefined : { product };
}

/** Some servers answer every request with a page. */
function isPage(seen: SeenAnswer): boolean {
  return /html/i.test(seen.header("content-type") ?? "");
}

function provenIn(answers: readonly SeenAnswer[]): WebProduct | undefined {
  for (const seen of answers) {
    const product = provenProduct(seen);
    if (product !== undefined) return product;
  }
  return undefined;
}

function requestsFor(
  product: WebProduct | undefined,
  pages: readonly SeenAnswer[],
  port: number,
): readonly WebRequest[] {
  const byPath = new Map<string, WebRequest>();
  for (const request of pages.flatMap((seen) => furtherRequests(product, seen, port))) {
    if (!byPath.has(request.path)) byPath.set(request.path, request);
  }
  return [...byPath.values()].slice(0, maxRequests);
}

async function askFor({ path, soap }: WebRequest, conversation: Conversation): Promise<SeenAnswer | undefined> {
  const { host, port, deadline, tls } = conversation;
  if (deadline.isOver) return undefined;
  const opened = await converse({ host, port }, deadline, { tls: tls !== undefined });
  if (opened.kind !== "open") return undefined;
  using next = opened.conversation;
  const received = await askHttp(next, soap === undefined ? { path } : soapRequest(path, soap));
  return received.kind === "received" ? new SeenAnswer(received.value, next.certificateNames) : undefined;
}

function originOf({ host, port, tls }: Conversation): string {
  const name = host.includes(":") ? `[${host.split("%", 1)[0]}]` : host;
  return `${tls === undefined ? "http" : "https"}://${name}:${port}`;
}
