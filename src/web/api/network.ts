import * as z from "zod";
import type { DeviceRecord } from "../../core/device.ts";
import { isRandomised } from "../../core/device.ts";
import type { StoredCertificate } from "../../core/examination.ts";
import type { HostRecord, ServiceRecord } from "../../core/store.ts";
import { certificateJson } from "../../present/certificates/certificate-json.ts";
import { certificateSchema } from "../../present/certificates/certificate-schema.ts";
import { deviceJson } from "../../present/devices/device-json.ts";
import { deviceSchema } from "../../present/devices/device-schema.ts";
import { hostJson } from "../../present/hosts/host-json.ts";
import { hostSchema } from "../../present/hosts/host-schema.ts";
import { serviceJson } from "../../present/hosts/service-json.ts";
import { serviceSchema } from "../../present/hosts/service-schema.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { addressFilter, flagFilter, portFilter, stateFilter, watchFilter } from "./filter-fields.ts";
import { listRoute } from "./list-route.ts";
import { flag, hasText, isInNetwork, isMac, isNumber, isSince, isText, type ListTerms } from "./search-terms.ts";

const serviceTerms: ListTerms<ServiceRecord> = {
  address: { example: "address:192.168.1.0/24", test: isInNetwork(({ address }) => [address]) },
  port: { example: "port:443", filter: "port", test: isNumber(({ port }) => port) },
  watch: { example: "watch:lan-web", filter: "watch", test: isText((row) => row.watches.map(({ watch }) => watch)) },
  state: { example: "state:gone", filter: "state", test: isText((row) => row.watches.map(({ state }) => state)) },
  hostname: { example: "hostname:nas", test: hasText(({ hostname }) => [hostname]) },
  mac: { example: "mac:00:11:32:00:00:10", test: isMac(({ mac }) => [mac]) },
  vendor: { example: "vendor:apple", test: hasText(({ vendor }) => [vendor]) },
  service: { example: "service:ssh", test: hasText(({ name, product }) => [name, product]) },
  version: { example: "version:9.2", test: hasText(({ version }) => [version]) },
  since: { example: "since:2d", test: isSince(({ firstSeen }) => firstSeen) },
};

const hostTerms: ListTerms<HostRecord> = {
  address: { example: "address:192.168.1.0/24", test: isInNetwork(({ address }) => [address]) },
  port: { example: "port:443", filter: "port" },
  watch: { example: "watch:lan-web", filter: "watch" },
  state: { example: "state:gone", filter: "state", test: isText(({ states }) => states) },
  hostname: { example: "hostname:nas", test: hasText(({ hostnames }) => hostnames) },
  mac: { example: "mac:00:11:32:00:00:10", test: isMac(({ macs }) => macs) },
  vendor: { example: "vendor:apple", test: hasText(({ vendors }) => vendors) },
  since: { example: "since:2d", test: isSince(({ firstSeen }) => firstSeen) },
};

const namesOf = ({ name, names }: DeviceRecord) => [name, ...names.map((each) => each.name)];
const currentAddresses = ({ addresses }: DeviceRecord) =>
  addresses.filter(({ isCurrent }) => isCurrent).map(({ address }) => address);

const deviceTerms: ListTerms<DeviceRecord> = {
  address: { example: "address:192.168.1.7", test: isInNetwork(currentAddresses) },
  mac: { example: "mac:00:11:32:00:00:10", test: isMac(({ mac }) => [mac]) },
  vendor: { example: "vendor:apple", test: hasText(({ vendor }) => [vendor]) },
  name: { example: "name:phone", test: hasText(namesOf) },
  approved: flag("approved", ({ approved }) => approved),
  randomised: flag("randomised", ({ mac }) => isRandomised(mac)),
  present: flag("present", ({ state }) => state !== "gone" && state !== "inherited"),
  since: { example: "since:2d", test: isSince(({ firstSeen }) => firstSeen) },
};

const certificateTerms: ListTerms<StoredCertificate> = {
  address: { example: "address:192.168.1.0/24", test: isInNetwork((row) => row.services.map((each) => each.address)) },
  port: { example: "port:443", filter: "port" },
  subject: { example: "subject:example.org", test: hasText(({ subject, names }) => [subject, ...names]) },
  issuer: { example: "issuer:encrypt", test: hasText(({ issuer }) => [issuer]) },
  "self-signed": flag("self-signed", ({ selfSigned }) => selfSigned),
  expiring: {
    example: "expiring:30d",
    test: (value, now) => {
      const days = /^(\d{1,5})d?$/.exec(value)?.[1];
      return days === undefined ? undefined : ({ validTo }) => validTo <= now + Number(days) * dayMs;
    },
  },
};

const dayMs = 86_400_000;

const fingerprintFilter = z
  .string()
  .regex(/^(?:[0-9a-f]{2}:?){32}$/i, "expected a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons")
  .transform((text) =>
    text
      .replaceAll(":", "")
      .toUpperCase()
      .replace(/..(?=.)/g, "$&:"),
  )
  .meta({ description: "SHA-256 fingerprint." });

/** What scans, surveys and checks found. */
export function networkRoutes(app: WebApp, { store, clock }: WebContext): void {
  listRoute(app, {
    path: "/services",
    summary: "Open ports that watches have found, by address and port.",
    filters: {
      address: addressFilter.optional(),
      port: portFilter.optional(),
      watch: watchFilter.optional(),
      state: stateFilter.optional(),
    },
    terms: serviceTerms,
    rowSchema: serviceSchema,
    read: (page, filters) => store.services.list({ ...page, ...filters }),
    json: serviceJson,
    clock,
  });
  listRoute(app, {
    path: "/hosts",
    summary: "Hosts with open ports, by address.",
    filters: { port: portFilter.optional(), watch: watchFilter.optional(), state: stateFilter.optional() },
    terms: hostTerms,
    rowSchema: hostSchema,
    read: (page, filters) => store.services.hosts({ ...page, ...filters }),
    json: hostJson,
    clock,
  });
  listRoute(app, {
    path: "/devices",
    summary: "Devices on the networks of this machine, by MAC address.",
    filters: { address: addressFilter.optional() },
    terms: deviceTerms,
    rowSchema: deviceSchema,
    read: (page, filters) => store.devices.list({ ...page, ...filters }),
    json: deviceJson,
    clock,
  });
  listRoute(app, {
    path: "/certificates",
    summary: "Certificates of services, soonest expiry first.",
    filters: {
      address: addressFilter.optional(),
      port: portFilter.optional(),
      sha256: fingerprintFilter.optional(),
      all: flagFilter.optional().meta({ description: "Also those that no service presents any more." }),
    },
    terms: certificateTerms,
    rowSchema: certificateSchema,
    read: (page, { all, ...filters }) =>
      store.examinations.certificates({
        ...page,
        ...filters,
        currentOnly: all !== true && filters.sha256 === undefined,
      }),
    json: (certificate) => certificateJson(certificate, clock.now()),
    clock,
  });
}
