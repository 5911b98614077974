import path from "node:path";
import type { FastifyReply, FastifyRequest } from "fastify";
import { maxSearchLength } from "../../core/search.ts";
import { isSingleExecutable } from "../../platform/single-executable.ts";
import { acceptedNames } from "../accepted-names.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { packageRoot } from "./build-in-checkout.ts";
import { type Coding, type PageFiles, readPageFiles } from "./page-files.ts";
import { pageNames, sendPlainPage, wantsPage } from "./plain-page.ts";

export interface PageRoutesOptions {
  readonly basePath: string;
  /** Where the built pages are, if not in their usual place. */
  readonly folder?: string;
}

const yearSeconds = 31_536_000;

/**
 * The files of the pages. They are public, because they contain no data: a page asks the API for that. A request only selects from the list of files that
 * were built; no part of it becomes a path.
 */
export function pageRoutes(
  app: WebApp,
  { preparePages }: Pick<WebContext, "preparePages">,
  { basePath, folder }: PageRoutesOptions,
): void {
  let isBuilding = preparePages !== undefined;
  let files: Promise<PageFiles | undefined> | undefined;
  void preparePages?.().then(() => {
    isBuilding = false;
    files = undefined;
  });
  const serve = async (name: string, request: FastifyRequest, reply: FastifyReply) => {
    files ??= readPageFiles(folder ?? usualFolder());
    const known = await files;
    if (known === undefined) {
      files = undefined;
      return await sayMissing(reply, isBuilding);
    }
    const file = known.get(name);
    if (file === undefined) return reply.callNotFound();
    const coding = codingOf(request.headers["accept-encoding"]);
    const tag = `"${file.hash}-${coding}"`;
    void reply
      .header("Vary", "Accept-Encoding")
      .header("ETag", tag)
      .header("Cache-Control", file.isImmutable ? `public, max-age=${yearSeconds}, immutable` : "no-cache");
    if (request.headers["if-none-match"] === tag) return await reply.code(304).send();
    if (coding !== "identity") void reply.header("Content-Encoding", coding);
    return await reply.type(file.type).send(file.bytes[coding]);
  };
  const route = {
    config: { right: "public" },
    schema: { hide: true, summary: "The files of the pages, which contain no data." },
  } as const;

  app.get("/", { ...route, prefixTrailingSlash: "slash" }, async (request, reply) =>
    serve("index.html", request, reply),
  );
  // Relative addresses in the page need the slash at its end.
  if (basePath !== "") {
    app.get("/", { ...route, prefixTrailingSlash: "no-slash" }, async (_request, reply) =>
      reply.redirect(`${basePath}/`, 308),
    );
  }
  // Typed without the `#` that the pages have in their addresses.
  for (const name of pageNames)
    for (const path of [`/${name}`, `/${name}/*`])
      app.get(path, route, async (request, reply) => {
        void reply.header("Vary", "Accept");
        if (!wantsPage(request)) return reply.callNotFound();
        const { "*": rest = "" } = request.params as { readonly "*"?: string };
        const parts = [name, ...rest.split("/").filter((part) => part !== "")];
        const place = parts.map(encodeURIComponent).join("/");
        return await reply.redirect(`${basePath}/#/${place}${searchOf(request.query)}`, 302);
      });
  app.get("/assets/:name", route, async (request, reply) => {
    const { name } = request.params as { readonly name: string };
    return serve(`assets/${name}`, request, reply);
  });
}

/** What pages have behind their `?`. */
const pageParameters = ["q", "sort", "order", "group"];

/** The search that was typed with the address of a page, written anew; nothing else of it is passed on. */
function searchOf(query: unknown): string {
  const kept = new URLSearchParams();
  for (const name of pageParameters) {
    const value: unknown = typeof query === "object" && query !== null ? Reflect.get(query, name) : undefined;
    if (typeof value === "string" && value !== "" && value.length <= maxSearchLength) kept.set(name, value);
  }
  return kept.size === 0 ? "" : `?${kept.toString()}`;
}

function usualFolder(): string {
  return isSingleExecutable ? "" : path.join(packageRoot(), "dist", "pages");
}

async function sayMissing(reply: FastifyReply, isBuilding: boolean): Promise<FastifyReply> {
  const [title, text] = isBuilding
    ? ["The pages are being built", "The pages are being built. This takes a few seconds; they open by themselves."]
    : ["No pages", "The pages are not part of this installation, or could not be built: the log has the reason."];
  void reply.header("Retry-After", "2");
  return await sendPlainPage(reply, {
    status: 503,
    title,
    body: `<p>${text}</p>`,
    ...(isBuilding ? { refresh: 2 } : {}),
  });
}

/** The smallest form that the client takes. */
function codingOf(header: string | string[] | undefined): Coding {
  const accepted = acceptedNames(header);
  if (accepted.includes("br")) return "br";
  return accepted.includes("gzip") ? "gzip" : "identity";
}
