/** The part of the page of `harbinger report --html` about connections to decoy ports: when, from where, and to what. */
import type { SourceHolder } from "../../core/connection-store.ts";
import { summarySeries } from "../connections/summary-series.ts";
import { numberOfDevices } from "../devices/device-words.ts";
import { eachOnce } from "../text/each-once.ts";
import { grouped } from "../text/grouped.ts";
import { plural } from "../text/plural.ts";
import { listWithin, shortText } from "../text/short-text.ts";
import { formatTime } from "../text/time-text.ts";
import { type Bar, barChart, mapLegend, notOnMap, worldMap } from "./figures.ts";
import { type Html, type TableColumn, table, tag, words } from "./html.ts";
import { maxRows, type SpanReport } from "./span-report.ts";

const maxCountries = 30;
/** A longer span is charted by day. */
const maxHoursMs = 3 * 86_400_000;

export function connectionSection(report: SpanReport): Html {
  const { connections, hasListeners } = report;
  const heading = tag("h2", {}, words("Connections to decoy ports"));
  const about = tag(
    "p",
    { class: "faint" },
    words(
      "Decoy ports offer nothing, so nobody has a legitimate reason to connect to them. Who does is looking for weak spots. Connections that were reset at once, as a port scan does, are not recorded, and so are not counted here.",
      400,
    ),
  );
  if (connections.total === 0) {
    const none = hasListeners ? "Nobody connected." : "No decoy port is configured, so nothing is known.";
    return tag("section", {}, heading, about, tag("p", {}, words(none)));
  }
  return tag(
    "section",
    {},
    heading,
    about,
    connectionSentences(report),
    timeChart(report),
    placePart(report),
    topPart(report),
  );
}

function connectionSentences({ connections }: SpanReport): Html {
  const { total, sources, countries, countedSince } = connections;
  const from = countries.length === 0 ? "" : ` in ${plural(countries.length, "country", "countries")}`;
  return tag(
    "p",
    {},
    words(`${plural(total, "connection")} from ${plural(sources, "address", "addresses")}${from}.`),
    countedSince === undefined
      ? undefined
      : words(` Only those since ${formatTime(countedSince)} are counted, because there are so many.`),
  );
}

function timeChart({ connections, since, until, timeZone }: SpanReport): readonly Html[] {
  const interval = until - since <= maxHoursMs ? "hour" : "day";
  const series = summarySeries(connections.hours, { since, until, interval, timeZone });
  const bars = series.map(({ start, count }): Bar => {
    const at = formatTime(start);
    const [name, label] = interval === "day" ? [at.slice(5, 10), at.slice(5, 10)] : [at.slice(5, 16), at.slice(11, 16)];
    return { name, label, count };
  });
  const rows = bars.filter(({ count }) => count > 0).slice(0, 400);
  return [
    tag("h3", {}, words(interval === "day" ? "By day" : "By hour")),
    barChart(`Connections by ${interval}; the numbers are in the table below`, bars),
    tag(
      "details",
      {},
      tag("summary", {}, words("Numbers")),
      table(
        `Connections by ${interval}`,
        [
          { title: interval === "day" ? "Day" : "Hour", cell: ({ name }) => words(name) },
          { title: "Connections", isNumber: true, cell: ({ count }) => words(grouped(count)) },
        ],
        rows,
      ),
    ),
  ];
}

type Counted = Readonly<{ count: number }>;

const countColumn: TableColumn<Counted> = {
  title: "Connections",
  isNumber: true,
  cell: ({ count }) => words(grouped(count)),
};

function placePart({ connections: { countries } }: SpanReport): readonly (Html | undefined)[] {
  if (countries.length === 0) return [];
  const small = notOnMap(countries).map(({ country, countryCode }) => shortText(country ?? countryCode, 60));
  const shown = countries.slice(0, maxCountries);
  return [
    tag("h3", {}, words("Where from")),
    worldMap("Map of the countries from which the connections came; the numbers are in the table below", countries),
    mapLegend(countries),
    small.length === 0
      ? undefined
      : tag("p", { class: "faint" }, words(`Too small for this map: ${listWithin(small, 200)}.`, 300)),
    table(
      countries.length > shown.length ? `The ${shown.length} most frequent countries` : "Countries",
      [{ title: "Country", cell: ({ country, countryCode }) => words(country ?? countryCode) }, countColumn],
      shown,
    ),
  ];
}

/** The device that connected, or what is known where it can have been several. */
function holderText(holder: SourceHolder | undefined): string | undefined {
  if (holder === undefined || holder.macs.length < 2) return holder?.name;
  return `one of ${numberOfDevices(holder.macs)}`;
}

function topPart({ connections }: SpanReport): Html {
  const { peers, networks, protocols, ports, listeners, fingerprints } = connections;
  const tables = [
    table(
      "Most frequent sources",
      [
        { title: "Address", cell: ({ address }) => words(address) },
        {
          title: "Name, network",
          cell: ({ holder, origin }) => words(eachOnce(holderText(holder), origin?.hostname, origin?.organization)),
        },
        countColumn,
      ],
      peers,
    ),
    networks.length === 0
      ? undefined
      : table(
          "Networks",
          [
            {
              title: "Network",
              cell: ({ asn, organization }) =>
                words(
                  [organization, asn === undefined ? undefined : `AS${asn}`]
                    .filter((part) => part !== undefined)
                    .join(", "),
                ),
            },
            countColumn,
          ],
          networks,
        ),
    table("Ports", [{ title: "Port", cell: ({ port }) => words(String(port)) }, countColumn], ports),
    table("Protocols", [{ title: "Protocol", cell: ({ protocol }) => words(protocol) }, countColumn], protocols),
    table(
      "Decoys",
      [{ title: "Listener", cell: ({ listener }) => words(listener) }, countColumn],
      listeners.slice(0, maxRows),
    ),
    fingerprints.length === 0
      ? undefined
      : table(
          "Programs that connected",
          [
            { title: "Fingerprint", cell: ({ value }) => words(value) },
            {
              title: "Kind",
              cell: ({ kind }) => words(kind === "userAgent" ? "HTTP" : kind === "ja4" ? "TLS (JA4)" : "SSH (HASSH)"),
            },
            countColumn,
          ],
          fingerprints,
        ),
  ];
  return tag(
    "div",
    { class: "pair" },
    tables.map((each) => (each === undefined ? undefined : tag("div", {}, each))),
  );
}
