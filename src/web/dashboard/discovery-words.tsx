import type { DiscoveryJson } from "../../present/discoveries/discovery-schema.ts";
import { Badge, Foreign } from "./parts.tsx";
import { link } from "./router.ts";
import { isUrgent } from "./urgent-kinds.ts";

/** One discovery in a line. */
export function DiscoveryWords({ discovery }: { readonly discovery: DiscoveryJson }) {
  const { kind, address, port, everyPort, hostname, device, mac, product, detail, watch } = discovery;
  const name = device?.name ?? hostname ?? device?.vendor;
  return (
    <>
      <Badge tone={isUrgent(kind) ? "bad" : "plain"}>{kind.replaceAll("-", " ")}</Badge>{" "}
      {address === undefined ? null : <a href={link(["network", "hosts", address])}>{address}</a>}
      {port === undefined || everyPort === true ? "" : `, port ${port}`}
      {everyPort === true ? ", every port" : ""} <Foreign text={name} limit={60} />{" "}
      {address === undefined ? <Foreign text={mac ?? device?.mac ?? watch} limit={100} /> : null}{" "}
      <Foreign text={detail ?? product} limit={200} />
    </>
  );
}
