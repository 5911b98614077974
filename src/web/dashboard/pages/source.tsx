/** One address that connected to decoy ports: what it tried, when, and who else has its fingerprints. */
import type { ComponentChildren } from "preact";
import { quotedWord } from "../../../core/quoted-word.ts";
import { safeText } from "../../../core/safe-text.ts";
import type { SourceDetailsJson } from "../../../present/connections/source-schema.ts";
import type { DeviceJson } from "../../../present/devices/device-schema.ts";
import { nameAndMac } from "../devices.tsx";
import { knockColumns, placeOfOrigin } from "../knock-words.tsx";
import { useEvents } from "../live.ts";
import { SourceMute } from "../mutes.tsx";
import { Badge, Copy, Facts, Failure, Foreign, Heading, Live, Time } from "../parts.tsx";
import { link, sourceLink } from "../router.ts";
import { SourceMark } from "../source-words.tsx";
import { useAnswer, useCalm, useList } from "../state.ts";
import { Table } from "../table.tsx";
import type { ConnectionJson } from "../types.ts";
import { NoSuch } from "./no-such.tsx";

/** The counts are read again at most this often. */
const againMs = 5000;

/** Columns that are the same in all rows. */
const ofTheSource: ReadonlySet<string> = new Set(["From", "Known", "Place"]);

const kindWords = { ja4: "TLS client (JA4)", hassh: "SSH client (HASSH)", userAgent: "User agent" } as const;

export function SourcePage({ address }: { readonly address: string }) {
  const { value, error, isMissing, reload } = useAnswer<SourceDetailsJson>(`sources/${encodeURIComponent(address)}`);
  const list = useList<ConnectionJson>("connections", { peer: address });
  const refresh = useCalm(() => {
    reload();
    list.reload();
  }, againMs);
  const state = useEvents(["connection"], (_kind, json) => {
    if ((json as ConnectionJson).peer.address === address) refresh();
  });
  if (isMissing === true)
    return (
      <NoSuch title="No such source" href={link(["knocks", "sources"])} where="All sources">
        No connection from {safeText(address, { limit: 100 })} is stored. Old connections are deleted after the
        retention time.
      </NoSuch>
    );
  return (
    <>
      <Heading title={address}>
        <Copy text={address} />
        {value === undefined ? null : (
          <SourceMark
            address={address}
            known={value.known}
            approved={value.device?.approved}
            sharedBy={value.devices}
          />
        )}
        <Live state={state} />
      </Heading>
      {value === undefined ? null : <SourceMute address={address} />}
      <Failure message={error} again={reload} />
      {value === undefined ? null : <Source source={value} />}
      <h2>Connections</h2>
      <Table
        caption={`Connections from ${address}, newest first`}
        columns={knockColumns.filter(({ title }) => !ofTheSource.has(title))}
        list={list}
        keyOf={({ id }) => id}
        empty="No connection from this address is stored. It may have been deleted after the retention time."
      />
    </>
  );
}

function Source({ source }: { readonly source: SourceDetailsJson }) {
  const { address, origin, device, devices, known } = source;
  const place = placeOfOrigin(origin);
  const search = (term: string) => link(["knocks"], `peer:${address} ${term}`);
  return (
    <>
      {known ? (
        <p>
          <a href={link(["network", "hosts", address])}>
            This address is a host or device of your network: what is known of it
          </a>
        </p>
      ) : null}
      <Facts
        facts={[
          ["Connections", source.count],
          ["First seen", <Time key="first" iso={source.firstSeen} />],
          ["Last seen", <Time key="last" iso={source.lastSeen} />],
          ["Place", place === "" ? undefined : <Foreign key="place" text={place} />],
          ["Host name", origin?.hostname === undefined ? undefined : <Foreign key="host" text={origin.hostname} />],
          ["Autonomous system", origin?.asn],
          ["Device", device && <Foreign key="device" text={deviceText(device)} />],
          ["One of these devices", devices && <Foreign key="devices" text={devices.map(deviceText).join("; ")} />],
        ]}
      />
      <div class="cards">
        <Counts title="Ports tried">
          {source.ports.map(({ port, count }) => (
            <Count key={port} href={search(`port:${port}`)} count={count}>
              port {port}
            </Count>
          ))}
        </Counts>
        <Counts title="Protocols">
          {source.protocols.map(({ protocol, count }) => (
            <Count key={protocol} href={search(`protocol:${protocol}`)} count={count}>
              {protocol}
            </Count>
          ))}
        </Counts>
      </div>
      {source.fingerprints.length === 0 ? null : (
        <section aria-labelledby="fingerprints">
          <h2 id="fingerprints">Fingerprints</h2>
          {source.fingerprints.map((fingerprint) => (
            <Fingerprint key={`${fingerprint.kind} ${fingerprint.value}`} fingerprint={fingerprint} />
          ))}
        </section>
      )}
    </>
  );
}

function deviceText({ name, names, mac }: DeviceJson): string {
  return nameAndMac(name ?? names[0], mac);
}

function Counts({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      <ul class="lines">{children}</ul>
    </section>
  );
}

interface CountProps {
  readonly href: string;
  readonly count: number;
  readonly children: ComponentChildren;
}

function Count({ href, count, children }: CountProps) {
  return (
    <li>
      <a href={href}>{children}</a> <Badge>{count}</Badge>
    </li>
  );
}

function Fingerprint({ fingerprint }: { readonly fingerprint: SourceDetailsJson["fingerprints"][number] }) {
  const { kind, value, count, otherSources, others = [] } = fingerprint;
  const term = `${kind === "userAgent" ? "agent" : kind}:${quotedWord(value)}`;
  return (
    <article class="card">
      <h3>{kindWords[kind]}</h3>
      <p>
        <a href={link(["knocks"], term)}>
          <Foreign text={value} />
        </a>{" "}
        <Badge>{count}</Badge>
      </p>
      {otherSources === undefined ? null : (
        <p class="note">
          {otherSources === 0
            ? "No other address has it."
            : `${otherSources} other ${otherSources === 1 ? "address has" : "addresses have"} it:`}
        </p>
      )}
      {others.length === 0 ? null : (
        <ul class="lines">
          {others.map((other) => (
            <li key={other.address}>
              <Time iso={other.lastAt} /> <a href={sourceLink(other.address)}>{other.address}</a>{" "}
              <Badge>{other.count}</Badge>{" "}
              <Foreign
                text={[other.hostname, other.organization, other.country]
                  .filter((part) => part !== undefined)
                  .join(", ")}
                limit={100}
              />
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}
