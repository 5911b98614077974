import { safeText } from "../../../core/safe-text.ts";
import type { HttpResponse } from "../../probe/http-get.ts";

/** The value of the first header with this name, in any case. */
export function headerOf(response: HttpResponse, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return response.headers.find(([candidate]) => candidate.toLowerCase() === wanted)?.[1];
}

/** The body as text, in the charset of the response; UTF-8 where there is none or an unknown one. */
export function textOf(response: HttpResponse): string {
  const charset = /charset="?([\w.:-]{1,40})/i.exec(headerOf(response, "content-type") ?? "")?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(response.body);
  } catch {
    return response.body.toString("utf8");
  }
}

/** The page's title, made safe. Searched for near the start only. */
export function titleOf(html: string): string | undefined {
  const head = html.slice(0, 64 * 1024);
  const start = /<title(?:\s[^<>]{0,200})?>/i.exec(head);
  if (start === null) return undefined;
  const from = start.index + start[0].length;
  const end = head.toLowerCase().indexOf("</title", from);
  const text = decodeEntities(head.slice(from, end < 0 ? from + 300 : end));
  const title = safeText(text.replaceAll(/\s+/g, " ").trim(), { limit: 300 });
  return title === "" ? undefined : title;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

function decodeEntities(text: string): string {
  return text.replaceAll(/&(#x?[0-9a-f]{1,6}|[a-z]{2,6});/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return entities[name.toLowerCase()] ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The link to the page's icon; it may lead anywhere. */
export function iconLinkOf(html: string): string | undefined {
  for (const [link] of html.slice(0, 64 * 1024).matchAll(/<link\s[^<>]{1,1000}>/gi)) {
    if (!/\brel\s*=\s*["']?(?:shortcut )?icon\b/i.test(link)) continue;
    const match = /\bhref\s*=\s*(?:"([^"]{1,500})"|'([^']{1,500})'|([^\s"'>]{1,500}))/i.exec(link);
    return match?.[1] ?? match?.[2] ?? match?.[3];
  }
  return undefined;
}
