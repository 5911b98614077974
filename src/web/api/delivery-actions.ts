import * as z from "zod";
import { deliveryJson } from "../../present/deliveries/delivery-json.ts";
import { deliverySchema } from "../../present/deliveries/delivery-schema.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { problem } from "../problem.ts";
import { numberParameter } from "./filter-fields.ts";
import { withShownRecipient } from "./shown-recipient.ts";

const idParameter = z.strictObject({
  id: numberParameter.meta({ description: "Number of the delivery." }),
});

const finished = {
  delivered: "it was delivered",
  superseded: "a newer message contains everything in it",
} as const;

/** Retries deliveries, as `harbinger deliveries retry` does. */
export function deliveryActions(app: WebApp, { store, clock, log, deliver, running }: WebContext): void {
  app.post(
    "/api/v1/deliveries/:id/retry",
    {
      config: { right: "operate" },
      schema: {
        summary: "Retry a delivery now: a dead one, or one that waits for its next attempt.",
        tags: ["deliveries"],
        params: idParameter,
        response: { 200: deliverySchema },
      },
    },
    async ({ params: { id }, account }, reply) => {
      const before = await store.deliveries.get(id);
      if (before === undefined) return await problem(reply, 404, "not-found", `There is no delivery ${id}.`);
      const { state } = before;
      if (state === "delivered" || state === "superseded")
        return await problem(reply, 409, "finished", `Delivery ${id} is not sent again: ${finished[state]}.`);
      const count = await store.deliveries.retry([id], clock.now());
      if (count > 0) log.info("a delivery is retried by request", { delivery: id, by: account?.name });
      deliver();
      const after = (await store.deliveries.get(id)) ?? before;
      return await reply.send(deliveryJson(withShownRecipient(after, running)));
    },
  );

  app.post(
    "/api/v1/deliveries/retry",
    {
      config: { right: "operate" },
      schema: {
        summary: "Retry all dead deliveries now, and those that wait for their next attempt.",
        tags: ["deliveries"],
        response: { 200: z.strictObject({ due: z.int().meta({ description: "How many are due now." }) }) },
      },
    },
    async ({ account }, reply) => {
      const due = await store.deliveries.retry("all", clock.now());
      log.info("all deliveries are retried by request", { deliveries: due, by: account?.name });
      deliver();
      return await reply.send({ due });
    },
  );
}
