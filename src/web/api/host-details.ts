import * as z from "zod";
import type { Address } from "../../core/address.ts";
import { devicesAt } from "../../core/device-store.ts";
import type { StoredCertificate } from "../../core/examination.ts";
import type { Port } from "../../core/ports.ts";
import type { Store } from "../../core/store.ts";
import { certificateJson } from "../../present/certificates/certificate-json.ts";
import { connectionJson } from "../../present/connections/connection-json.ts";
import { deviceOrDevices } from "../../present/devices/device-json.ts";
import { discoveryJson } from "../../present/discoveries/discovery-json.ts";
import { hostDetailsSchema } from "../../present/hosts/host-schema.ts";
import { serviceDetailsJson } from "../../present/hosts/service-json.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { problem } from "../problem.ts";
import { addressFilter } from "./filter-fields.ts";

/** The lists have the rest. */
const maxServices = 1000;
const maxCertificates = 200;
const latest = 50;

// A test compares answers with this schema; the types of identifications are narrower.
const hostAnswer: z.ZodType = hostDetailsSchema;

/** One host with everything. */
export function hostRoutes(app: WebApp, { store, clock }: WebContext): void {
  app.get(
    "/api/v1/hosts/:address",
    {
      config: { right: "read" },
      schema: {
        summary: "Everything that is known of one address.",
        description: `At most ${maxServices} services, ${maxCertificates} certificates, and the latest ${latest} discoveries and connections; the lists have all.`,
        tags: ["hosts"],
        params: z.object({ address: addressFilter }),
        response: { 200: hostAnswer },
      },
    },
    async ({ params: { address } }, reply) => {
      const host = await hostDetails(store, address, clock.now());
      if (host === undefined) return await problem(reply, 404, "not-found", `Nothing is known of ${address}.`);
      return await reply.send(host);
    },
  );
}

async function hostDetails(store: Store, address: Address, now: number): Promise<object | undefined> {
  const [services, results, certificates, devices, discoveries, source, connections] = await Promise.all([
    store.services.list({ address, limit: maxServices, detailed: true }),
    store.examinations.results({ address }),
    store.examinations.certificates({ address, limit: maxCertificates }),
    devicesAt(store.devices, address),
    store.discoveries.list({ address, limit: latest }),
    store.connections.source(address),
    store.connections.list({ peer: { first: address, last: address }, limit: latest }),
  ]);
  const lists = [services, certificates, discoveries, connections];
  if (devices.length === 0 && lists.every(({ rows }) => rows.length === 0)) return undefined;
  const resultsByPort = Map.groupBy(results, ({ port }) => port);
  const certificatesByPort = byPort(certificates.rows, address);
  return {
    address,
    services: services.rows.map((service) =>
      serviceDetailsJson(
        service,
        {
          results: resultsByPort.get(service.port) ?? [],
          certificates: certificatesByPort.get(service.port) ?? [],
        },
        { now },
      ),
    ),
    certificates: certificates.rows.map((certificate) => certificateJson(certificate, now)),
    ...deviceOrDevices(devices),
    discoveries: discoveries.rows.map(discoveryJson),
    connectionCount: source?.count ?? 0,
    connections: connections.rows.map(connectionJson),
  };
}

function byPort(
  certificates: readonly StoredCertificate[],
  address: Address,
): ReadonlyMap<Port, readonly StoredCertificate[]> {
  const ports = new Map<Port, StoredCertificate[]>();
  for (const certificate of certificates) {
    const own = new Set(certificate.services.flatMap((each) => (each.address === address ? [each.port] : [])));
    for (const port of own) ports.set(port, [...(ports.get(port) ?? []), certificate]);
  }
  return ports;
}
