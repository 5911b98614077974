import { type HealthJson, healthSchema } from "../../present/health/health-schema.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";

/**
 * For load balancers and orchestrators. `/healthz`: the process answers. `/readyz`: database, decoy ports and deliveries work; without the details,
 * because everybody may ask.
 */
export function healthRoutes(app: WebApp, context: WebContext): void {
  let examination: Promise<HealthJson> | undefined;
  /** Everybody may ask: those that ask while the parts are examined share the answer. */
  const health = async (): Promise<HealthJson> => {
    examination ??= context.health().finally(() => {
      examination = undefined;
    });
    return await examination;
  };
  app.get(
    "/healthz",
    { config: { right: "public" }, schema: { hide: true, summary: "Whether the program answers." } },
    async (_request, reply) => await reply.type("text/plain").send("ok\n"),
  );
  app.get(
    "/readyz",
    { config: { right: "public" }, schema: { hide: true, summary: "Whether database, decoys and deliveries work." } },
    async (_request, reply) => {
      const { healthy } = await health();
      return await reply
        .code(healthy ? 200 : 503)
        .type("text/plain")
        .send(healthy ? "ok\n" : "not ready\n");
    },
  );
  app.get(
    "/api/v1/health",
    {
      config: { right: "read" },
      schema: {
        summary: "Each part of the program, and whether it works.",
        tags: ["health"],
        response: { 200: healthSchema },
      },
    },
    async (_request, reply) => await reply.send(await health()),
  );
}
