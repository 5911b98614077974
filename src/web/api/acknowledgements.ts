import * as z from "zod";
import { maxNoteLength } from "../../core/mute-limits.ts";
import { maxAcknowledgedAtOnce } from "../../core/store.ts";
import { discoveryJson } from "../../present/discoveries/discovery-json.ts";
import { discoverySchema } from "../../present/discoveries/discovery-schema.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { problem } from "../problem.ts";
import { addressFilter, numberParameter } from "./filter-fields.ts";

const idParameter = z.strictObject({ id: numberParameter.meta({ description: "Number of the discovery." }) });
/** Of the body of a request that acknowledges. */
export const note = z
  .string()
  .max(maxNoteLength)
  .default("")
  .meta({ description: `What you say about it, up to ${maxNoteLength} characters.` });

/** Notes that somebody has seen discoveries. Deliveries stay as they are. */
export function acknowledgementActions(app: WebApp, { store, clock, log }: WebContext): void {
  app.post(
    "/api/v1/discoveries/:id/acknowledgement",
    {
      config: { right: "operate", changes: "discoveries" },
      schema: {
        summary: "Acknowledge a discovery, or replace its acknowledgement. Deliveries stay as they are.",
        tags: ["discoveries"],
        params: idParameter,
        body: z.strictObject({ note }),
        response: { 200: discoverySchema },
      },
    },
    async ({ params: { id }, body, account }, reply) => {
      const by = account?.name ?? "";
      const count = await store.discoveries.acknowledge({ id }, { at: clock.now(), by, note: body.note });
      const discovery = count === 0 ? undefined : await store.discoveries.get(id);
      if (discovery === undefined) return await problem(reply, 404, "not-found", `There is no discovery ${id}.`);
      log.info("a discovery was acknowledged by request", { discovery: id, by });
      return await reply.send(discoveryJson(discovery));
    },
  );

  app.delete(
    "/api/v1/discoveries/:id/acknowledgement",
    {
      config: { right: "operate", changes: "discoveries" },
      schema: {
        summary: "Withdraw the acknowledgement of a discovery.",
        tags: ["discoveries"],
        params: idParameter,
        response: { 200: discoverySchema },
      },
    },
    async ({ params: { id }, account }, reply) => {
      const wasThere = await store.discoveries.withdrawAcknowledgement(id);
      const discovery = await store.discoveries.get(id);
      if (discovery === undefined) return await problem(reply, 404, "not-found", `There is no discovery ${id}.`);
      if (wasThere) log.info("an acknowledgement was withdrawn by request", { discovery: id, by: account?.name });
      return await reply.send(discoveryJson(discovery));
    },
  );

  app.post(
    "/api/v1/hosts/:address/acknowledgement",
    {
      config: { right: "operate", changes: "discoveries" },
      schema: {
        summary: "Acknowledge the discoveries of one address up to the latest that you have seen.",
        description: `Earlier acknowledgements stay. At most ${maxAcknowledgedAtOnce} at once, the latest first.`,
        tags: ["hosts"],
        params: z.strictObject({ address: addressFilter }),
        body: z.strictObject({
          note,
          upTo: z
            .int()
            .min(1)
            .max(Number.MAX_SAFE_INTEGER)
            .meta({ description: "Number of the latest discovery that you have seen." }),
        }),
        response: { 200: z.strictObject({ acknowledged: z.int().meta({ description: "How many." }) }) },
      },
    },
    async ({ params: { address }, body, account }, reply) => {
      const by = account?.name ?? "";
      const which = { address, upTo: body.upTo };
      const count = await store.discoveries.acknowledge(which, { at: clock.now(), by, note: body.note });
      log.info("discoveries of a host were acknowledged by request", { host: address, discoveries: count, by });
      return await reply.send({ acknowledged: count });
    },
  );
}
