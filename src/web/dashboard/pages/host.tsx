/** Everything that is known of one address, and what can be done about it. */
import { safeText } from "../../../core/safe-text.ts";
import type { DeviceJson } from "../../../present/devices/device-schema.ts";
import type { DiscoveryJson } from "../../../present/discoveries/discovery-schema.ts";
import { byUrgency } from "../../../present/hosts/service-order.ts";
import { AcknowledgeButton, AcknowledgeHost, Attention } from "../acknowledge.tsx";
import { ApproveButton, deviceName, NameButton, SharedMark } from "../devices.tsx";
import { Detail, DiscoveryWords } from "../discovery-words.tsx";
import { MutedKnock, summaryOf } from "../knock-words.tsx";
import { useChanges } from "../live.ts";
import { MuteControl, useMutes } from "../mutes.tsx";
import { Expiry, HostLinks } from "../network-words.tsx";
import { Badge, Facts, Failure, Foreign, Heading, Time } from "../parts.tsx";
import { link, sourceLink } from "../router.ts";
import { ServiceCard } from "../service-card.tsx";
import { useAnswer } from "../state.ts";
import type { ConnectionJson, HostDetailsJson } from "../types.ts";
import { NoSuch } from "./no-such.tsx";

export function HostPage({ address }: { readonly address: string }) {
  const { value, error, isMissing, reload } = useAnswer<HostDetailsJson>(`hosts/${encodeURIComponent(address)}`);
  const mutes = useMutes();
  useChanges();
  if (isMissing === true)
    return (
      <NoSuch title="No such host" href={link(["network", "hosts"])} where="All hosts">
        No host or device with the address {safeText(address, { limit: 100 })} is known.
      </NoSuch>
    );
  return (
    <>
      <Heading title={address}>
        {value !== undefined && isGone(value) ? <Badge>gone</Badge> : null}
        <SharedMark devices={value?.devices} />
        {value === undefined ? null : (
          <MuteControl
            label="Mute host"
            target={{ kind: "host", address }}
            mute={mutes.ofHost(address)}
            mutes={mutes}
          />
        )}
      </Heading>
      <Failure message={error} again={reload} />
      {value === undefined ? null : <Host host={value} mutes={mutes} reload={reload} />}
    </>
  );
}

/** All of its services are gone, and so are its devices. */
function isGone(host: HostDetailsJson): boolean {
  const states = host.services.flatMap(({ watches }) => watches.map(({ state }) => state));
  const devices = devicesOf(host);
  const isKnown = states.length > 0 || devices.length > 0;
  return isKnown && !devices.some(({ present }) => present) && states.every((state) => state === "gone");
}

/** Several where they use the same address. */
function devicesOf({ device, devices = [] }: HostDetailsJson): readonly DeviceJson[] {
  return device === undefined ? devices : [device];
}

interface HostProps {
  readonly host: HostDetailsJson;
  readonly mutes: ReturnType<typeof useMutes>;
  readonly reload: () => void;
}

