import { useEffect } from "preact/hooks";
import type { OverviewJson } from "../../../present/overview/overview-schema.ts";
import { eachOnce } from "../../../present/text/each-once.ts";
import { grouped } from "../../../present/text/grouped.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { givenUp, stateWords } from "../delivery-words.tsx";
import { HealthFinding } from "../health-words.tsx";
import { useEvents } from "../live.ts";
import { Badge, Failure, Foreign, Heading, Live, More, recipientText, Time } from "../parts.tsx";
import { link } from "../router.ts";
import { ScanStatus } from "../scan-words.tsx";
import { Source } from "../source-words.tsx";
import { useAnswer, useCalm } from "../state.ts";
import type { HealthJson } from "../types.ts";
import { Card, Counts, Rows } from "./overview/cards.tsx";
import { NetworkNews } from "./overview/network-news.tsx";

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
          {broken.map(({ part, ...found }) => (
            <li key={part}>
              <Badge tone="bad">{part}</Badge> <HealthFinding {...found} />
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
  const deadCount = deliveries.states.find(({ state }) => state === "dead")?.count ?? 0;
  return (
    <div class="cards">
      <NetworkNews since={since} discoveries={discoveries} mutes={mutes} />
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
            name: stateWords(state),
            count,
            href: link(["deliveries"], state === "dead" ? givenUp : `state:${state}`),
            isBad: state === "dead",
          }))}
        />
        <Rows empty="None was given up.">
          {[...equalOnes(deliveries.dead)].map(([key, [first, ...others]]) => (
            <li key={key}>
              <Badge tone="bad">given up</Badge>{" "}
              {others.length === 0 ? null : (
                <a href={link(["deliveries"], givenUp)}>{grouped(others.length + 1)} messages</a>
              )}{" "}
              <Foreign text={recipientText(first)} limit={80} /> <Foreign text={first.lastError} limit={160} />
            </li>
          ))}
        </Rows>
        <More
          count={deadCount - deliveries.dead.length}
          one="message that was given up"
          many="messages that were given up"
          href={link(["deliveries"], givenUp)}
        />
      </Card>
      <Card title="Next scans" more={link(["scans"])}>
        <Rows empty="No watch is configured.">
          {watches.map(({ name, running, nextAt, lastScan, openPorts }) => (
            <li key={name} class="spark">
              <span>
                {running ? <Badge tone="good">running</Badge> : <Time iso={nextAt} />}{" "}
                <Foreign text={name} limit={80} />{" "}
                {lastScan === undefined || lastScan.status === "complete" || lastScan.status === "running" ? null : (
                  <ScanStatus scan={lastScan} />
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

type Dead = OverviewJson["deliveries"]["dead"][number];

/** Those to the same recipient that were given up for the same reason, together: a mailbox that is gone refuses every message. */
function equalOnes(dead: readonly Dead[]): ReadonlyMap<string, readonly [Dead, ...Dead[]]> {
  const groups = new Map<string, readonly [Dead, ...Dead[]]>();
  for (const each of dead) {
    const { channel, recipient, lastError = "" } = each;
    const key = JSON.stringify([channel, channel === "file" ? "" : recipient, lastError]);
    const known = groups.get(key);
    groups.set(key, known === undefined ? [each] : [...known, each]);
  }
  return groups;
}

function Knocks({ connections }: { readonly connections: NonNullable<OverviewJson["connections"]> }) {
  return (
    <>
      <Rows empty="No decoy port is configured.">
        {connections.listeners.map(({ listener, total, hours, resetEarly }) => (
          <li key={listener} class="spark">
            <span>
              <Foreign text={listener} limit={60} />: {total}
              {resetEarly === 0 ? null : (
                <span class="note"> and {grouped(resetEarly)} reset at once since the start of Harbinger</span>
              )}
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
            {connections.peers.map(
              ({ address, count, lastAt, country, organization, hostname, known, device, approved, sharedBy }) => (
                <li key={address}>
                  <Time iso={lastAt} />{" "}
                  <Source address={address} known={known} approved={approved} sharedBy={sharedBy} />{" "}
                  <Badge>{count}</Badge>{" "}
                  <Foreign text={eachOnce(device, hostname, organization, country)} limit={100} />
                </li>
              ),
            )}
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
