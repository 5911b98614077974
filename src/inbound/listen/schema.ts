import * as z from "zod";
import { type Address, parseAddress } from "../../core/address.ts";
import { parseDuration } from "../../core/duration.ts";
import { type AddressRange, parseRange } from "../../core/network.ts";
import { type Port, parsePorts } from "../../core/ports.ts";
import { autoBanner, bannerBytes, bannerPresets, bannersByPort, maxBannerBytes } from "./banners.ts";

const presetNames = Object.keys(bannerPresets).join(", ");
const aPort = "expected a port from 1 to 65535";
const portNumber = z.int().min(1, aPort).max(65535, aPort);

const ports = z
  .union([portNumber, z.string(), z.array(z.union([portNumber, z.string()])).min(1)])
  .superRefine((value, context) => {
    for (const [index, part] of [value].flat().entries()) {
      const parsed = parsePorts(String(part));
      if (parsed.kind === "ports") continue;
      const path = Array.isArray(value) ? [index] : [];
      const message = `${JSON.stringify(parsed.part.slice(0, 80))}: ${parsed.reason}`;
      context.addIssue({ code: "custom", path, message });
    }
  });

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

function duration(minMs: number, maxMs: number) {
  return z
    .string()
    .refine(
      (text) => {
        const ms = parseDuration(text);
        return ms !== undefined && ms >= minMs && ms <= maxMs;
      },
      `expected a duration such as "800ms", "30s" or "1h30m", from ${minMs} ms to ${maxMs / 1000} s`,
    )
    .meta({ kind: "duration" });
}

const day = 86_400_000;

const captureSchema = z.strictObject({
  mode: z.enum(["patient", "classic"]).default("patient").meta({
    description:
      "patient: a client that waits gets the banner, and its answer is captured too. classic: the first bytes are read, then the banner is sent and the connection closed.",
  }),
  max_bytes: z
    .int()
    .min(64)
    .max(65_536)
    .default(4096)
    .meta({ description: "Bytes kept of one connection, at most. A modern TLS ClientHello takes about 2,000." }),
  client_time: duration(10, 60_000)
    .default("800ms")
    .meta({ description: "How long the client may take to speak first." }),
  banner_time: duration(10, 60_000)
    .default("5s")
    .meta({ description: "How long the client may take to answer the banner." }),
});

const limitsSchema = z.strictObject({
  connections: z.int().min(1).max(1_000_000).default(10_000).meta({
    description: "Connections open at once, at most; more are counted and closed. Open files (ulimit -n) lower it.",
  }),
  per_address: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(100)
    .meta({ description: "Connections open at once from one IPv4 address or one IPv6 /64, at most." }),
});

/** One entry of `listeners`: a decoy, on ports where nobody has business. */
export const listenerSchema = z.strictObject({
  ports: ports.meta({
    description: 'TCP ports: `443`, `"80,443,8000-8100"`, or a list of both. `-1023` is up to, `1024-` from, `-` all.',
  }),
  host: z
    .union([oneHost, z.array(oneHost).min(1)])
    .optional()
    .meta({
      description:
        "The address or addresses to listen on. Without it: every address of this machine. :: is IPv6 and, where no IPv4 address stands beside it, IPv4 too.",
    }),
  banner: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= maxBannerBytes, `at most ${maxBannerBytes} bytes`)
    .default(autoBanner)
    .meta({
      description: `What is said to a client that waits: a text as it is, or one of ${presetNames}. auto: what servers say first on that port by custom (21, 22, 23, 25, 110, 143, 3306 ...), and nothing on others or with capture.mode classic. Empty: nothing.`,
    }),
  dialogue: z.boolean().default(true).meta({
    description:
      "Behind a banner of SMTP, IMAP, POP3, ManageSieve, NNTP, FTP or Telnet the decoy answers a few more commands and refuses every login and mail, so that user names and recipients are heard. Not with capture.mode classic.",
  }),
  passwords: z.boolean().default(false).meta({
    description:
      "Keep and tell the passwords that clients send. Without it they are replaced by * in the payload, before anything is stored.",
  }),
  capture: captureSchema.prefault({}).meta({ description: "How long and how much a client is listened to." }),
  limits: limitsSchema.prefault({}).meta({ description: "What a flood may take." }),
  proxy_protocol: z
    .strictObject({
      trusted: networks.meta({ description: "The proxies: only their word is taken for who the client is." }),
    })
    .optional()
    .meta({
      description:
        "For listeners behind a proxy that sends the PROXY protocol, version 1 or 2. Its health checks (LOCAL, UNKNOWN, its own address, or a connection without a byte) raise no alert; those without a byte are counted and not recorded.",
    }),
  ignore: networks
    .default([])
    .meta({ description: "Who connects from here raises no alert: health checks, scanners." }),
  log_ignored: z
    .boolean()
    .default(true)
    .meta({ description: "Connections that are ignored are recorded all the same." }),
  cooldown: duration(0, 30 * day)
    .optional()
    .meta({ description: "Instead of alerts.cooldown: how long an address is only counted after an alert about it." }),
});

export type ListenerEntry = z.output<typeof listenerSchema>;

/** One decoy, ready to start. Durations in milliseconds. */
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
    readonly banner?: Uint8Array;
    /** Instead of one banner: those of the ports that have one. */
    readonly bannersByPort?: ReadonlyMap<number, Uint8Array>;
    readonly dialogue: boolean;
    readonly passwords: boolean;
  };
  readonly limits: { readonly connections: number; readonly perAddress: number };
  readonly trustedProxies: readonly AddressRange[];
  readonly ignore: readonly AddressRange[];
  readonly logIgnored: boolean;
  /** Absent: that of all alerts. */
  readonly cooldownMs?: number;
}

/** The entry `name` in the program's own terms. */
export function listenerSettings(name: string, entry: ListenerEntry): ListenerSettings {
  const parsed = parsePorts([entry.ports].flat().join(","));
  const isUsual = entry.banner === autoBanner;
  const banner = isUsual ? undefined : bannerBytes(entry.banner);
  return {
    name,
    hosts: [...new Set([entry.host ?? []].flat().flatMap((text) => parseAddress(text) ?? []))],
    ports: parsed.kind === "ports" ? parsed.ports : [],
    capture: {
      mode: entry.capture.mode,
      maxBytes: entry.capture.max_bytes,
      clientTimeMs: milliseconds(entry.capture.client_time),
      bannerTimeMs: milliseconds(entry.capture.banner_time),
      ...(banner === undefined ? {} : { banner }),
      ...(isUsual && entry.capture.mode === "patient" && { bannersByPort }),
      dialogue: entry.dialogue,
      passwords: entry.passwords,
    },
    limits: { connections: entry.limits.connections, perAddress: entry.limits.per_address },
    trustedProxies: ranges(entry.proxy_protocol?.trusted ?? []),
    ignore: ranges(entry.ignore),
    logIgnored: entry.log_ignored,
    ...(entry.cooldown === undefined ? {} : { cooldownMs: milliseconds(entry.cooldown) }),
  };
}

function milliseconds(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new TypeError(`unchecked duration: ${text}`);
  return ms;
}

function ranges(texts: string | readonly string[]): AddressRange[] {
  return [texts].flat().flatMap((text) => parseRange(text.trim()) ?? []);
}