function Host({ host, mutes, reload }: HostProps) {
  const { address, services, certificates, discoveries, connectionCount, connections } = host;
  // Those that it shows now are with their services.
  const former = certificates.filter(
    (certificate) => !certificate.services.some((each) => each.address === address && each.current),
  );
  const devices = devicesOf(host);
  return (
    <>
      {connectionCount === 0 ? null : (
        <p>
          <a href={sourceLink(address)}>
            Knocked on your decoys {connectionCount === 1 ? "once" : `${connectionCount} times`}
          </a>
        </p>
      )}
      {devices.length > 1 ? (
        <p>
          Each of these devices answers at this address: it is configured twice, or one of them pretends to be the
          other. What is known of the address below can be of any of them.
        </p>
      ) : null}
      {devices.map((device) => (
        <DevicePart key={device.mac} address={address} device={device} mutes={mutes} reload={reload} />
      ))}
      <section aria-labelledby="services">
        <h2 id="services">Services</h2>
        {services.length === 0 ? <p class="empty">No open port is known.</p> : null}
        {byUrgency(services).map((service) => (
          <ServiceCard key={service.port} service={service} mutes={mutes} />
        ))}
      </section>
      {former.length === 0 ? null : (
        <section aria-labelledby="certificates">
          <h2 id="certificates">Earlier certificates</h2>
          <ul class="parts">
            {former.map((certificate) => (
              <li key={certificate.sha256}>
                <Expiry certificate={certificate} /> <Foreign text={certificate.subject} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="timeline">
        <h2 id="timeline">Timeline</h2>
        <p class="actions">
          <AcknowledgeHost address={address} discoveries={discoveries} changed={reload} />{" "}
          {connections.length === 0 ? null : (
            <MuteControl
              label="Mute its connections"
              target={{ kind: "source", source: address }}
              mute={mutes.ofSource(address)}
              mutes={mutes}
            />
          )}
        </p>
        <Timeline address={address} discoveries={discoveries} connections={connections} changed={reload} />
      </section>
    </>
  );
}

interface DeviceProps extends Omit<HostProps, "host"> {
  /** That the page is about. */
  readonly address: string;
  readonly device: DeviceJson;
}

function DevicePart({ address, device, mutes, reload }: DeviceProps) {
  const others = device.addresses.filter((each) => each !== address);
  return (
    <>
      <Facts
        facts={[
          ["Device", <Foreign key="name" text={device.name ?? device.names[0]} />],
          ["MAC address", device.randomised ? `${device.mac} (randomised address)` : device.mac],
          ["Other addresses", others.length > 0 && <HostLinks key="others" addresses={others} />],
          ["Vendor", <Foreign key="vendor" text={device.vendor} />],
          ["Approved", device.approved ? "yes" : "no"],
          ["First seen", <Time key="first" iso={device.firstSeen} />],
          ["Last seen", <Time key="last" iso={device.lastSeen} />],
        ]}
      />
      <p class="actions">
        <NameButton device={device} changed={reload} /> <ApproveButton device={device} changed={reload} />{" "}
        <MuteControl
          label="Mute device"
          target={{ kind: "device", mac: device.mac }}
          what={`device ${deviceName(device)}`}
          mute={mutes.ofDevice(device.mac)}
          mutes={mutes}
        />
      </p>
    </>
  );
}

interface TimelineProps {
  /** Of the host. */
  readonly address: string;
  readonly discoveries: readonly DiscoveryJson[];
  readonly connections: readonly ConnectionJson[];
  readonly changed: () => void;
}

/** What was found about the host, and its own connections to decoy ports, newest first. */
function Timeline({ address, discoveries, connections, changed }: TimelineProps) {
  const entries = [
    ...discoveries.map((discovery) => ({
      at: discovery.at,
      key: `discovery ${discovery.id}`,
      words: (
        <>
          <DiscoveryWords discovery={discovery} of={address} /> <Attention discovery={discovery} />
        </>
      ),
      action: <AcknowledgeButton discovery={discovery} changed={changed} />,
    })),
    ...connections.map((connection) => ({
      at: connection.time,
      key: connection.id,
      words: (
        <>
          <a href={link(["knocks", connection.id])}>connected to port {connection.local.port}</a>{" "}
          <MutedKnock connection={connection} />
          <Detail text={summaryOf(connection)} />
        </>
      ),
      action: null,
    })),
  ].sort((one, other) => (one.at < other.at ? 1 : -1));
  if (entries.length === 0) return <p class="empty">Nothing is recorded.</p>;
  return (
    <ol class="timeline">
      {entries.map(({ key, at, words, action }) => (
        <li key={key}>
          <Time iso={at} /> <div>{words}</div> <span>{action}</span>
        </li>
      ))}
    </ol>
  );
}
