/** What lists of the network and the page of a host show of hosts, services and certificates. */
import { hostLiteral } from "../../core/host-literal.ts";
import type { CertificateJson } from "../../present/certificates/certificate-schema.ts";
import type { ServiceJson } from "../../present/hosts/service-schema.ts";
import { plural } from "../../present/text/plural.ts";
import { Badge, isLong, Joined, Time } from "./parts.tsx";
import { link } from "./router.ts";

/** @param props with a `port`, it is shown behind the address */
export function HostLink({ address, port }: { readonly address: string; readonly port?: number }) {
  const text = port === undefined ? address : `${hostLiteral(address)}:${port}`;
  return (
    <a class={isLong(address) ? "long" : undefined} href={link(["network", "hosts", address])}>
      {text}
    </a>
  );
}

/** A device, by the list of devices: it may have no address now. */
export function MacLink({ mac }: { readonly mac: string }) {
  return <a href={link(["network", "devices"], `mac:${mac}`)}>{mac}</a>;
}

interface HostLinksProps {
  readonly addresses: readonly string[];
  /** How many of them are shown. Default: all. */
  readonly limit?: number;
  /** How many there are, where these are the first of more. */
  readonly count?: number;
}

/** The pages of some addresses; of those that are not shown the number. */
export function HostLinks({ addresses, limit = addresses.length, count = addresses.length }: HostLinksProps) {
  const shown = addresses.slice(0, limit);
  const left = count - shown.length;
  return (
    <>
      <Joined parts={shown.map((address) => <HostLink key={address} address={address} />)} />
      {left > 0 ? ` and ${left} more` : ""}
    </>
  );
}

interface StateProps {
  readonly states: readonly string[];
  readonly exposed?: true | undefined;
}

/** A host, or a service of several watches, is there as long as one of its states says so. */
export function State({ states, exposed }: StateProps) {
  const all = [...new Set(states)];
  const there = all.filter((state) => state !== "gone");
  const isExposed = exposed === true && there.length > 0;
  return (
    <>
      {isExposed ? <Badge tone="bad">exposed</Badge> : null}
      {(isExposed ? there.filter((state) => state !== "present") : there.length > 0 ? there : all).map((state) => (
        <Badge key={state} tone={state === "present" ? "good" : state === "flapping" ? "warn" : "plain"}>
          {state}
        </Badge>
      ))}
    </>
  );
}

export function portText({
  port,
  everyPort,
}: {
  readonly port: number;
  readonly everyPort?: true | undefined;
}): string {
  return everyPort === true ? "every port" : String(port);
}

/** `port 443` */
export function portWords(service: Parameters<typeof portText>[0]): string {
  return service.everyPort === true ? portText(service) : `port ${portText(service)}`;
}

export function productOf({ name, product, version }: ServiceJson): string {
  return [product ?? name, version].filter((part) => part !== undefined).join(" ");
}

export function Expiry({ certificate: { daysLeft, validTo } }: { readonly certificate: CertificateJson }) {
  if (daysLeft === undefined) return <Time iso={validTo} />;
  const tone = daysLeft < 0 ? "bad" : daysLeft < 30 ? "warn" : "good";
  return <Badge tone={tone}>{daysLeft < 0 ? `expired ${daysText(-daysLeft - 1)} ago` : daysText(daysLeft)}</Badge>;
}

/** Whole days, as findings and reports count them. @param days of an expired certificate: of the days left, rounded down, the last is not whole */
function daysText(days: number): string {
  return days === 0 ? "less than a day" : plural(days, "day");
}
