import * as z from "zod";
import type { Delivery, DeliveryState, DeliverySummary } from "../../core/delivery.ts";
import { deliveryJson } from "../../present/deliveries/delivery-json.ts";
import { deliverySchema } from "../../present/deliveries/delivery-schema.ts";
import { reportDetailsJson, reportJson } from "../../present/deliveries/report-json.ts";
import { reportDetailsSchema, reportSchema } from "../../present/deliveries/report-schema.ts";
import { shownState } from "../../present/deliveries/shown-state.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { problem } from "../problem.ts";
import { flagFilter, nameFilter, numberParameter, timeFilter, untilFilter, wordFilter } from "./filter-fields.ts";
import { listRoute } from "./list-route.ts";
import { flag, hasText, isNumber, isSince, isText, isUntil, type ListTerms } from "./search-terms.ts";
import { withShownRecipient } from "./shown-recipient.ts";

/** As shown; the database has `queued` for `waiting`. */
const states = ["open", "waiting", "sending", "delivered", "dead", "superseded"] as const;
const composed: readonly DeliveryState[] = ["queued", "sending", "delivered", "dead"];

const stateFilter = z
  .preprocess(stateWord, z.enum(states))
  .transform((state): DeliveryState => (state === "waiting" ? "queued" : state))
  .meta({ description: "State. `given up`, as the pages say it, is `dead`; `queued` is `waiting`." });

function stateWord(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const word = value.toLowerCase();
  if (word === "queued") return "waiting";
  return /^given[ -]?up$/.test(word) ? "dead" : word;
}

const labelFilter = nameFilter.meta({ description: "Label." });
const channelFilter = wordFilter.meta({ description: "Channel, such as `mail`." });

const isState: NonNullable<ListTerms<DeliverySummary>[string]["test"]> = (value) => {
  const wanted = stateWord(value);
  return ({ state }) => shownState(state) === wanted;
};

const terms: ListTerms<DeliverySummary> = {
  id: { example: "id:77", filter: "id", test: isNumber(({ id }) => id) },
  label: { example: 'label:"Web Services"', filter: "label", test: isText(({ label }) => [label]) },
  state: {
    example: "state:dead",
    filter: "state",
    shownAs: { "given up": "dead", waiting: "waiting", queued: "waiting" },
    test: isState,
  },
  channel: { example: "channel:mail", filter: "channel", test: isText(({ channel }) => [channel]) },
  subject: { example: "subject:exposed", test: hasText(({ message }) => [message?.subject]) },
  error: { example: "error:refused", test: hasText(({ lastError }) => [lastError]) },
  attempts: { example: "attempts:0", test: isNumber(({ attempts }) => attempts) },
  uncertain: flag("uncertain", ({ uncertain }) => uncertain, "uncertain"),
  since: { example: "since:2d", isTime: true, filter: "since", test: isSince(({ createdAt }) => createdAt) },
  until: { example: "until:2026-01-31", isTime: true, filter: "until", test: isUntil(({ createdAt }) => createdAt) },
};

/** Reports and alerts, and their way to the recipients. */
export function messageRoutes(app: WebApp, { store, clock, running, timeZone }: WebContext): void {
  const shown = <Row extends Pick<Delivery, "channel" | "recipient">>(row: Row): Row =>
    withShownRecipient(row, running);
  const filters = {
    id: numberParameter.optional().meta({ description: "Number of the message." }),
    label: labelFilter.optional(),
    state: stateFilter.optional(),
    channel: channelFilter.optional(),
    since: timeFilter({ clock, timeZone }).optional(),
    until: untilFilter({ clock, timeZone }).optional(),
    uncertain: flagFilter.optional().meta({ description: "Whether it may have been delivered already." }),
  };

  listRoute(app, {
    path: "/deliveries",
    summary: "Messages to recipients, newest first.",
    filters,
    terms,
    rowSchema: deliverySchema,
    read: (page, { state, ...filters }) =>
      store.deliveries.list({
        ...page,
        ...filters,
        states: state === undefined ? undefined : [state],
        waitingAt: clock.now(),
      }),
    json: (delivery) => deliveryJson(shown(delivery)),
    clock,
    timeZone,
  });
  listRoute(app, {
    path: "/reports",
    summary: "Reports and alerts that were composed, newest first.",
    filters,
    terms,
    rowSchema: reportSchema,
    read: (page, { state, ...filters }) =>
      store.deliveries.list({
        ...page,
        ...filters,
        states: composed.filter((each) => state === undefined || each === state),
      }),
    json: (delivery) => reportJson(shown(delivery)),
    clock,
    timeZone,
  });
  app.get(
    "/api/v1/reports/:id",
    {
      config: { right: "read" },
      schema: {
        summary: "One report with its text.",
        tags: ["reports"],
        params: z.object({ id: numberParameter }),
        response: { 200: reportDetailsSchema },
      },
    },
    async ({ params: { id } }, reply) => {
      const report = await store.deliveries.get(id);
      if (report?.message === undefined) return await problem(reply, 404, "not-found", `There is no report ${id}.`);
      const tally = await store.deliveries.tally(id);
      const announced = tally.reduce((sum, { count }) => sum + count, 0);
      return await reply.send(reportDetailsJson(shown(report), report.message, announced));
    },
  );
}
