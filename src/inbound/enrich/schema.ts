import { isIP } from "node:net";
import * as z from "zod";
import { durationMs, durationSchema } from "../../present/settings/value-schemas.ts";

const filePath = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^[^\p{Cc}]*$/u, "expected a single line")
  .meta({ kind: "path" });

const geoipSchema = z.strictObject({
  city_database: filePath.optional().meta({
    description:
      "A MaxMind City database (GeoLite2-City.mmdb). It may be replaced at any time; the new file is opened automatically.",
  }),
  asn_database: filePath.optional().meta({
    description: "A MaxMind ASN database (GeoLite2-ASN.mmdb), for the number and holder of the network.",
  }),
  country_data: z.boolean().default(true).meta({
    description: "Use the bundled country data where the city database has no answer.",
  }),
  allow_private: z.boolean().default(false).meta({
    description: "Also look up private and loopback addresses, for databases that contain them.",
  }),
});

const rdnsSchema = z.strictObject({
  enabled: z.boolean().default(true).meta({
    description: "Look up the host name of a peer in DNS. The operator of the peer's reverse zone can see the query.",
  }),
  timeout: durationSchema({ expected: 'a duration from 10ms to 1m, such as "1s" or "500ms"', min: 10, max: 60_000 })
    .default("1s")
    .meta({ description: "Maximum time for the name and its confirmation together." }),
  servers: z
    .array(z.string().refine(isServer, 'expected an address, or one with a port such as "192.0.2.53:5353"'))
    .max(8)
    .optional()
    .meta({ description: "DNS servers to query. Default: those of the system." }),
});

const ipApiSchema = z.strictObject({
  enabled: z.boolean().default(false).meta({
    description:
      "Query ip-api.com where the databases have no city. This sends the peer's address to the service, unencrypted.",
  }),
  endpoint: z
    .string()
    .max(2000)
    .refine(isHttpUrl, "expected an http:// or https:// URL")
    .default("http://ip-api.com/json/")
    .meta({ description: "URL of the service; the address is appended to the path." }),
  budget_per_minute: z.int().min(0).max(10_000).default(40).meta({
    description: "Maximum number of requests in any 60 seconds. The free service allows 45.",
  }),
  timeout: durationSchema({ expected: 'a duration from 10ms to 1m, such as "3s"', min: 10, max: 60_000 })
    .default("3s")
    .meta({ description: "Maximum time for one answer." }),
});

/** Section `enrich` of the configuration. */
export const enrichSchema = z.strictObject({
  geoip: geoipSchema.prefault({}).meta({ description: "Local databases of locations and network holders." }),
  rdns: rdnsSchema.prefault({}).meta({ description: "Host names of peers, from reverse DNS." }),
  ip_api: ipApiSchema.prefault({}).meta({ description: "An Internet service, for what the databases do not contain." }),
  cache_size: z.int().min(0).max(1_000_000).default(20_000).meta({
    description: "Maximum number of cached names, and of cached answers of the service.",
  }),
});

/** How to find out more about a peer than its address. */
export interface EnrichSettings {
  /** Path of a MaxMind City database. */
  readonly cityDatabase?: string | undefined;
  /** Path of a MaxMind ASN database. */
  readonly asnDatabase?: string | undefined;
  /** Use the bundled country data. */
  readonly countryData: boolean;
  readonly rdns: {
    readonly enabled: boolean;
    readonly timeoutMs: number;
    /** `ADDRESS` or `ADDRESS:PORT`; IPv6 with a port in brackets. Default: those of the system. */
    readonly servers?: readonly string[] | undefined;
  };
  readonly ipApi: {
    readonly enabled: boolean;
    readonly endpoint: string;
    readonly budgetPerMinute: number;
    /** Default: 3 seconds. */
    readonly timeoutMs?: number;
  };
  /** Look up addresses that are not public in the databases. They are never sent to the service. */
  readonly allowPrivate: boolean;
  /** Number of addresses, for the names and for the service each. */
  readonly cacheSize: number;
}

export function enrichSettings(section: z.output<typeof enrichSchema>): EnrichSettings {
  const { geoip, rdns, ip_api } = section;
  return {
    cityDatabase: geoip.city_database,
    asnDatabase: geoip.asn_database,
    countryData: geoip.country_data,
    rdns: {
      enabled: rdns.enabled,
      timeoutMs: durationMs(rdns.timeout),
      servers: rdns.servers,
    },
    ipApi: {
      enabled: ip_api.enabled,
      endpoint: ip_api.endpoint,
      budgetPerMinute: ip_api.budget_per_minute,
      timeoutMs: durationMs(ip_api.timeout),
    },
    allowPrivate: geoip.allow_private,
    cacheSize: section.cache_size,
  };
}

function isServer(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const [, six, four, port] = /^(?:\[([^\]]{2,80})\]|([\d.]{7,15})):(\d{1,5})$/.exec(text) ?? [];
  return isIP(six ?? four ?? "") !== 0 && Number(port) >= 1 && Number(port) <= 65_535;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
