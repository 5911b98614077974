import * as z from "zod";
import type { Clock } from "../../core/clock.ts";
import type { DeviceRecord } from "../../core/device.ts";
import { isRandomised } from "../../core/device.ts";
import type { StoredCertificate } from "../../core/examination.ts";
import { groupings } from "../../core/row-groups.ts";
import type { DevicesThere, DeviceThere, HostRecord, PresenceState, ServiceRecord } from "../../core/store.ts";
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
import {
  addressFilter,
  flagFilter,
  flagValue,
  macFilter,
  partFilter,
  placeFilter,
  plainText,
  portFilter,
  rangeFilter,
  stateFilter,
  timeFilter,
  watchFilter,
} from "./filter-fields.ts";
import { groupFilter, groupRoute, watchLabels } from "./group-route.ts";
import { type Filters, type ListRoute, listRoute } from "./list-route.ts";
import { flag, hasText, isInNetwork, isMac, isPort, isSince, isText, type ListTerms } from "./search-terms.ts";

function isPresent(state: PresenceState): boolean {
  return state === "present" || state === "flapping";
}

/** All that have the address now: a search for one of several finds the row, too. */
function devicesOf({ device, sharedBy = [] }: DevicesThere): readonly DeviceThere[] {
  return device === undefined ? sharedBy : [device];
}

const serviceTerms: ListTerms<ServiceRecord> = {
  address: {
    example: "address:192.168.1.0/24",
    filter: "address",
    isPlace: true,
    test: isInNetwork(({ address }) => [address]),
  },
  port: { example: "port:443", filter: "port", test: isPort(({ port }) => port) },
  watch: { example: "watch:lan-web", filter: "watch", test: isText((row) => row.watches.map(({ watch }) => watch)) },
  state: { example: "state:gone", filter: "state", test: isText((row) => row.watches.map(({ state }) => state)) },
  hostname: {
    example: "hostname:nas",
    filter: "hostname",
    takes: plainText,
    test: hasText(({ hostname }) => [hostname]),
  },
  name: {
    example: "name:phone",
    filter: "name",
    takes: plainText,
    test: hasText((row) => [row.hostname, ...devicesOf(row).flatMap(({ names }) => names)]),
  },
  mac: {
    example: "mac:00:11:32:00:00:10",
    filter: "mac",
    test: isMac((row) => [row.mac, ...devicesOf(row).map(({ mac }) => mac)]),
  },
  vendor: {
    example: "vendor:apple",
    filter: "vendor",
    takes: plainText,
    test: hasText((row) => [row.vendor, ...devicesOf(row).map(({ vendor }) => vendor)]),
  },
  exposed: flag("exposed", ({ exposed }) => exposed === true, "exposed"),
  approved: flag("approved", ({ device }) => device?.approved === true, "approved"),
  present: flag("present", ({ watches }) => watches.some(({ state }) => isPresent(state))),
  service: {
    example: "service:ssh",
    filter: "service",
    takes: plainText,
    test: hasText(({ name, product }) => [name, product]),
  },
  version: { example: "version:9.2", filter: "version", takes: plainText, test: hasText(({ version }) => [version]) },
  since: { example: "since:2d", isTime: true, filter: "since", test: isSince(({ firstSeen }) => firstSeen) },
};

/** A host with a zone is not a range. */
const zoneless = /^[^%]*$/;

const hostTerms: ListTerms<HostRecord> = {
  address: {
    example: "address:192.168.1.0/24",
    filter: "address",
    takes: zoneless,
    isPlace: true,
    test: isInNetwork(({ address }) => [address]),
  },
  port: { example: "port:443", filter: "port" },
  watch: { example: "watch:lan-web", filter: "watch" },
  state: { example: "state:gone", filter: "state", test: isText(({ states }) => states) },
  hostname: {
    example: "hostname:nas",
    filter: "hostname",
    takes: plainText,
    test: hasText(({ hostnames }) => hostnames),
  },
  name: {
    example: "name:phone",
    filter: "name",
    takes: plainText,
    test: hasText((row) => [...row.hostnames, ...devicesOf(row).flatMap(({ names }) => names)]),
  },
  mac: {
    example: "mac:00:11:32:00:00:10",
    filter: "mac",
    test: isMac((row) => [...row.macs, ...devicesOf(row).map(({ mac }) => mac)]),
  },
  vendor: {
    example: "vendor:apple",
    filter: "vendor",
    takes: plainText,
    test: hasText((row) => [...row.vendors, ...devicesOf(row).map(({ vendor }) => vendor)]),
  },
  exposed: flag("exposed", ({ exposed }) => exposed === true),
  approved: flag("approved", ({ device }) => device?.approved === true, "approved"),
  present: flag("present", ({ states }) => states.some(isPresent)),
  since: { example: "since:2d", isTime: true, test: isSince(({ firstSeen }) => firstSeen) },
};

