import * as z from "zod";
import { type Address, parseAddress } from "../../core/address.ts";
import { type AddressRange, parseRange } from "../../core/network.ts";
import type { Port } from "../../core/ports.ts";
import { durationMs, durationSchema, portsOf, portsSchema } from "../../present/settings/value-schemas.ts";
import { autoBanner, bannerBytes, bannerPresets, bannersByPort, maxBannerBytes } from "./banners.ts";

const presetNames = Object.keys(bannerPresets).join(", ");
const oneHost = z
  .string()
  .refine((text) => parseAddress(text) !== undefined, "expected an address of this machine, 0.0.0.0 or ::");

const network = z
  .string()
  .refine(
    (text) => parseRange(text.trim()) !== undefined,
    "expected an address, a network (10.0.0.0/8) or a range (10.0.0.1-10.0.0.9)",
  );

const networks = z.union([network, z.array(network)]);

function duration(min: number, max: number) {
  const expected = `a duration such as "800ms", "30s" or "1h30m", from ${min} ms to ${max / 1000} s`;
  return durationSchema({ expected, min, max });
}

const day = 86_400_000;

const captureSchema = z.strictObject({
  mode: z.enum(["patient", "classic"]).default("patient").meta({
    description:
      "patient: a client that waits gets the banner, and its answer is captured too. classic: reads the first bytes, sends the banner and closes the connection.",
  }),
  max_bytes: z.int().min(64).max(65_536).default(4096).meta({
    description: "Maximum number of bytes kept of one connection. A modern TLS ClientHello takes about 2,000.",
  }),
  client_time: duration(10, 60_000)
    .default("800ms")
    .meta({ description: "How long to wait for the client to speak first." }),
  banner_time: duration(10, 60_000)
    .default("5s")
    .meta({ description: "How long to wait for an answer to the banner." }),
});

const limitsSchema = z.strictObject({
  connections: z.int().min(1).max(1_000_000).default(10_000).meta({
    description:
      "Maximum number of open connections; further ones are counted and closed. A low limit on open files (ulimit -n) lowers it.",
  }),
  per_address: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(100)
    .meta({ description: "Maximum number of open connections from one IPv4 address or one IPv6 /64." }),
});

/** One entry of `listeners`: a decoy, on ports that nobody should use. */
export const listenerSchema = z.strictObject({
  ports: portsSchema.meta({
    description: 'TCP ports: `443`, `"80,443,8000-8100"`, or a list of both. `-1023` is up to, `1024-` from, `-` all.',
  }),
  host: z
    .union([oneHost, z.array(oneHost).min(1)])
    .optional()
    .meta({
      description:
        "The address or addresses to listen on. Default: every address of this machine. :: means IPv6, and IPv4 too unless an IPv4 address is listed as well.",
    }),
  banner: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= maxBannerBytes, `at most ${maxBannerBytes} bytes`)
    .default(autoBanner)
    .meta({
      description: `What to send to a client that waits: a text, or one of ${presetNames}. auto: the usual banner of the port (21, 22, 23, 25, 110, 143, 3306 ...), and nothing on others or with capture.mode classic. Empty: nothing.`,
    }),
  dialogue: z.boolean().default(true).meta({
    description:
      "After a banner of SMTP, IMAP, POP3, ManageSieve, NNTP, FTP or Telnet the decoy answers a few more commands and refuses every login and mail, to capture user names and recipients. Not with capture.mode classic.",
  }),
  passwords: z.boolean().default(false).meta({
    description:
      "Store and show the passwords that clients send. Otherwise they are replaced by * in the payload before anything is stored.",
  }),
  capture: captureSchema.prefault({}).meta({ description: "How long and how much to read from a client." }),
  limits: limitsSchema.prefault({}).meta({ description: "Limits for floods." }),
  proxy_protocol: z
    .strictObject({
      trusted: networks.meta({
        description: "Addresses of the proxies: only their headers are trusted to name the client.",
      }),
    })
    .optional()
    .meta({
      description:
        "For listeners behind a proxy that sends the PROXY protocol, version 1 or 2. Its health checks (LOCAL, UNKNOWN, its own address, or a connection without data) raise no alert; those without data are counted and not recorded.",
    }),
  ignore: networks
    .default([])
    .meta({ description: "Connections from these addresses raise no alert: health checks, scanners." }),
  log_ignored: z.boolean().default(true).meta({ description: "Record ignored connections." }),
  cooldown: duration(0, 30 * day)
    .optional()
    .meta({
      description:
        "Overrides alerts.cooldown: how long further connections of an address are suppressed after an alert.",
    }),
});

export type ListenerEntry = z.output<typeof listenerSchema>;

/** The settings of one decoy. Durations in milliseconds. */
export interface ListenerSettings {
  readonly name: string;
  /** Addresses to bind; empty for every address of this machine. */
  readonly hosts: readonly Address[];
  /** Sorted, each once; 0 lets the system choose one. */
  readonly ports: readonly Port[];
  readonly capture: {
    readonly mode: "patient" | "classic";
    readonly maxBytes: number;
    readonly clientTimeMs: number;
    readonly bannerTimeMs: number;
    readonly banner?: Uint8Array | undefined;
    /** Instead of one banner: a banner for each of some ports. */
    readonly bannersByPort?: ReadonlyMap<number, Uint8Array> | undefined;
    readonly dialogue: boolean;
    readonly passwords: boolean;
  };
  readonly limits: { readonly connections: number; readonly perAddress: number };
  readonly trustedProxies: readonly AddressRange[];
  readonly ignore: readonly AddressRange[];
  readonly logIgnored: boolean;
  /** Absent: the cooldown of the section `alerts`. */
  readonly cooldownMs?: number | undefined;
}

/** Converts a configuration entry. */
export function listenerSettings(name: string, entry: ListenerEntry): ListenerSettings {
  const isUsual = entry.banner === autoBanner;
  const banner = isUsual ? undefined : bannerBytes(entry.banner);
  return {
    name,
    hosts: [...new Set([entry.host ?? []].flat().flatMap((text) => parseAddress(text) ?? []))],
    ports: portsOf(entry.ports),
    capture: {
      mode: entry.capture.mode,
      maxBytes: entry.capture.max_bytes,
      clientTimeMs: durationMs(entry.capture.client_time),
      bannerTimeMs: durationMs(entry.capture.banner_time),
      banner,
      bannersByPort: isUsual && entry.capture.mode === "patient" ? bannersByPort : undefined,
      dialogue: entry.dialogue,
      passwords: entry.passwords,
    },
    limits: { connections: entry.limits.connections, perAddress: entry.limits.per_address },
    trustedProxies: ranges(entry.proxy_protocol?.trusted ?? []),
    ignore: ranges(entry.ignore),
    logIgnored: entry.log_ignored,
    cooldownMs: entry.cooldown === undefined ? undefined : durationMs(entry.cooldown),
  };
}

function ranges(texts: string | readonly string[]): AddressRange[] {
  return [texts].flat().flatMap((text) => parseRange(text.trim()) ?? []);
}
