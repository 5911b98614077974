import type { FastifyRequest } from "fastify";

/** Whose request it is, and by which way it came: `ann on the pages`, `backup through the API`; `somebody` where nobody has to log in. */
export function requesterOf({ account, headers }: Pick<FastifyRequest, "account" | "headers">): string {
  // Browsers send one of them with every request that changes something.
  const isFromPages = headers.origin !== undefined || headers["sec-fetch-site"] !== undefined;
  const way = isFromPages ? "on the pages" : "through the API";
  const name = account?.name ?? "";
  return `${name === "" ? "somebody" : name} ${way}`;
}
