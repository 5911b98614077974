/** What the API answers, by its schemas. */
import type * as z from "zod";
import type { certificateSchema } from "../../present/certificates/certificate-schema.ts";
import type { connectionSchema } from "../../present/connections/connection-schema.ts";
import type { DeviceJson } from "../../present/devices/device-schema.ts";
import type { DiscoveryJson } from "../../present/discoveries/discovery-schema.ts";
import type { ServiceDetailsJson } from "../../present/hosts/service-schema.ts";

export type ConnectionJson = z.output<typeof connectionSchema>;
export type CertificateJson = z.output<typeof certificateSchema>;

export interface ScanJson {
  readonly id: number;
  readonly watch: string;
  readonly engine: string;
  readonly status: "running" | "complete" | "partial" | "failed" | "abandoned";
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly sighted: number;
  readonly coverage?: string;
  readonly reason?: string;
  readonly notes: readonly string[];
}

export interface WatchJson {
  readonly name: string;
  readonly label: string;
  readonly ports: string;
  readonly engine: string;
  readonly schedule?: string;
  readonly running: boolean;
  readonly nextAt?: string;
}

export interface ListenerJson {
  readonly name: string;
  readonly ports: string;
  readonly open: readonly { readonly address: string; readonly ports: string }[];
}

export interface HostJson {
  readonly address: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly hostnames: readonly string[];
  readonly macs: readonly string[];
  readonly vendors: readonly string[];
  readonly serviceCount: number;
  readonly states: readonly string[];
}

export interface HostDetailsJson {
  readonly address: string;
  readonly services: readonly ServiceDetailsJson[];
  readonly certificates: readonly CertificateJson[];
  readonly device?: DeviceJson;
  readonly discoveries: readonly DiscoveryJson[];
  readonly connections: readonly ConnectionJson[];
}

export interface HealthJson {
  readonly healthy: boolean;
  readonly parts: readonly { readonly part: string; readonly healthy: boolean; readonly finding: string }[];
}
