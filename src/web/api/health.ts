import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";

/**
 * For load balancers and orchestrators. `/healthz`: the process answers. `/readyz`: database, decoy ports and deliveries work; without the details,
 * because everybody may ask.
 */
export function healthRoutes(app: WebApp, { health }: WebContext): void {
  app.get(
    "/healthz",
    { config: { right: "public" }, schema: { hide: true } },
    async (_request, reply) => await reply.type("text/plain").send("ok\n"),
  );
  app.get("/readyz", { config: { right: "public" }, schema: { hide: true } }, async (_request, reply) => {
    const { healthy } = await health();
    return await reply
      .code(healthy ? 200 : 503)
      .type("text/plain")
      .send(healthy ? "ok\n" : "not ready\n");
  });
  app.get(
    "/api/v1/health",
    {
      config: { right: "read" },
      schema: { summary: "Each part of the program, and whether it works.", tags: ["health"] },
    },
    async (_request, reply) => await reply.send(await health()),
  );
}
