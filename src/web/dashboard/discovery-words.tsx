import type { DiscoveryJson } from "../../present/discoveries/discovery-schema.ts";
import { Badge, Foreign } from "./parts.tsx";
import { link } from "./router.ts";
import { isUrgent } from "./urgent-kinds.ts";

interface DiscoveryWordsProps {
  readonly discovery: DiscoveryJson;
  /** The address that the page is about: it is left out, and what else was found has a line of its own. */
  readonly of?: string;
}

/** One discovery in a line. */
export function DiscoveryWords({ discovery, of }: DiscoveryWordsProps) {
  const { kind, address, port, everyPort, hostname, device, mac, product, detail, watch } = discovery;
  const name = device?.name ?? hostname ?? device?.vendor;
  const portWords = everyPort === true ? "every port" : port === undefined ? "" : `port ${port}`;
  if (address !== undefined && address === of) {
    return (
      <>
        <Kind kind={kind} /> {portWords} <Foreign text={detail === undefined ? product : undefined} limit={200} />{" "}
        <Detail text={detail} />
      </>
    );
  }
  return (
    <>
      <Kind kind={kind} /> {address === undefined ? null : <a href={link(["network", "hosts", address])}>{address}</a>}
      {portWords === "" ? "" : `, ${portWords}`} <Foreign text={name} limit={60} />{" "}
      {address === undefined ? <Foreign text={mac ?? device?.mac ?? watch} limit={100} /> : null}{" "}
      <Foreign text={detail ?? product} limit={200} />
    </>
  );
}

function Kind({ kind }: Pick<DiscoveryJson, "kind">) {
  return <Badge tone={isUrgent(kind) ? "bad" : "plain"}>{kind.replaceAll("-", " ")}</Badge>;
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
