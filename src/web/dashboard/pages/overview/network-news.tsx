/** News from the network on the overview: what is urgent, what first scans found, and the latest of the rest. */
import { quotedWord } from "../../../../core/quoted-word.ts";
import type { DiscoveryGroupJson } from "../../../../present/overview/discovery-group-schema.ts";
import type { OverviewJson } from "../../../../present/overview/overview-schema.ts";
import { grouped } from "../../../../present/text/grouped.ts";
import { plural } from "../../../../present/text/plural.ts";
import { Attention } from "../../acknowledge.tsx";
import { DiscoveryWords, Kind } from "../../discovery-words.tsx";
import { HostLinks } from "../../network-words.tsx";
import { Foreign, More, Time } from "../../parts.tsx";
import { link } from "../../router.ts";
import { isUrgent, urgentKinds } from "../../urgent-kinds.ts";
import { Card, Counts, Rows } from "./cards.tsx";

type NetworkNewsProps = Pick<OverviewJson, "since" | "discoveries" | "mutes">;

export function NetworkNews({ since, discoveries, mutes }: NetworkNewsProps) {
  return (
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
  );
}

/** What has to be seen first: it stays until somebody acknowledged it. */
function Urgent({ discoveries: { urgent } }: { readonly discoveries: OverviewJson["discoveries"] }) {
  if (urgent.count === 0) return null;
  return (
    <>
      <h3>Urgent, not acknowledged</h3>
      <Groups groups={urgent.groups} />
      <More
        count={urgent.count - countOf(urgent.groups)}
        one="urgent discovery"
        many="urgent discoveries"
        href={link(["network", "discoveries"], `kind:${urgentKinds} NOT acknowledged NOT muted NOT ended since:7d`)}
      />
    </>
  );
}

/** The rest of the last 24 hours, and what first scans found, in which everything is new. */
function News({ discoveries, since }: { readonly discoveries: OverviewJson["discoveries"]; readonly since: string }) {
  const { urgent, firstScans, counts, groups } = discoveries;
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  // Those above are among the counted ones if they are of the last 24 hours.
  const shownAbove = countOf(urgent.groups.filter(({ latest: { at, firstScan } }) => at >= since && !firstScan));
  return (
    <>
      <Counts
        counts={counts.map(({ kind, count, over }) => ({
          name: kind.replaceAll("-", " "),
          count,
          href: link(["network", "discoveries"], `kind:${kind} since:24h NOT first-scan`),
          isBad: isUrgent(kind) && count > over,
        }))}
      />
      {firstScans.length === 0 ? null : (
        <ul class="lines">
          {firstScans.map((scan) => (
            <FirstScan key={scan.scanId} scan={scan} />
          ))}
        </ul>
      )}
      {groups.length === 0 && (urgent.count > 0 || firstScans.length > 0) ? null : (
        <>
          {urgent.count === 0 ? null : <h3>Latest</h3>}
          <Groups groups={groups} />
        </>
      )}
      <More
        count={total - countOf(groups) - shownAbove}
        one="discovery"
        many="discoveries"
        href={link(["network", "discoveries"], "since:24h NOT first-scan")}
      />
    </>
  );
}

function countOf(groups: readonly DiscoveryGroupJson[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}

function Groups({ groups }: { readonly groups: readonly DiscoveryGroupJson[] }) {
  return (
    <Rows empty="Nothing is new.">
      {groups.map((group) => (
        <li key={group.latest.id}>
          <Time iso={group.latest.at} />{" "}
          {group.count === 1 ? (
            <>
              <DiscoveryWords discovery={group.latest} /> <Attention discovery={group.latest} />
            </>
          ) : (
            <Group group={group} />
          )}
        </li>
      ))}
    </Rows>
  );
}

/** Several discoveries in a line, which leads to all of them. */
function Group({
  group: { latest, count, isPartial, things, areDevices, addresses, addressCount, search },
}: {
  readonly group: DiscoveryGroupJson;
}) {
  const { device, hostname, mac, watch } = latest;
  const name = device?.name ?? hostname ?? device?.vendor ?? mac;
  return (
    <>
      <Kind discovery={latest} />{" "}
      <a href={link(["network", "discoveries"], search)}>
        {grouped(count)}
        {isPartial === true ? " or more" : ""} discoveries
      </a>
      {things === 1 ? null : (
        <>
          {" "}
          about {grouped(areDevices === true ? things : addressCount)}
          {isPartial === true ? " or more" : ""} {areDevices === true ? "devices" : "hosts"}, watch{" "}
          <Foreign text={watch} limit={80} />
        </>
      )}
      {": "}
      <HostLinks addresses={addresses} count={addressCount} />
      {things === 1 && name !== undefined ? (
        <>
          {addresses.length === 0 ? "" : ", "}
          <Foreign text={name} limit={60} />
        </>
      ) : null}
    </>
  );
}

function FirstScan({
  scan: { watch, at, devices, openPorts },
}: {
  readonly scan: OverviewJson["discoveries"]["firstScans"][number];
}) {
  const found = (kind: string) =>
    link(["network", "discoveries"], `watch:${quotedWord(watch)} kind:${kind} first-scan`);
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
