import type { FastifyReply, FastifyRequest } from "fastify";
import { acceptedNames } from "../accepted-names.ts";

/** The pages, by the first part of their addresses behind `#`. A test compares it with their menu. */
export const pageNames = ["network", "knocks", "reports", "deliveries", "scans", "settings"] as const;

export interface PlainPage {
  readonly status: number;
  readonly title: string;
  /** HTML of ours: nothing of a request is in it. */
  readonly body: string;
  /** Seconds after which a browser loads it again. */
  readonly refresh?: number;
}

/** Sends a page without scripts and styles, for people. */
export async function sendPlainPage(
  reply: FastifyReply,
  { status, title, body, refresh }: PlainPage,
): Promise<FastifyReply> {
  const again = refresh === undefined ? "" : `<meta http-equiv="refresh" content="${refresh}">`;
  return await reply
    .code(status)
    .header("Cache-Control", "no-store")
    .type("text/html; charset=utf-8")
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} - Harbinger</title>${again}</head><body><main><h1>Harbinger</h1>${body}</main></body></html>\n`,
    );
}

/** Whether a browser asks for a page, and no script or program for data: `Accept` has `text/html` by name. */
export function wantsPage({ method, headers: { accept } }: Pick<FastifyRequest, "method" | "headers">): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  return acceptedNames(accept).includes("text/html");
}

/** For people: there is nothing at this address, and where the pages are. */
export async function sendNoSuchPage(reply: FastifyReply, basePath: string): Promise<FastifyReply> {
  return await sendPlainPage(reply, {
    status: 404,
    title: "No such page",
    body: `<p>There is no page at this address.</p><p><a href="${basePath}/">To the overview</a></p>`,
  });
}
