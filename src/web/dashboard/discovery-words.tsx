import type { ComponentChildren } from "preact";
import { addressesOf } from "../../present/discoveries/discovery-addresses.ts";
import type { DiscoveryJson } from "../../present/discoveries/discovery-schema.ts";
import { movedWords } from "../../present/discoveries/moved-words.ts";
import { HostLinks, MacLink } from "./network-words.tsx";
import { Badge, Foreign, Joined } from "./parts.tsx";
import { isUrgent } from "./urgent-kinds.ts";

interface DiscoveryWordsProps {
  readonly discovery: DiscoveryJson;
  /** The address that the page is about: it is left out, and what else was found has a line of its own. */
  readonly of?: string | undefined;
}

/** One discovery in a line: `new 192.168.1.9, port 443, nas.lan: nginx 1.26.2`. */
export function DiscoveryWords({ discovery, of }: DiscoveryWordsProps) {
  const { address, detail } = discovery;
  const more = shortMoreOf(discovery);
  if (address !== undefined && address === of) {
    const shown = detail === undefined ? more : undefined;
    return (
      <>
        <Kind discovery={discovery} /> {portWordsOf(discovery)}
        {shown === undefined || portWordsOf(discovery) === undefined ? "" : ": "}
        <Foreign text={shown} limit={200} /> <Detail text={detail} />
      </>
    );
  }
  return (
    <>
      <WhatAndWhere discovery={discovery} of={of} />
      {more === undefined ? "" : ": "}
      <Foreign text={more} limit={400} />
    </>
  );
}

/** Addresses in a line. */
const addressesShown = 3;

/** `new 192.168.1.9, port 443, nas.lan`: the kind, and what it concerns, each with the way to its page. */
export function WhatAndWhere({ discovery, of }: DiscoveryWordsProps) {
  const { hostname, device, mac, watch } = discovery;
  const name = device?.name ?? hostname ?? device?.vendor;
  const addresses = addressesOf<string>(discovery).filter((each) => each !== of);
  const known = mac ?? device?.mac;
  const parts: ComponentChildren[] = [
    addresses.length === 0 ? undefined : <HostLinks addresses={addresses} limit={addressesShown} />,
    portWordsOf(discovery),
    name === undefined ? undefined : <Foreign text={name} limit={60} />,
    discovery.address !== undefined || known === undefined ? undefined : <MacLink mac={known} />,
    discovery.address === undefined && known === undefined ? <Foreign text={watch} limit={100} /> : undefined,
  ].filter((part) => part !== undefined);
  return (
    <>
      <Kind discovery={discovery} /> <Joined parts={parts} />
    </>
  );
}

/** What changed, where the device of a host that is gone is now, or what answers there. */
export function moreOf({ detail, product, version, movedDevice }: DiscoveryJson): string | undefined {
  if (detail !== undefined && detail !== "") return detail;
  if (movedDevice !== undefined) return movedWords(movedDevice);
  if (product === undefined) return undefined;
  return version === undefined ? product : `${product} ${version}`;
}

const fingerprints = /[,;] SHA-256 (?:[0-9A-F]{2}:){31}[0-9A-F]{2}/g;

/** The same for a line: without the fingerprints of certificates, which the whole of it has. */
export function shortMoreOf(discovery: DiscoveryJson): string | undefined {
  return moreOf(discovery)?.replace(fingerprints, "");
}

export function portWordsOf({ port, everyPort }: DiscoveryJson): string | undefined {
  if (everyPort === true) return "every port";
  return port === undefined ? undefined : `port ${port}`;
}

export function Kind({ discovery: { kind, ended } }: { readonly discovery: Pick<DiscoveryJson, "kind" | "ended"> }) {
  if (ended !== undefined && kind === "exposed") return <Badge tone="plain">was exposed</Badge>;
  return <Badge tone={isUrgent(kind) && ended === undefined ? "bad" : "plain"}>{kind.replaceAll("-", " ")}</Badge>;
}

/** What else is to be said of it, in a line of its own. */
export function Detail({ text }: { readonly text: string | undefined }) {
  if (text === undefined || text === "") return null;
  return (
    <p class="note detail">
      <Foreign text={text} limit={400} />
    </p>
  );
}
