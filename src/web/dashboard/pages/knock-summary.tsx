/** Where connections to decoy ports come from: over time, on a map, and the most frequent of everything. */
import type { ConnectionSummaryJson } from "../../../present/connections/summary-schema.ts";
import { plural } from "../../../present/text/plural.ts";
import { Lazy } from "../charts/lazy.tsx";
import type { TimeChartProps } from "../charts/time-chart.tsx";
import type { WorldMapProps } from "../charts/world-map.tsx";
import { useEvents } from "../live.ts";
import { Failure, Heading, Live, Search, Time } from "../parts.tsx";
import { link } from "../router.ts";
import { useAnswer, useCalm, useProgram } from "../state.ts";
import { ViewFaults } from "../view-faults.tsx";
import { CountTable } from "./knock-summary/count-tables.tsx";
import {
  Countries,
  Fingerprints,
  Listeners,
  type MostFrequentProps,
  Networks,
  Ports,
  Protocols,
  Sources,
} from "./knock-summary/most-frequent.tsx";
import { KnockTabs, knockTitle } from "./knock-tabs.tsx";

const spans = [
  ["24h", "24 hours"],
  ["7d", "7 days"],
  ["30d", "30 days"],
] as const;

/** A new count costs the server a few milliseconds. */
const againMs = 5000;
const top = 10;

const loadChart = async () => (await import("../charts/time-chart.tsx")).TimeChart;
const loadMap = async () => (await import("../charts/world-map.tsx")).WorldMap;

export function KnockSummaryPage({ span, query }: { readonly span: string | undefined; readonly query: string }) {
  const [since, words] = spans.find(([name]) => name === span) ?? spans[0];
  const { value, error, isLoading, reload } = useAnswer<ConnectionSummaryJson>("connections/summary", {
    since,
    top,
    q: query,
  });
  const live = useEvents(["connection"], useCalm(reload, againMs));
  return (
    <>
      <Heading title={knockTitle("summary")}>
        <Live state={live} />
      </Heading>
      <KnockTabs current="summary" query={query} />
      <Search
        query={query}
        hint="port:22 protocol:ssh NOT country:NL"
        search={(text) => {
          location.hash = link(["knocks", "summary", since], text);
        }}
      />
      <nav class="spans" aria-label="Time span">
        {spans.map(([name, title]) => (
          <a
            key={name}
            class="span-choice"
            href={link(["knocks", "summary", name], query)}
            aria-current={name === since ? "true" : undefined}
          >
            {title}
          </a>
        ))}
      </nav>
      <ViewFaults faults={span === undefined || span === since ? [] : [unknownSpan(span)]} />
      <Failure message={error} again={reload} />
      <p class="note" aria-live="polite">
        {value === undefined && isLoading ? "Counting ..." : value === undefined ? "" : totalWords(value, words)}
      </p>
      {value === undefined || value.total === 0 ? null : <Summary summary={value} since={since} query={query} />}
    </>
  );
}

function unknownSpan(span: string): string {
  return `The address of this page has the time span ${span}, which has no effect; possible: ${spans.map(([name]) => name).join(", ")}.`;
}

function totalWords({ total, sources, countries }: ConnectionSummaryJson, words: string): string {
  if (total === 0) return `Nobody connected in the last ${words}.`;
  const from = countries.length === 0 ? "" : ` in ${plural(countries.length, "country", "countries")}`;
  return `${plural(total, "connection")} from ${plural(sources, "address", "addresses")}${from} in the last ${words}.`;
}

interface SummaryProps {
  readonly summary: ConnectionSummaryJson;
  readonly since: string;
  readonly query: string;
}

function Summary({ summary, since, query }: SummaryProps) {
  const { timeZone } = useProgram();
  const { series, interval, countries, countedSince } = summary;
  const found = (term: string) =>
    link(["knocks"], [query, `since:${since}`, term].filter((part) => part !== "").join(" "));
  const props: MostFrequentProps = { summary, found };
  return (
    <div class="sections">
      {countedSince === undefined ? null : (
        <p class="note">
          Only those since <Time iso={countedSince} /> are counted, because there are so many.
        </p>
      )}
      <section class="card" aria-label="Over time">
        <h2>By {interval}</h2>
        <Lazy<TimeChartProps>
          load={loadChart}
          props={{
            series,
            interval,
            timeZone,
            label: `Connections by ${interval}. The numbers are in the table below.`,
          }}
        >
          <div class="time-chart" />
        </Lazy>
        <p class="axis">
          {interval === "hour" ? "Hour" : "Day"} in {timeZone}
        </p>
        <Numbers summary={summary} />
      </section>
      <section class="card" aria-label="Where from">
        <h2>Where from</h2>
        {countries.length === 0 ? (
          <p class="empty">No country is known of these addresses. Private addresses have none.</p>
        ) : (
          <div class="where">
            <Lazy<WorldMapProps>
              load={loadMap}
              props={{ countries, label: "Map of the countries. The numbers are in the table beside it." }}
            >
              <div class="map" />
            </Lazy>
            <Countries {...props} />
          </div>
        )}
      </section>
      <div class="cards">
        <Sources {...props} />
        <Networks {...props} />
        <Ports {...props} />
        <Protocols {...props} />
        <Listeners {...props} />
        <Fingerprints {...props} />
      </div>
    </div>
  );
}

function Numbers({ summary: { series, interval } }: { readonly summary: ConnectionSummaryJson }) {
  return (
    <details>
      <summary>Numbers</summary>
      <CountTable
        title={`Connections by ${interval}`}
        column={interval === "day" ? "Day from" : "Hour from"}
        rows={series
          .filter(({ count }) => count > 0)
          .map(({ start, count }) => ({ key: start, head: <Time iso={start} />, count }))}
      />
    </details>
  );
}
