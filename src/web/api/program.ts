import * as z from "zod";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";

/** A machine with many containers has an interface for each. */
const maxOwnAddresses = 256;

/** What every page shows or needs: the version, the zone of its times, and which addresses are its own. */
export function programRoutes(app: WebApp, { version, timeZone, ownAddresses }: WebContext): void {
  app.get(
    "/api/v1/program",
    {
      config: { right: "read" },
      schema: {
        summary: "Version and time zone of the program, and the addresses of its machine.",
        tags: ["program"],
        response: {
          200: z.strictObject({
            version: z.string(),
            timeZone: z.string(),
            ownAddresses: z
              .array(z.string())
              .meta({ description: `IP addresses of the machine that it runs on, at most ${maxOwnAddresses}.` }),
          }),
        },
      },
    },
    async (_request, reply) =>
      await reply.send({
        version,
        timeZone: timeZone(),
        ownAddresses: ownAddresses().slice(0, maxOwnAddresses),
      }),
  );
}
