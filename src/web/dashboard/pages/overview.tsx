import type { DeliveryJson } from "../../../present/deliveries/delivery-schema.ts";
import type { DiscoveryJson } from "../../../present/discoveries/discovery-schema.ts";
import type { Rows } from "../api.ts";
import { DiscoveryWords } from "../discovery-words.tsx";
import { summaryOf } from "../knock-words.tsx";
import { useEvents } from "../live.ts";
import { Badge, Failure, Foreign, Heading, Time } from "../parts.tsx";
import { link } from "../router.ts";
import { useAnswer } from "../state.ts";
import type { ConnectionJson, HealthJson, WatchJson } from "../types.ts";
import { Live } from "./knocks.tsx";

const shown = { limit: 8 };

export function OverviewPage() {
  const health = useAnswer<HealthJson>("health");
  const discoveries = useAnswer<Rows<DiscoveryJson>>("discoveries", shown);
  const connections = useAnswer<Rows<ConnectionJson>>("connections", shown);
  const deliveries = useAnswer<Rows<DeliveryJson>>("deliveries", { limit: 50 });
  const watches = useAnswer<Rows<WatchJson>>("watches", { limit: 50 });
  const state = useEvents(["connection", "discovery", "delivery", "scan"], (kind) => {
    if (kind === "connection") connections.reload();
    if (kind === "discovery") discoveries.reload();
    if (kind === "delivery") deliveries.reload();
    if (kind === "scan") watches.reload();
  });
  const failed = deliveries.value?.rows.filter((row) => row.state === "dead" || row.lastError !== undefined) ?? [];
  const waiting = failed.filter((row) => row.state !== "delivered" && row.state !== "superseded");
  const broken = health.value?.parts.filter(({ healthy }) => !healthy) ?? [];
  return (
    <>
      <Heading title="Overview">
        <Live state={state} />
      </Heading>
      <Failure message={health.error} again={health.reload} />
      {broken.length === 0 ? null : (
        <ul class="parts failure" role="alert">
          {broken.map(({ part, finding }) => (
            <li key={part}>
              <Badge tone="bad">{part}</Badge> <Foreign text={finding} />
            </li>
          ))}
        </ul>
      )}
      <div class="cards">
        <Card title="New on the network" more={link(["network"])} error={discoveries.error}>
          {discoveries.value?.rows.map((discovery) => (
            <li key={discovery.id}>
              <Time iso={discovery.at} /> <DiscoveryWords discovery={discovery} />
            </li>
          ))}
        </Card>
        <Card title="Knocks" more={link(["knocks"])} error={connections.error}>
          {connections.value?.rows.map((connection) => (
            <li key={connection.id}>
              <Time iso={connection.time} />{" "}
              <a href={link(["knocks", connection.id])}>
                {connection.peer.address} to port {connection.local.port}
              </a>{" "}
              <Badge>{connection.protocol}</Badge> <Foreign text={summaryOf(connection)} limit={80} />
            </li>
          ))}
        </Card>
        <Card title="Deliveries that failed" more={link(["deliveries"])} error={deliveries.error}>
          {waiting.map(({ id, state: current, channel, recipient, lastError }) => (
            <li key={id}>
              <Badge tone={current === "dead" ? "bad" : "warn"}>{current}</Badge>{" "}
              <Foreign text={`${channel}: ${recipient}`} limit={80} /> <Foreign text={lastError} limit={160} />
            </li>
          ))}
        </Card>
        <Card title="Next scans" more={link(["scans"])} error={watches.error}>
          {watches.value?.rows.map(({ name, running, nextAt }) => (
            <li key={name}>
              {running ? <Badge tone="good">running</Badge> : <Time iso={nextAt} />} <Foreign text={name} limit={80} />
            </li>
          ))}
        </Card>
      </div>
    </>
  );
}

interface CardProps {
  readonly title: string;
  /** Where all of it is. */
  readonly more: string;
  readonly error: string | undefined;
  readonly children: readonly unknown[] | undefined;
}

function Card({ title, more, error, children }: CardProps) {
  return (
    <section class="card" aria-label={title}>
      <h2>
        <a href={more}>{title}</a>
      </h2>
      <Failure message={error} />
      {children !== undefined && children.length === 0 ? <p class="empty">None.</p> : null}
      <ul class="lines">{children as never}</ul>
    </section>
  );
}
