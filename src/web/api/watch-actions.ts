import * as z from "zod";
import { requesterOf } from "../access/requester.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { problem } from "../problem.ts";

const nameParameter = z.strictObject({ name: z.string().max(200).meta({ description: "Name of the watch." }) });

/** Starts and stops the runs of watches. */
export function watchActions(app: WebApp, { watches, log }: WebContext): void {
  app.post(
    "/api/v1/watches/:name/scan",
    {
      config: { right: "operate" },
      schema: {
        summary: "Run a watch now. Its schedule stays as it is.",
        tags: ["watches"],
        params: nameParameter,
        response: {
          202: z.strictObject({
            state: z
              .enum(["started", "queued"])
              .meta({ description: "`queued`: it starts when the watches that run now have ended." }),
          }),
        },
      },
    },
    async ({ params: { name }, account }, reply) => {
      const state = watches.start(name);
      if (state === "unknown") return await problem(reply, 404, "not-found", "There is no watch of this name.");
      if (state === "running") return await problem(reply, 409, "running", "This watch is running.");
      log.info("a run of a watch was requested", { watch: name, by: account?.name });
      return await reply.code(202).send({ state });
    },
  );

  app.delete(
    "/api/v1/watches/:name/scan",
    {
      config: { right: "operate" },
      schema: {
        summary:
          "Stop the run of a watch. The results so far are stored and reported. Only what the built-in scanner had probed by then counts as missed; of nmap and commands nothing does.",
        tags: ["watches"],
        params: nameParameter,
        response: {
          202: z.strictObject({
            state: z.enum(["stopping", "cancelled"]).meta({ description: "`cancelled`: it had not started yet." }),
          }),
        },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const by = requesterOf(request);
      const state = watches.stop(name, by);
      if (state === "unknown") return await problem(reply, 404, "not-found", "There is no watch of this name.");
      if (state === "idle") return await problem(reply, 409, "not-running", "This watch is not running.");
      log.info("stopped a run of a watch", { watch: name, why: "requested", by });
      return await reply.code(202).send({ state });
    },
  );
}
