import type { VNode } from "preact";
import type { OverviewJson } from "../../../present/overview/overview-schema.ts";
import { Attention } from "../acknowledge.tsx";
import { Sparkline } from "../charts/sparkline.tsx";
import { DiscoveryWords } from "../discovery-words.tsx";
import { useEvents } from "../live.ts";
import { Badge, Failure, Foreign, Heading, Live, recipientText, Time } from "../parts.tsx";
import { link, sourceLink } from "../router.ts";
import { useAnswer, useCalm } from "../state.ts";
import type { HealthJson } from "../types.ts";

/** The server makes a new overview every two seconds. */
const againMs = 2000;

export function OverviewPage() {
  const health = useAnswer<HealthJson>("health");
  const { value, error, reload } = useAnswer<OverviewJson>("overview");
  const changed = useCalm(reload, againMs);
  const state = useEvents(["connection", "discovery", "delivery", "scan"], changed);
  const broken = health.value?.parts.filter(({ healthy }) => !healthy) ?? [];
  return (
    <>
      <Heading title="Overview">
        <Live state={state} />
      </Heading>
      <Failure message={health.error} again={health.reload} />
      <Failure message={error} again={reload} />
      {broken.length === 0 ? null : (
        <ul class="parts failure" role="alert">
          {broken.map(({ part, finding }) => (
            <li key={part}>
              <Badge tone="bad">{part}</Badge> <Foreign text={finding} />
            </li>
          ))}
        </ul>
      )}
      {value === undefined ? null : <Cards overview={value} />}
    </>
  );
}

function Cards({
  overview: { discoveries, mutes, connections, deliveries, watches },
}: {
  readonly overview: OverviewJson;
}) {
  return (
    <div class="cards">
      <Card title="New on the network, last 24 hours" more={link(["network"])}>
        <p>
          <a href={link(["network", "discoveries"], "NOT acknowledged NOT muted since:7d NOT first-scan")}>
            {discoveries.notAcknowledged} not acknowledged
          </a>
          {mutes === 0 ? null : (
            <>
              {", "}
              <a href={link(["network", "mutes"], "active")}>{mutes === 1 ? "1 mute" : `${mutes} mutes`} in force</a>
            </>
          )}
        </p>
        <Counts counts={discoveries.counts.map(({ kind, count }) => [kind.replaceAll("-", " "), count])} />
        <Rows empty="Nothing is new.">
          {discoveries.latest.map((discovery) => (
            <li key={discovery.id}>
              <Time iso={discovery.at} /> <DiscoveryWords discovery={discovery} /> <Attention discovery={discovery} />
            </li>
          ))}
        </Rows>
      </Card>
      <Card title="Knocks, last 24 hours" more={link(["knocks"])}>
        <Rows empty="No decoy port is configured.">
          {connections.listeners.map(({ listener, total, hours }) => (
            <li key={listener} class="spark">
              <span>
                <Foreign text={listener} limit={60} />: {total}
              </span>
              <Sparkline counts={hours} label="By hour" />
            </li>
          ))}
        </Rows>
        <Counts counts={connections.protocols.map(({ protocol, count }) => [protocol, count])} />
        {connections.peers.length === 0 ? null : (
          <>
            <h3>From</h3>
            <Rows empty="">
              {connections.peers.map(({ address, count, lastAt, country, organization, hostname }) => (
                <li key={address}>
                  <Time iso={lastAt} /> <a href={sourceLink(address)}>{address}</a> <Badge>{count}</Badge>{" "}
                  <Foreign
                    text={[hostname, organization, country].filter((part) => part !== undefined).join(", ")}
                    limit={100}
                  />
                </li>
              ))}
            </Rows>
          </>
        )}
      </Card>
      <Card title="Deliveries" more={link(["deliveries"])}>
        <Counts counts={deliveries.states.map(({ state, count }) => [state, count])} />
        <Rows empty="None was given up.">
          {deliveries.dead.map(({ id, channel, recipient, lastError }) => (
            <li key={id}>
              <Badge tone="bad">given up</Badge> <Foreign text={recipientText(channel, recipient)} limit={80} />{" "}
              <Foreign text={lastError} limit={160} />
            </li>
          ))}
        </Rows>
      </Card>
      <Card title="Next scans" more={link(["scans"])}>
        <Rows empty="No watch is configured.">
          {watches.map(({ name, running, nextAt, lastScan, openPorts }) => (
            <li key={name} class="spark">
              <span>
                {running ? <Badge tone="good">running</Badge> : <Time iso={nextAt} />}{" "}
                <Foreign text={name} limit={80} />{" "}
                {lastScan === undefined || lastScan.status === "complete" || lastScan.status === "running" ? null : (
                  <Badge tone={lastScan.status === "failed" ? "bad" : "warn"}>{lastScan.status}</Badge>
                )}{" "}
                <Foreign text={lastScan?.reason} limit={160} />
              </span>
              {openPorts.length < 2 ? null : <Sparkline counts={openPorts} label="Open ports, by scan" />}
            </li>
          ))}
        </Rows>
      </Card>
    </div>
  );
}

interface CardProps {
  readonly title: string;
  /** Where all of it is. */
  readonly more: string;
  readonly children: (VNode | null)[] | VNode;
}

function Card({ title, more, children }: CardProps) {
  return (
    <section class="card" aria-label={title}>
      <h2>
        <a href={more}>{title}</a>
      </h2>
      {children}
    </section>
  );
}

function Rows({ empty, children }: { readonly empty: string; readonly children: readonly VNode[] }) {
  if (children.length === 0) return <p class="empty">{empty}</p>;
  return <ul class="lines">{children}</ul>;
}

function Counts({ counts }: { readonly counts: readonly (readonly [string, number])[] }) {
  if (counts.length === 0) return null;
  return (
    <p class="counts">
      {counts.map(([name, count]) => (
        <Badge key={name}>
          {name}: {count}
        </Badge>
      ))}
    </p>
  );
}
