import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";

/** For Prometheus. A scrape needs a token with the role `read`. */
export function metricsRoutes(app: WebApp, { metrics }: WebContext): void {
  app.get(
    "/metrics",
    { config: { right: "read" }, schema: { hide: true, summary: "Metrics for Prometheus." } },
    async (_request, reply) => await reply.type(metrics.contentType).send(await metrics.text()),
  );
}
