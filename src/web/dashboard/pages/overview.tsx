import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import type { OverviewJson } from "../../../present/overview/overview-schema.ts";
import { grouped } from "../../../present/text/grouped.ts";
import { plural } from "../../../present/text/plural.ts";
import { Attention } from "../acknowledge.tsx";
import { Sparkline } from "../charts/sparkline.tsx";
import { DiscoveryWords } from "../discovery-words.tsx";
import { useEvents } from "../live.ts";
import { Badge, Failure, Foreign, Heading, Live, More, recipientText, Source, Time } from "../parts.tsx";
import { link } from "../router.ts";
import { useAnswer, useCalm } from "../state.ts";
import type { HealthJson } from "../types.ts";
import { isUrgent, urgentKinds } from "../urgent-kinds.ts";

/** The server makes a new overview every two seconds. */
const againMs = 2000;
/** While the connections are counted. */
const countedAgainMs = 500;

export function OverviewPage() {
  const health = useAnswer<HealthJson>("health");
  const { value, error, reload } = useAnswer<OverviewJson>("overview");
  const changed = useCalm(reload, againMs);
  const state = useEvents(["connection", "discovery", "delivery", "scan"], changed);
  const isCounting = value !== undefined && value.connections === undefined;
  // With `value`: also after an answer in which they are still missing.
  useEffect(() => {
    if (!isCounting) return undefined;
    const timer = setTimeout(reload, countedAgainMs);
    return () => clearTimeout(timer);
  }, [isCounting, value]);
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
  overview: { since, discoveries, mutes, connections, deliveries, watches },
}: {
  readonly overview: OverviewJson;
}) {
  return (
    <div class="cards">
      <Card title="News from the network, last 24 hours" more={link(["network"])}>
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
        <Urgent discoveries={discoveries} />
        <News discoveries={discoveries} since={since} />
      </Card>
      <Card title="Knocks, last 24 hours" more={link(["knocks"])}>
        {connections === undefined ? (
          <p class="empty">Counting them for the first time after the start ...</p>
        ) : (
          <Knocks connections={connections} />
        )}
      </Card>
      <Card title="Deliveries" more={link(["deliveries"])}>
        <Counts
          counts={deliveries.states.map(({ state, count }) => ({
            name: state === "dead" ? "given up" : state,
            count,
            href: link(["deliveries"], `state:${state}`),
            isBad: state === "dead",
          }))}
        />
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

function Knocks({ connections }: { readonly connections: NonNullable<OverviewJson["connections"]> }) {
  return (
    <>
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
      <Counts
        counts={connections.protocols.map(({ protocol, count }) => ({
          name: protocol,
          count,
          href: link(["knocks"], `protocol:${protocol} since:24h`),
        }))}
      />
      {connections.peers.length === 0 ? null : (
        <>
          <h3>From</h3>
          <Rows empty="">
            {connections.peers.map(({ address, count, lastAt, country, organization, hostname, known, device }) => (
              <li key={address}>
                <Time iso={lastAt} /> <Source address={address} known={known} /> <Badge>{count}</Badge>{" "}
                <Foreign
                  text={[device, hostname, organization, country].filter((part) => part !== undefined).join(", ")}
                  limit={100}
                />
              </li>
            ))}
          </Rows>
          <More
            count={connections.sources - connections.peers.length}
            one="address"
            many="addresses"
            href={link(["knocks", "summary", "24h"])}
          />
        </>
      )}
    </>
  );
}

/** What has to be seen first: it stays until somebody acknowledged it. */
function Urgent({ discoveries: { urgent } }: { readonly discoveries: OverviewJson["discoveries"] }) {
  if (urgent.count === 0) return null;
  return (
    <>
      <h3>Urgent, not acknowledged</h3>
      <Discoveries rows={urgent.latest} />
      <More
        count={urgent.count - urgent.latest.length}
        one="urgent discovery"
        many="urgent discoveries"
        href={link(["network", "discoveries"], `kind:${urgentKinds} NOT acknowledged NOT muted since:7d`)}
      />
    </>
  );
}

/** The rest of the last 24 hours, and what first scans found, in which everything is new. */
function News({ discoveries, since }: { readonly discoveries: OverviewJson["discoveries"]; readonly since: string }) {
  const { urgent, firstScans, counts, latest } = discoveries;
  const shown = new Set(urgent.latest.map(({ id }) => id));
  const others = latest.filter(({ id }) => !shown.has(id));
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  // Those above are among the counted ones if they are of the last 24 hours.
  const shownAbove = urgent.latest.filter(({ at, firstScan }) => at >= since && !firstScan).length;
  return (
    <>
      <Counts
        counts={counts.map(({ kind, count }) => ({
          name: kind.replaceAll("-", " "),
          count,
          href: link(["network", "discoveries"], `kind:${kind} since:24h NOT first-scan`),
          isBad: isUrgent(kind),
        }))}
      />
      {firstScans.length === 0 ? null : (
        <ul class="lines">
          {firstScans.map((scan) => (
            <FirstScan key={scan.scanId} scan={scan} />
          ))}
        </ul>
      )}
      {others.length === 0 && (urgent.count > 0 || firstScans.length > 0) ? null : (
        <>
          {urgent.count === 0 ? null : <h3>Latest</h3>}
          <Discoveries rows={others} />
        </>
      )}
      <More
        count={total - others.length - shownAbove}
        one="discovery"
        many="discoveries"
        href={link(["network", "discoveries"], "since:24h NOT first-scan")}
      />
    </>
  );
}

function Discoveries({ rows }: { readonly rows: OverviewJson["discoveries"]["latest"] }) {
  return (
    <Rows empty="Nothing is new.">
      {rows.map((discovery) => (
        <li key={discovery.id}>
          <Time iso={discovery.at} /> <DiscoveryWords discovery={discovery} /> <Attention discovery={discovery} />
        </li>
      ))}
    </Rows>
  );
}

function FirstScan({
  scan: { watch, at, devices, openPorts },
}: {
  readonly scan: OverviewJson["discoveries"]["firstScans"][number];
}) {
  const found = (kind: string) => link(["network", "discoveries"], `watch:"${watch}" kind:${kind} first-scan`);
  const devicesFound = <a href={found("device-new")}>{plural(devices, "device")}</a>;
  const portsFound = <a href={found("new")}>{plural(openPorts, "open port")}</a>;
  return (
    <li>
      <Time iso={at} /> First scan of <Foreign text={watch} limit={80} />: {devices === 0 ? null : devicesFound}
      {devices === 0 || openPorts === 0 ? null : ", "}
      {openPorts === 0 ? null : portsFound}
    </li>
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

interface Count {
  readonly name: string;
  readonly count: number;
  /** Where they are listed. */
  readonly href: string;
  readonly isBad?: boolean;
}

function Counts({ counts }: { readonly counts: readonly Count[] }) {
  if (counts.length === 0) return null;
  return (
    <p class="counts">
      {counts.map(({ name, count, href, isBad = false }) => (
        <a key={name} class={isBad ? "badge bad" : "badge plain"} href={href}>
          {name}: {grouped(count)}
        </a>
      ))}
    </p>
  );
}
