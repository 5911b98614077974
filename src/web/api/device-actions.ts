import * as z from "zod";
import { parseMac } from "../../core/device.ts";
import { deviceJson } from "../../present/devices/device-json.ts";
import { deviceSchema } from "../../present/devices/device-schema.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { problem } from "../problem.ts";

const macParameter = z.strictObject({
  mac: z
    .string()
    .max(40)
    .transform((text, context) => {
      const mac = parseMac(text);
      if (mac !== undefined) return mac;
      context.addIssue({ code: "custom", message: "expected a MAC address" });
      return z.NEVER;
    })
    .meta({ description: "MAC address of the device." }),
});

const changes = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .nullable()
      .optional()
      .meta({ description: "Your own name for it; null removes it." }),
    approved: z.boolean().optional().meta({ description: "You approve it, or no longer." }),
  })
  .refine(({ name, approved }) => name !== undefined || approved !== undefined, "expected name or approved");

/** Names and approves devices, as `harbinger devices name` and `approve` do. */
export function deviceActions(app: WebApp, { store, log }: WebContext): void {
  app.patch(
    "/api/v1/devices/:mac",
    {
      config: { right: "operate", changes: "devices" },
      schema: {
        summary: "Give a device a name of your own, or approve it.",
        tags: ["devices"],
        params: macParameter,
        body: changes,
        response: { 200: deviceSchema },
      },
    },
    async ({ params: { mac }, body: { name, approved }, account }, reply) => {
      const isNamed = name === undefined || (await store.devices.setName(mac, name ?? undefined));
      const isApproved = approved === undefined || (await store.devices.setApproved(mac, approved));
      const [device] = isNamed && isApproved ? (await store.devices.list({ mac, limit: 1 })).rows : [];
      if (device === undefined) return await problem(reply, 404, "not-found", `There is no device ${mac}.`);
      log.info("a device was changed by request", { mac, approved, named: name !== undefined, by: account?.name });
      return await reply.send(deviceJson(device));
    },
  );
}
