/** Where connections to decoy ports come from: over time, on a map, and the most frequent of everything. */
import type { ComponentChildren } from "preact";
import type { ConnectionSummaryJson } from "../../../present/connections/summary-schema.ts";
import { grouped } from "../../../present/text/grouped.ts";
import { plural } from "../../../present/text/plural.ts";
import { Lazy } from "../charts/lazy.tsx";
import type { TimeChartProps } from "../charts/time-chart.tsx";
import type { WorldMapProps } from "../charts/world-map.tsx";
import { useEvents } from "../live.ts";
import { Failure, Foreign, Heading, KnownHost, Live, More, Search, Time } from "../parts.tsx";
import { link } from "../router.ts";
import { useAnswer, useCalm, useProgram } from "../state.ts";
import { KnockTabs } from "./knock-tabs.tsx";

const spans = [
  ["24h", "24 hours"],
  ["7d", "7 days"],
  ["30d", "30 days"],
] as const;

/** A new count costs the server a few milliseconds. */
const againMs = 5000;
const top = 10;
const maxCountries = 12;

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
      <Heading title="Knocks">
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
      <Failure message={error} again={reload} />
      <p class="note" aria-live="polite">
        {value === undefined && isLoading ? "Counting ..." : value === undefined ? "" : totalWords(value, words)}
      </p>
      {value === undefined || value.total === 0 ? null : <Summary summary={value} since={since} query={query} />}
    </>
  );
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
  const props: Props = { summary, found };
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

interface Props {
  readonly summary: ConnectionSummaryJson;
  /** The address of the list of those that fit a term, too. */
  readonly found: (term: string) => string;
}

interface TopRow {
  readonly key: string;
  readonly href: string;
  readonly name: string;
  readonly about?: ComponentChildren;
  readonly count: number;
}

/** The rows of one kind. Each name links to its connections. */
function Top({
  title,
  column,
  rows,
  children,
}: {
  readonly title: string;
  readonly column: string;
  readonly rows: readonly TopRow[];
  /** Below the table. */
  readonly children?: ComponentChildren;
}) {
  if (rows.length === 0) return null;
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      <TopTable title={title} column={column} rows={rows} />
      {children}
    </section>
  );
}

/** The rows of one kind, each with a link to its connections. */
function TopTable({
  title,
  column,
  rows,
}: {
  readonly title: string;
  readonly column: string;
  readonly rows: readonly TopRow[];
}) {
  const links = rows.map(({ key, href, name, about, count }) => {
    const head = (
      <>
        <a href={href}>
          <Foreign text={name} limit={120} />
        </a>{" "}
        {about}
      </>
    );
    return { key, head, count };
  });
  return <CountTable title={title} column={column} rows={links} />;
}

function CountTable({
  title,
  column,
  rows,
}: {
  readonly title: string;
  readonly column: string;
  readonly rows: readonly { readonly key: string; readonly head: ComponentChildren; readonly count: number }[];
}) {
  return (
    <table class="top">
      <caption class="for-readers">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{column}</th>
          <th scope="col" class="amount">
            Connections
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, head, count }) => (
          <tr key={key}>
            <th scope="row">{head}</th>
            <td class="amount">{grouped(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Countries({ summary: { countries }, found }: Props) {
  const shown = countries.slice(0, maxCountries);
  const rest = countries.slice(maxCountries).reduce((sum, { count }) => sum + count, 0);
  const rows = shown.map(({ countryCode, country, count }) => ({
    key: countryCode,
    href: found(`country:${countryCode}`),
    name: country ?? countryCode,
    count,
  }));
  return (
    <div>
      <TopTable title="Countries" column="Country" rows={rows} />
      {rest === 0 ? null : (
        <p class="note">
          {plural(countries.length - shown.length, "other country", "other countries")}: {grouped(rest)}
        </p>
      )}
    </div>
  );
}

function Sources({ summary: { peers, sources }, found }: Props) {
  const rows = peers.map(({ address, hostname, organization, country, known, device, count }) => ({
    key: address,
    href: found(`peer:${address}`),
    name: address,
    about: (
      <>
        {known === true ? <KnownHost address={address} /> : null}{" "}
        <Foreign
          text={[device, hostname, organization, country].filter((part) => part !== undefined).join(", ")}
          limit={100}
        />
      </>
    ),
    count,
  }));
  return (
    <Top title="Sources" column="Address" rows={rows}>
      <More count={sources - peers.length} one="address" many="addresses" href={found("")} />
    </Top>
  );
}

function Networks({ summary: { networks }, found }: Props) {
  const rows = networks.map(({ asn, organization, count }) => ({
    key: `${asn} ${organization}`,
    href: found(asn === undefined ? `organization:${quoted(organization ?? "")}` : `asn:${asn}`),
    name: organization ?? `AS${asn}`,
    about: asn === undefined || organization === undefined ? undefined : `AS${asn}`,
    count,
  }));
  return <Top title="Networks" column="Network" rows={rows} />;
}

function Ports({ summary: { ports }, found }: Props) {
  const rows = ports.map(({ port, count }) => ({
    key: String(port),
    href: found(`port:${port}`),
    name: String(port),
    count,
  }));
  return <Top title="Ports" column="Port" rows={rows} />;
}

function Protocols({ summary: { protocols }, found }: Props) {
  const rows = protocols.map(({ protocol, count }) => ({
    key: protocol,
    href: found(`protocol:${protocol}`),
    name: protocol,
    count,
  }));
  return <Top title="Protocols" column="Protocol" rows={rows} />;
}

function Listeners({ summary: { listeners }, found }: Props) {
  const rows = listeners.map(({ listener, count }) => ({
    key: listener,
    href: found(`listener:${quoted(listener)}`),
    name: listener,
    count,
  }));
  return <Top title="Listeners" column="Listener" rows={rows} />;
}

const kindWords = { ja4: "TLS (JA4)", hassh: "SSH (HASSH)", userAgent: "HTTP" } as const;
const kindTerms = { ja4: "ja4", hassh: "hassh", userAgent: "agent" } as const;

function Fingerprints({ summary: { fingerprints }, found }: Props) {
  const rows = fingerprints.map(({ kind, value, count }) => ({
    key: `${kind} ${value}`,
    href: found(`${kindTerms[kind]}:${quoted(value)}`),
    name: value,
    about: kindWords[kind],
    count,
  }));
  return <Top title="Fingerprints of clients" column="Fingerprint" rows={rows} />;
}

/** As one word of a search, which has no way to write a quotation mark: the part before one is searched. */
function quoted(text: string): string {
  const part =
    text
      .slice(0, 200)
      .split('"')
      .find((piece) => piece.trim() !== "") ?? "";
  return `"${part}"`;
}
