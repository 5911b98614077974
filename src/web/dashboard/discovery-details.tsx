/** What a row of discoveries has no room for: it opens over the page. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { addressesOf } from "../../present/discoveries/discovery-addresses.ts";
import type { DiscoveryJson } from "../../present/discoveries/discovery-schema.ts";
import { AttentionBadges, Ended } from "./acknowledge.tsx";
import { Box } from "./dialog.tsx";
import { Kind, moreOf, portWordsOf, shortMoreOf, WhatAndWhere } from "./discovery-words.tsx";
import { HostLinks, MacLink } from "./network-words.tsx";
import { Facts, Foreign, ForReaders, Lines, OnWide, Time } from "./parts.tsx";

interface DiscoveryProps {
  readonly discovery: DiscoveryJson;
}

/** The cell of a list: what it is and where in the first line, and below what changed, which opens with all of it. */
export function FoundCell({ discovery }: DiscoveryProps) {
  const more = shortMoreOf(discovery);
  return (
    <div class="found">
      <div class="text">
        <WhatAndWhere discovery={discovery} />
      </div>
      {more === undefined ? null : (
        <OpensDetails discovery={discovery}>
          <Foreign text={more} limit={400} />
        </OpensDetails>
      )}
    </div>
  );
}

/** The cell of a list: whether it was reported, and who has seen it. */
export function StatusCell({ discovery }: DiscoveryProps) {
  return (
    <div class="found">
      <div class="text">
        <AttentionBadges discovery={discovery} />
      </div>
      <OnWide>
        <Acknowledged discovery={discovery} />
      </OnWide>
    </div>
  );
}

/** When, by whom, and what they say about it, in one line, which opens with all of it. */
export function Acknowledged({ discovery }: DiscoveryProps) {
  const { acknowledged } = discovery;
  if (acknowledged === undefined) return null;
  return (
    <OpensDetails discovery={discovery}>
      <Time iso={acknowledged.at} />
      <AcknowledgedBy acknowledged={acknowledged} />
    </OpensDetails>
  );
}

/** ` by ann: is replaced next week` */
function AcknowledgedBy({
  acknowledged: { by, note },
}: {
  readonly acknowledged: NonNullable<DiscoveryJson["acknowledged"]>;
}) {
  return (
    <>
      {by === "" ? "" : " by "}
      <Foreign text={by} limit={64} />
      {note === "" ? "" : ": "}
      <Foreign text={note} />
    </>
  );
}

interface OpensDetailsProps extends DiscoveryProps {
  /** The words of the button: its row may cut them. */
  readonly children: ComponentChildren;
}

function OpensDetails({ discovery, children }: OpensDetailsProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="reason" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <span class="text">{children}</span>
        <ForReaders text="all of it" />
      </button>
      {isOpen ? <DiscoveryDetails discovery={discovery} closed={() => setOpen(false)} /> : null}
    </>
  );
}

interface DiscoveryDetailsProps extends DiscoveryProps {
  readonly closed: () => void;
}

function DiscoveryDetails({ discovery, closed }: DiscoveryDetailsProps) {
  const { at, ended, hostname, device, mac, watch, evidence, acknowledged, mutedUntil } = discovery;
  const more = moreOf(discovery);
  const addresses = addressesOf<string>(discovery);
  const known = mac ?? device?.mac;
  return (
    <Box title="What was found" closed={closed}>
      {(close) => (
        <>
          {more === undefined ? null : <Lines label="What changed" text={more} />}
          <Facts
            facts={[
              ["Kind", <Kind key="kind" discovery={discovery} />],
              [
                addresses.length > 1 ? "Addresses" : "Address",
                addresses.length > 0 && <HostLinks key="addresses" addresses={addresses} />,
              ],
              ["Port", portWordsOf(discovery)?.replace("port ", "")],
              ["Host name", hostname === undefined ? undefined : <Foreign key="host" text={hostname} />],
              [
                "Device",
                device === undefined ? undefined : <Foreign key="device" text={device.name ?? device.vendor} />,
              ],
              ["MAC address", known === undefined ? undefined : <MacLink key="mac" mac={known} />],
              ["Watch", <Foreign key="watch" text={watch} />],
              ["Time", <Time key="time" iso={at} />],
              ["Ended", ended === undefined ? undefined : <Ended key="ended" ended={ended} />],
              ["Muted until", mutedUntil === undefined ? undefined : <Time key="muted" iso={mutedUntil} />],
              [
                "Acknowledged",
                acknowledged === undefined ? undefined : (
                  <>
                    <Time iso={acknowledged.at} />
                    <AcknowledgedBy acknowledged={acknowledged} />
                  </>
                ),
              ],
            ]}
          />
          {evidence === undefined || evidence === "" ? null : <Lines label="Output of the checks" text={evidence} />}
          <p class="choices">
            <button type="button" onClick={close}>
              Close
            </button>
          </p>
        </>
      )}
    </Box>
  );
}
