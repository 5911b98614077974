import { z } from "zod";
import { type AddressRange, parseRange } from "../../core/network.ts";

const rate = (fallback: number, description: string) =>
  z
    .union([z.number().positive().max(1_000_000), z.literal("unlimited")])
    .default(fallback)
    .transform((value) => (value === "unlimited" ? Number.POSITIVE_INFINITY : value))
    .describe(description);

/**
 * Caps and time-outs of the built-in scanner.
 *
 * The defaults of the caps: 15,000 probes a second in all (near ZMap's 10,000; about 8 Mbit/s of frames, which any
 * local network bears, and what a mostly silent /18 needs to be searched in four seconds), 500 a second for one host (a
 * single embedded device is what breaks first) and 2,000 a second for one /24 or /64 (its access switch). One port on
 * many hosts, the usual watch, never meets the last two, since the order is scattered. What a default cannot know is a
 * router with a small connection table on the way: lower `max_rate` there. Loopback and the own addresses of this machine
 * have no caps: there is no network to
 * protect.
 *
 * `confirm` is the one switch among them: an alert that turns out to be a middlebox's invention costs more than the one
 * handshake that would have told.
 *
 * The number of sockets suits the common limit of 1,024 open files; the time-outs are learnt, these are their bounds.
 */
export const scanLimitsSchema = z
  .strictObject({
    confirm: z
      .boolean()
      .default(true)
      .describe(
        "What nmap saw half-open (`-sS`) is recorded only after a full handshake of our own. `false`: nmap's word is taken.",
      ),
    max_rate: rate(15_000, "Connection attempts a second in all."),
    max_rate_per_host: rate(500, "Connection attempts a second to one address."),
    max_rate_per_network: rate(2_000, "Connection attempts a second to one /24 (IPv4) or /64 (IPv6)."),
    max_sockets: z
      .number()
      .int()
      .min(1)
      .max(65_536)
      .default(1_024)
      .describe("Connections under way at once. The limit on open files lowers it by itself."),
    reserved_descriptors: z
      .number()
      .int()
      .min(0)
      .max(65_536)
      .default(64)
      .describe("Open files that the scanner leaves to the rest of the program."),
    connect_timeout_ms: z.number().int().min(10).max(60_000).default(1_000).describe("Longest wait for an answer."),
    min_timeout_ms: z.number().int().min(1).max(60_000).default(50).describe("Shortest wait at the first look."),
    min_retry_timeout_ms: z.number().int().min(1).max(60_000).default(130).describe("Shortest wait at later looks."),
    max_attempts: z
      .number()
      .int()
      .min(1)
      .max(15)
      .default(6)
      .describe("Looks at a silent endpoint at most; more than two only while answers show losses."),
    shortage_patience_ms: z
      .number()
      .int()
      .min(0)
      .default(30_000)
      .describe("How long a scan waits while this machine can open no connection at all."),
  })
  .transform((limits) => ({
    confirm: limits.confirm,
    maxRate: limits.max_rate,
    maxRatePerHost: limits.max_rate_per_host,
    maxRatePerNetwork: limits.max_rate_per_network,
    maxSockets: limits.max_sockets,
    reservedDescriptors: limits.reserved_descriptors,
    connectTimeoutMs: limits.connect_timeout_ms,
    minTimeoutMs: limits.min_timeout_ms,
    minRetryTimeoutMs: limits.min_retry_timeout_ms,
    maxAttempts: limits.max_attempts,
    shortagePatienceMs: limits.shortage_patience_ms,
  }));

export type ScanLimits = z.output<typeof scanLimitsSchema>;

export const defaultScanLimits: ScanLimits = scanLimitsSchema.parse({});

const rangeText = z.string().transform((text, context): AddressRange => {
  const range = parseRange(text.trim());
  if (range !== undefined) return range;
  context.addIssue({
    code: "custom",
    message: `${JSON.stringify(text.slice(0, 100))} is no address, network (10.0.0.0/8) or range (10.0.0.1-10.0.0.9)`,
  });
  return z.NEVER;
});

/** Which addresses may be probed. */
export const scopeSchema = z.strictObject({
  allow: z.array(rangeText).default([]).describe("Addresses, networks and ranges that may be probed besides."),
  exclude: z.array(rangeText).default([]).describe("Never probed, whatever a target or `allow` says."),
});
