import * as z from "zod";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";

/** What every page shows or needs: the version, and the zone of its times. */
export function programRoutes(app: WebApp, { version, timeZone }: WebContext): void {
  app.get(
    "/api/v1/program",
    {
      config: { right: "read" },
      schema: {
        summary: "Version and time zone of the program.",
        tags: ["program"],
        response: { 200: z.strictObject({ version: z.string(), timeZone: z.string() }) },
      },
    },
    async (_request, reply) => await reply.send({ version, timeZone: timeZone() }),
  );
}
