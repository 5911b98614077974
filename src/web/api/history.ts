import * as z from "zod";
import type { Discovery } from "../../core/discovery.ts";
import { type DiscoveryKind, findingKinds } from "../../core/discovery-kinds.ts";
import type { ScanRecord } from "../../core/scan-record.ts";
import { isStoppedScan } from "../../core/stopped.ts";
import { addressesOf } from "../../present/discoveries/discovery-addresses.ts";
import { discoveryJson } from "../../present/discoveries/discovery-json.ts";
import { type DiscoveryJson, discoverySchema } from "../../present/discoveries/discovery-schema.ts";
import { scanJson } from "../../present/scans/scan-json.ts";
import { scanSchema } from "../../present/scans/scan-schema.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import {
  addressFilter,
  choiceOf,
  flagFilter,
  numberParameter,
  portFilter,
  timeFilter,
  untilFilter,
  watchFilter,
  wordFilter,
} from "./filter-fields.ts";
import { type ListRoute, listRoute } from "./list-route.ts";
import {
  flag,
  hasText,
  isInNetwork,
  isMac,
  isNumber,
  isPort,
  isSince,
  isText,
  isUntil,
  type ListTerms,
} from "./search-terms.ts";

/** The pages show `device new`. A kind of one word is a word as others: `gone`. */
function kindsAsShown(): Readonly<Record<string, string>> {
  const ofTwoWords = [...findingKinds, "scan-failed"].filter((kind) => kind.split("-").length === 2);
  return Object.fromEntries(ofTwoWords.map((kind) => [kind.replace("-", " "), kind]));
}

const discoveryTerms: ListTerms<Discovery> = {
  address: { example: "address:192.168.1.0/24", isPlace: true, test: isInNetwork(addressesOf) },
  port: { example: "port:443", filter: "port", test: isPort(({ port }) => port) },
  watch: { example: "watch:lan-web", filter: "watch", test: isText(({ watch }) => [watch]) },
  scan: { example: "scan:17", filter: "scan", test: isNumber(({ scanId }) => scanId) },
  mac: { example: "mac:00:11:32:00:00:10", test: isMac(({ mac, device }) => [mac, device?.mac]) },
  kind: { example: "kind:new", filter: "kind", test: isText(({ kind }) => [kind]), shownAs: kindsAsShown() },
  since: { example: "since:2d", isTime: true, filter: "since", test: isSince(({ at }) => at) },
  until: { example: "until:2026-01-31", isTime: true, filter: "until", test: isUntil(({ at }) => at) },
  hostname: { example: "hostname:nas", test: hasText(({ hostname }) => [hostname]) },
  vendor: { example: "vendor:apple", test: hasText(({ vendor, device }) => [vendor, device?.vendor]) },
  product: { example: "product:nginx", test: hasText(({ product }) => [product]) },
  approved: flag("approved", ({ device }) => device?.approved === true),
  acknowledged: flag("acknowledged", ({ acknowledged }) => acknowledged !== undefined, "acknowledged"),
  muted: flag("muted", ({ mutedUntil }) => mutedUntil !== undefined, "muted"),
  ended: flag("ended", ({ ended }) => ended !== undefined, "ended"),
  "first-scan": flag("first-scan", ({ firstScan }) => firstScan, "firstScan"),
};

const scanTerms: ListTerms<ScanRecord> = {
  watch: { example: "watch:lan-web", filter: "watch", test: isText(({ watch }) => [watch]) },
  status: {
    example: "status:failed",
    filter: "status",
    // A stopped scan is stored as a partial one.
    takes: /^(?!stopped$)/i,
    test: isText((scan) => [scan.status, ...(isStoppedScan(scan) ? ["stopped"] : [])]),
  },
  engine: { example: "engine:connect", filter: "engine", test: isText(({ engine }) => [engine]) },
  since: { example: "since:2d", isTime: true, filter: "since", test: isSince(({ startedAt }) => startedAt) },
  until: { example: "until:2026-01-31", isTime: true, filter: "until", test: isUntil(({ startedAt }) => startedAt) },
};

const kindNames: readonly string[] = [...findingKinds, "scan-failed"] satisfies readonly DiscoveryKind[];

/** One kind, or several with commas between them. */
const kindsFilter = z
  .string()
  .max(1000)
  .transform((text, context) => {
    const kinds = text.toLowerCase().split(",");
    const isKind = (name: string): name is DiscoveryKind => kindNames.includes(name);
    if (kinds.every(isKind)) return kinds;
    context.addIssue({ code: "custom", message: `expected one or several of ${kindNames.join(", ")}` });
    return z.NEVER;
  })
  .meta({ description: `Kind, or several with commas between them: ${kindNames.join(", ")}.` });

const statusFilter = choiceOf(["running", "complete", "partial", "failed", "abandoned"]).meta({
  description: "How it ended: `running`, `complete`, `partial`, `failed`, `abandoned`.",
});

/** The list of discoveries, for all routes that search it. */
export function discoveryList({ store, clock, timeZone }: Pick<WebContext, "store" | "clock" | "timeZone">) {
  const filters = {
    watch: watchFilter.optional(),
    scan: numberParameter.optional().meta({ description: "Number of the scan." }),
    address: addressFilter.optional(),
    port: portFilter.optional(),
    kind: kindsFilter.optional(),
    since: timeFilter({ clock, timeZone }).optional(),
    until: untilFilter({ clock, timeZone }).optional(),
    acknowledged: flagFilter.optional().meta({ description: "Whether somebody has acknowledged it." }),
    muted: flagFilter.optional().meta({ description: "Whether a mute covered it, so that it was not announced." }),
    ended: flagFilter.optional().meta({ description: "Whether it is over: see `ended` in the answer." }),
    firstScan: flagFilter.optional().meta({ description: "Whether the first scan of its watch found it." }),
  };
  return {
    path: "/discoveries",
    summary: "What was found new, gone, back or changed, newest first.",
    filters,
    terms: discoveryTerms,
    rowSchema: discoverySchema,
    read: (page, { kind: kinds, ...chosen }) => store.discoveries.list({ ...page, ...chosen, kinds }),
    json: discoveryJson,
    clock,
    timeZone,
  } satisfies ListRoute<typeof filters, Discovery, DiscoveryJson>;
}

/** What happened to what is known, and when it was looked for. */
export function historyRoutes(app: WebApp, { store, clock, timeZone }: WebContext): void {
  listRoute(app, discoveryList({ store, clock, timeZone }));
  listRoute(app, {
    path: "/scans",
    summary: "Scans, newest first.",
    filters: {
      watch: watchFilter.optional(),
      status: statusFilter.optional(),
      engine: wordFilter.optional().meta({ description: "Name of the engine." }),
      since: timeFilter({ clock, timeZone }).optional(),
      until: untilFilter({ clock, timeZone }).optional(),
    },
    terms: scanTerms,
    rowSchema: scanSchema,
    read: (page, filters) => store.scans.list({ ...page, ...filters }),
    json: scanJson,
    clock,
    timeZone,
  });
}