const namesOf = ({ name, names }: DeviceRecord) => [name, ...names.map((each) => each.name)];
const currentAddresses = ({ addresses }: DeviceRecord) =>
  addresses.filter(({ isCurrent }) => isCurrent).map(({ address }) => address);

const deviceTerms: ListTerms<DeviceRecord> = {
  address: { example: "address:192.168.1.0/24", isPlace: true, test: isInNetwork(currentAddresses) },
  mac: { example: "mac:00:11:32:00:00:10", filter: "mac", test: isMac(({ mac }) => [mac]) },
  vendor: { example: "vendor:apple", filter: "vendor", takes: plainText, test: hasText(({ vendor }) => [vendor]) },
  name: { example: "name:phone", test: hasText(namesOf) },
  approved: flag("approved", ({ approved }) => approved, "approved"),
  randomised: flag("randomised", ({ mac }) => isRandomised(mac)),
  present: flag("present", ({ state }) => isPresent(state), "present"),
  since: { example: "since:2d", isTime: true, filter: "since", test: isSince(({ firstSeen }) => firstSeen) },
};

const dayMs = 86_400_000;
/** What `expiring` alone means. A finding says that a certificate expires as early. */
const usualDays = 30;

function endsBy(at: number): (row: StoredCertificate) => boolean {
  return ({ validTo }) => validTo <= at;
}

const certificateTerms: ListTerms<StoredCertificate> = {
  address: {
    example: "address:192.168.1.0/24",
    filter: "address",
    isPlace: true,
    test: isInNetwork((row) => row.services.map((each) => each.address)),
  },
  port: { example: "port:443", filter: "port" },
  subject: { example: "subject:example.org", test: hasText(({ subject, names }) => [subject, ...names]) },
  issuer: { example: "issuer:encrypt", filter: "issuer", takes: plainText, test: hasText(({ issuer }) => [issuer]) },
  "self-signed": flag("self-signed", ({ selfSigned }) => selfSigned, "selfSigned"),
  expiring: {
    example: "expiring:30d",
    filter: "expiring",
    isFlag: true,
    alone: `${usualDays}d`,
    takes: /^(?!(?:expiring|yes|no|true|false)$)/i,
    test: (value, { now }) => {
      const within = withinOf(value);
      if (within !== undefined) return endsBy(now + within);
      const wanted = flagValue(value, "expiring");
      const isExpiring = endsBy(now + usualDays * dayMs);
      return wanted === undefined ? undefined : (row) => isExpiring(row) === wanted;
    },
  },
  expired: {
    example: "expired",
    filter: "expiring",
    isFlag: true,
    alone: "0d",
    // With a value it is compared: the filter has no word for "no".
    takes: /(?!)/,
    test: (value, { now }) => {
      const wanted = flagValue(value, "expired");
      return wanted === undefined ? undefined : ({ validTo }) => validTo <= now === wanted;
    },
  },
};

/** Days as milliseconds. */
function withinOf(text: string): number | undefined {
  const days = /^(\d{1,5})d?$/.exec(text)?.[1];
  return days === undefined ? undefined : Number(days) * dayMs;
}

function expiringFilter({ now }: Clock) {
  return z
    .string()
    .max(10)
    .transform((text, context) => {
      const within = withinOf(text);
      if (within !== undefined) return now() + within;
      context.addIssue({ code: "custom", message: "expected a number of days, such as 30d" });
      return z.NEVER;
    })
    .meta({ description: "Days within which it ends: 30d." });
}

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

const vendorFilter = partFilter.meta({ description: "Part of the vendor's name." });

const serviceFilters = {
  port: portFilter.optional(),
  watch: watchFilter.optional(),
  state: stateFilter.optional(),
  hostname: partFilter.optional().meta({ description: "Part of the host name." }),
  mac: macFilter.optional(),
  vendor: vendorFilter.optional(),
  approved: flagFilter.optional().meta({
    description: "Whether its owner approved the device that has the address now; `no`: also without a device.",
  }),
  name: partFilter
    .optional()
    .meta({ description: "Part of the host name, or of a name of the device at the address." }),
};

/** With the types of its filters and rows. */
function listOf<Fields extends Filters, Row, Json>(route: ListRoute<Fields, Row, Json>): ListRoute<Fields, Row, Json> {
  return route;
}

