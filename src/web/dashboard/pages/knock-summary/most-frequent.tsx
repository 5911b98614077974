/** The most frequent of everything that the summary of connections counts. Each name leads to its connections. */

import { quotedWord } from "../../../../core/quoted-word.ts";
import type { ConnectionSummaryJson } from "../../../../present/connections/summary-schema.ts";
import { eachOnce } from "../../../../present/text/each-once.ts";
import { grouped } from "../../../../present/text/grouped.ts";
import { plural } from "../../../../present/text/plural.ts";
import { Foreign, More } from "../../parts.tsx";
import { SourceMark } from "../../source-words.tsx";
import { Top, TopTable } from "./count-tables.tsx";

const maxCountries = 12;

export interface MostFrequentProps {
  readonly summary: ConnectionSummaryJson;
  /** The address of the list of those that fit a term, too. */
  readonly found: (term: string) => string;
}

export function Countries({ summary: { countries }, found }: MostFrequentProps) {
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

export function Sources({ summary: { peers, sources }, found }: MostFrequentProps) {
  const rows = peers.map(({ address, hostname, organization, country, known, device, approved, sharedBy, count }) => ({
    key: address,
    href: found(`peer:${address}`),
    name: address,
    about: (
      <>
        <SourceMark address={address} known={known} approved={approved} sharedBy={sharedBy} />{" "}
        <Foreign text={eachOnce(device, hostname, organization, country)} limit={100} />
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

export function Networks({ summary: { networks }, found }: MostFrequentProps) {
  const rows = networks.map(({ asn, organization, count }) => ({
    key: `${asn} ${organization}`,
    href: found(asn === undefined ? `organization:${quoted(organization ?? "")}` : `asn:${asn}`),
    name: organization ?? `AS${asn}`,
    about: asn === undefined || organization === undefined ? undefined : `AS${asn}`,
    count,
  }));
  return <Top title="Networks" column="Network" rows={rows} />;
}

export function Ports({ summary: { ports }, found }: MostFrequentProps) {
  const rows = ports.map(({ port, count }) => ({
    key: String(port),
    href: found(`port:${port}`),
    name: String(port),
    count,
  }));
  return <Top title="Ports" column="Port" rows={rows} />;
}

export function Protocols({ summary: { protocols }, found }: MostFrequentProps) {
  const rows = protocols.map(({ protocol, count }) => ({
    key: protocol,
    href: found(`protocol:${protocol}`),
    name: protocol,
    count,
  }));
  return <Top title="Protocols" column="Protocol" rows={rows} />;
}

export function Listeners({ summary: { listeners }, found }: MostFrequentProps) {
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

export function Fingerprints({ summary: { fingerprints }, found }: MostFrequentProps) {
  const rows = fingerprints.map(({ kind, value, count }) => ({
    key: `${kind} ${value}`,
    href: found(`${kindTerms[kind]}:${quoted(value)}`),
    name: value,
    about: kindWords[kind],
    count,
  }));
  return <Top title="Fingerprints of clients" column="Fingerprint" rows={rows} />;
}

/** As one word of a search, of which a value has 200 characters at most. */
function quoted(text: string): string {
  return quotedWord(text.slice(0, 200));
}
