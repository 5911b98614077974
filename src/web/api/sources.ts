import * as z from "zod";
import type { Address } from "../../core/address.ts";
import { maxSummaryMs } from "../../core/connection-counts.ts";
import type { ConnectionSource, ConnectionSummary, ListedSource } from "../../core/connection-store.ts";
import type { DeviceRecord } from "../../core/device.ts";
import type { Store } from "../../core/store.ts";
import { listedSourceSchema } from "../../present/connections/listed-source-schema.ts";
import { listedSourceJson, type SourceDetails, sourceDetailsJson } from "../../present/connections/source-json.ts";
import { type SourceDetailsJson, sourceDetailsSchema } from "../../present/connections/source-schema.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { problem } from "../problem.ts";
import { addressFilter, flagFilter, rangeFilter } from "./filter-fields.ts";
import { listRoute } from "./list-route.ts";
import { originParameters, originTerms } from "./origin-terms.ts";
import { flag, hasText, isInNetwork, isSince, isText, isUntil, type ListTerms } from "./search-terms.ts";

/** Entries of each list. */
const top = 20;
/** Fingerprints of each kind. */
const maxOfKind = 3;
const maxOthers = 10;

const terms: ListTerms<ListedSource> = {
  peer: {
    example: "peer:203.0.113.0/24",
    filter: "peer",
    isPlace: true,
    test: isInNetwork(({ address }) => [address]),
  },
  ...originTerms<ListedSource>(({ origin }) => origin),
  device: { example: "device:laptop", test: hasText(({ holder }) => [holder?.name]) },
  known: flag("known", ({ isKnown }) => isKnown, "known"),
  protocol: { example: "protocol:ssh", test: isText(({ protocols }) => protocols) },
  since: { example: "since:2d", isTime: true, test: isSince(({ lastAt }) => lastAt) },
  until: { example: "until:2026-01-31", isTime: true, test: isUntil(({ lastAt }) => lastAt) },
};

/**
 * All sources of connections, and one with everything that belongs to it; its connections are in the list:
 * `/connections?peer=ADDRESS`.
 */
export function sourceRoutes(app: WebApp, { store, clock, timeZone }: WebContext): void {
  listRoute(app, {
    path: "/sources",
    summary: "Addresses that connected to decoy ports, with the latest connection first, or as `sort` says.",
    filters: {
      peer: rangeFilter.optional(),
      ...originParameters,
      known: flagFilter
        .optional()
        .meta({ description: "Whether it is a host that scans know, or was a device that they know." }),
      sort: z.enum(["lastSeen", "count"]).optional().meta({ description: "The sort key of the list." }),
    },
    terms,
    rowSchema: listedSourceSchema,
    read: (page, filters) => store.connections.sources({ ...page, ...filters }),
    json: listedSourceJson,
    clock,
    timeZone,
  });
  app.get(
    "/api/v1/sources/:address",
    {
      config: { right: "read" },
      schema: {
        summary: "One address that connected to decoy ports: what it tried, and who else has its fingerprints.",
        description: `Lists have at most ${top} entries, and at most ${maxOfKind} fingerprints of each kind; \`/connections?peer=ADDRESS\` has its connections.`,
        tags: ["connections"],
        params: z.object({ address: addressFilter }),
        response: { 200: sourceDetailsSchema },
      },
    },
    async ({ params: { address }, raw: { socket } }, reply) => {
      const details = await sourceDetails(store, address, { now: clock.now(), isGone: () => socket.destroyed });
      if (details === undefined)
        return await problem(reply, 404, "not-found", `No connection from ${address} is stored.`);
      return await reply.send(details);
    },
  );
}

/** @param asked `isGone`: whether nobody waits for the answer any more; the rest of the database is not read then */
async function sourceDetails(
  store: Store,
  address: Address,
  { now, isGone }: { readonly now: number; readonly isGone: () => boolean },
): Promise<SourceDetailsJson | undefined> {
  const source = await store.connections.source(address);
  if (source === undefined) return undefined;
  const since = Math.max(0, now - maxSummaryMs);
  const itself = { field: "peer", first: address, last: address } as const;
  const [summary, devices] = await Promise.all([
    store.connections.summary({ since, top, conditions: [{ ...itself, isNegated: false }] }),
    devicesOf(store, source),
  ]);
  const fingerprints: SourceDetails["fingerprints"][number][] = [];
  // One after the other: each is a count of its own, and the program reads the same database.
  for (const fingerprint of shownFingerprints(summary)) {
    const { kind, value } = fingerprint;
    // Many clients share a user agent, and a search finds parts of it.
    if (kind === "userAgent" || isGone()) {
      fingerprints.push({ fingerprint });
      continue;
    }
    const conditions = [
      { field: kind, value, isNegated: false },
      { ...itself, isNegated: true },
    ] as const;
    const others = await store.connections.summary({ since, top: maxOthers, conditions });
    fingerprints.push({ fingerprint, others });
  }
  return sourceDetailsJson({ source, devices, since, summary, fingerprints });
}

/** More only where MAC addresses are forged. */
const maxDevices = 10;

async function devicesOf(store: Store, { holder }: ConnectionSource): Promise<readonly DeviceRecord[]> {
  const found = (holder?.macs ?? []).slice(0, maxDevices).map((mac) => store.devices.list({ mac, limit: 1 }));
  return (await Promise.all(found)).flatMap(({ rows }) => rows);
}

function shownFingerprints({ fingerprints }: ConnectionSummary): ConnectionSummary["fingerprints"] {
  return [...Map.groupBy(fingerprints, ({ kind }) => kind).values()].flatMap((each) => each.slice(0, maxOfKind));
}
