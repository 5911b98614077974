import * as z from "zod";
import { addressFromBigInt, parseAddress } from "../../core/address.ts";
import { parseMac } from "../../core/device.ts";
import { parseDuration } from "../../core/duration.ts";
import { HarbingerError } from "../../core/errors.ts";
import { isInForce, type Mute, type MuteTarget } from "../../core/mute.ts";
import { maxMuteMs, maxNoteLength } from "../../core/mute-limits.ts";
import { parseRange } from "../../core/network.ts";
import { muteJson } from "../../present/mutes/mute-json.ts";
import { muteSchema } from "../../present/mutes/mute-schema.ts";
import { mutedOf } from "../../present/mutes/mute-words.ts";
import { mutedText } from "../../present/mutes/muted-text.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { problem } from "../problem.ts";
import { flagFilter, numberParameter, placeForms } from "./filter-fields.ts";
import { listRoute } from "./list-route.ts";
import { flag, hasText, isText, type ListTerms } from "./search-terms.ts";

const idParameter = z.strictObject({ id: numberParameter.meta({ description: "Number of the mute." }) });

const text = z.string().trim().min(1).max(100);

const newMute = z.strictObject({
  kind: z.enum(["host", "device", "source"]).meta({ description: "What is muted: see the list of mutes." }),
  address: text.optional().meta({ description: "Of a `host`: its IP address." }),
  port: z.int().min(1).max(65_535).optional().meta({ description: "Of a `host`: only this port." }),
  mac: text.optional().meta({ description: "Of a `device`: its MAC address." }),
  source: text.optional().meta({
    description: "Of a `source`: an address, a network or a range. An address with a zone is muted in this zone alone.",
  }),
  note: z.string().max(maxNoteLength).default("").meta({ description: "Why." }),
  for: text.optional().meta({ description: "How long, such as 1h or 7d; a year at most. This or `until`." }),
  until: z.iso.datetime({ offset: true }).optional().meta({ description: "When it ends; within a year." }),
});

type NewMute = z.output<typeof newMute>;

const terms = {
  active: flag("active", ({ mute, now }: ListedMute) => isInForce(mute, now), "active"),
  kind: { example: "kind:host", test: isText(({ mute }) => [mute.target.kind]) },
  note: { example: "note:printer", test: hasText(({ mute }) => [mute.note]) },
  by: { example: "by:ada", test: isText(({ mute }) => [mute.by]) },
} satisfies ListTerms<ListedMute>;

interface ListedMute {
  readonly mute: Mute;
  readonly now: number;
}

/** What is recorded without being announced, until when, and why. */
export function muteRoutes(app: WebApp, { store, clock, log, timeZone }: WebContext): void {
  listRoute(app, {
    path: "/mutes",
    summary: "Mutes, newest first: what is recorded and not announced, until a given time.",
    filters: {
      active: flagFilter
        .optional()
        .meta({ description: "`yes`: only those in force; `no`: only those that are over." }),
    },
    terms,
    rowSchema: muteSchema,
    read: async (page, { active }) => {
      const now = clock.now();
      const { rows, next } = await store.mutes.list({
        ...page,
        active: active === undefined ? undefined : { is: active, at: now },
      });
      return { rows: rows.map((mute) => ({ mute, now })), next };
    },
    json: ({ mute, now }) => muteJson(mute, now),
    clock,
    timeZone,
  });

  app.post(
    "/api/v1/mutes",
    {
      config: { right: "operate", changes: "mutes" },
      schema: {
        summary: "Mute a host, a device or a source of connections until a given time, or for a time.",
        description:
          "Scans and listeners go on, and what they find is recorded and marked with `mutedUntil`; it is not announced, neither now nor later.",
        tags: ["mutes"],
        body: newMute,
        response: { 201: muteSchema },
      },
    },
    async ({ body, account }, reply) => {
      const at = clock.now();
      const target = targetOf(body);
      const outcome = await store.mutes.add({
        target,
        note: body.note,
        by: account?.name ?? "",
        at,
        until: endOf(body, at),
      });
      if (outcome.kind === "full")
        return await problem(reply, 409, "too-many", `${outcome.limit} mutes are in force. End some of them first.`);
      const { mute } = outcome;
      log.info("muted by request", {
        what: mutedText(mutedOf(target)),
        until: new Date(mute.until).toISOString(),
        by: mute.by,
      });
      return await reply.code(201).send(muteJson(mute, at));
    },
  );

  app.delete(
    "/api/v1/mutes/:id",
    {
      config: { right: "operate", changes: "mutes" },
      schema: {
        summary: "End a mute: it is over within seconds, at its new `until`.",
        tags: ["mutes"],
        params: idParameter,
        response: { 200: muteSchema },
      },
    },
    async ({ params: { id }, account }, reply) => {
      const at = clock.now();
      const ended = await store.mutes.end(id, { by: account?.name ?? "", at });
      if (ended !== undefined) {
        log.info("a mute was ended by request", { what: mutedText(mutedOf(ended.target)), by: account?.name });
        return await reply.send(muteJson(ended, at));
      }
      const known = await store.mutes.get(id);
      if (known === undefined) return await problem(reply, 404, "not-found", `There is no mute ${id}.`);
      return await reply.send(muteJson(known, at));
    },
  );
}

const fieldsOf = { host: ["address", "port"], device: ["mac"], source: ["source"] } as const;

function targetOf(body: NewMute): MuteTarget {
  const { kind, address, port, mac, source } = body;
  const own: readonly string[] = fieldsOf[kind];
  for (const field of ["address", "port", "mac", "source"] as const)
    if (body[field] !== undefined && !own.includes(field))
      throw wrong(`${field}: does not belong to a mute of a ${kind}, which has ${own.join(" and ")}`);
  switch (kind) {
    case "host": {
      const parsed = parseAddress(address ?? "");
      if (parsed === undefined) throw wrong("address: expected an IP address");
      return { kind, address: parsed, ...(port === undefined ? {} : { port }) };
    }
    case "device": {
      const parsed = parseMac(mac ?? "");
      if (parsed === undefined) throw wrong("mac: expected a MAC address");
      return { kind, mac: parsed };
    }
    case "source": {
      const single = parseAddress(source ?? "");
      if (single !== undefined) return { kind, first: single, last: single };
      const range = parseRange(source ?? "");
      if (source?.includes("%") === true)
        throw wrong("source: only a single address can have a zone, such as fe80::1%eth0");
      if (range === undefined) throw wrong(`source: expected ${placeForms}`);
      const { family, first, last } = range;
      return { kind, first: addressFromBigInt(first, family), last: addressFromBigInt(last, family) };
    }
  }
}

function endOf({ for: duration, until }: NewMute, now: number): number {
  if ((duration === undefined) === (until === undefined)) throw wrong("expected either for or until");
  const ms = duration === undefined ? Date.parse(until ?? "") - now : parseDuration(duration);
  if (ms === undefined) throw wrong("for: expected a duration such as 1h, 7d or 4w; a year at most");
  if (ms <= 0) throw wrong(`${until === undefined ? "for" : "until"}: expected an end in the future`);
  if (ms > maxMuteMs) throw wrong(`${until === undefined ? "for" : "until"}: a mute lasts a year at most`);
  return now + ms;
}

function wrong(message: string): HarbingerError {
  return new HarbingerError("usage", message);
}