/** What scans, surveys and checks found. */
export function networkRoutes(app: WebApp, { store, clock, running, timeZone }: WebContext): void {
  const labels = () => watchLabels(running);
  const services = listOf({
    path: "/services",
    summary: "Open ports that watches have found, by address and port, or as `sort` says.",
    filters: {
      ...serviceFilters,
      address: placeFilter.optional(),
      exposed: flagFilter
        .optional()
        .meta({ description: "Whether the last exposure check found it open to everybody." }),
      service: partFilter.optional().meta({ description: "Part of the name of the service or its product." }),
      version: partFilter.optional().meta({ description: "Part of the version." }),
      since: timeFilter({ clock, timeZone }).optional(),
      sort: z.enum(["address", "firstSeen", "lastSeen"]).optional().meta({ description: "The sort key of the list." }),
      group: groupFilter("services", labels).optional(),
    },
    terms: serviceTerms,
    rowSchema: serviceSchema,
    read: (page, { address: place, name: deviceName, ...filters }) =>
      store.services.list({
        ...page,
        ...filters,
        deviceName,
        detailed: true,
        ...(place?.range === undefined ? place : { range: place.range }),
      }),
    json: serviceJson,
    clock,
    timeZone,
  });
  listRoute(app, services);
  groupRoute(app, services, {
    by: groupings.services,
    read: (query, { address: place, name: deviceName, sort: _sort, group: _group, ...filters }) =>
      store.services.groups({
        ...query,
        ...filters,
        deviceName,
        rows: "services",
        labels: labels(),
        ...(place?.range === undefined ? place : { range: place.range }),
      }),
  });
  const hosts = listOf({
    path: "/hosts",
    summary: "Hosts with open ports, by address.",
    filters: { ...serviceFilters, address: rangeFilter.optional(), group: groupFilter("hosts", labels).optional() },
    terms: hostTerms,
    rowSchema: hostSchema,
    read: (page, { address: range, name: deviceName, ...filters }) =>
      store.services.hosts({ ...page, ...filters, deviceName, range, detailed: true }),
    json: hostJson,
    clock,
    timeZone,
  });
  listRoute(app, hosts);
  groupRoute(app, hosts, {
    by: groupings.hosts,
    read: ({ only, ...query }, { address: range, name: deviceName, group: _group, ...filters }) =>
      store.services.groups({
        ...query,
        ...filters,
        deviceName,
        range,
        rows: "hosts",
        ...(only === undefined ? {} : { only: only.map(({ address }) => ({ address, port: 0 })) }),
      }),
  });
  const devices = listOf({
    path: "/devices",
    summary: "Devices on the networks of this machine, by MAC address, or as `sort` says.",
    filters: {
      address: addressFilter.optional(),
      mac: macFilter.optional(),
      vendor: vendorFilter.optional(),
      approved: flagFilter.optional().meta({ description: "Whether its owner approved it." }),
      present: flagFilter.optional().meta({ description: "Whether it is there." }),
      since: timeFilter({ clock, timeZone }).optional(),
      sort: z
        .enum(["mac", "name", "vendor", "firstSeen", "lastSeen"])
        .optional()
        .meta({ description: "The sort key of the list; without effect together with `address`." }),
      group: groupFilter("devices", labels).optional(),
    },
    terms: deviceTerms,
    rowSchema: deviceSchema,
    read: (page, filters) => store.devices.list({ ...page, ...filters }),
    json: deviceJson,
    clock,
    timeZone,
  });
  listRoute(app, devices);
  groupRoute(app, devices, {
    by: groupings.devices,
    read: ({ only, ...query }, { sort: _sort, group: _group, ...filters }) =>
      store.devices.groups({
        ...query,
        ...filters,
        ...(only === undefined ? {} : { only: only.map(({ mac }) => mac) }),
      }),
  });
  listRoute(app, {
    path: "/certificates",
    summary: "Certificates of services, soonest expiry first.",
    filters: {
      address: placeFilter.optional(),
      port: portFilter.optional(),
      issuer: partFilter.optional().meta({ description: "Part of the issuer's name." }),
      selfSigned: flagFilter.optional().meta({ description: "Whether it is self-signed." }),
      expiring: expiringFilter(clock).optional(),
      sha256: fingerprintFilter.optional(),
      all: flagFilter.optional().meta({ description: "Also those that no service presents any more." }),
    },
    terms: certificateTerms,
    rowSchema: certificateSchema,
    read: (page, { all, address: place, expiring: endsBy, ...filters }) =>
      store.examinations.certificates({
        ...page,
        ...filters,
        ...(place?.address === undefined ? place : { address: place.address }),
        endsBy,
        currentOnly: all !== true && filters.sha256 === undefined,
      }),
    json: (certificate) => certificateJson(certificate, clock.now()),
    clock,
    timeZone,
  });
}
