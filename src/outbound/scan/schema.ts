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
 * Defaults of the caps: 15,000 probes a second in all (about 8 Mbit/s of frames; a mostly silent /18 takes four seconds),
 * 500 a second for one host (small embedded devices fail first) and 2,000 a second for one /24 or /64 (its access switch). A watch
 * of one port on many hosts never reaches the last two, because the order of probes is scattered. Where a router on the path has
 * a small connection table, lower `max_rate`. Loopback and this machine's own addresses have no caps.
 *
 * `confirm`: an alert about a port that a middlebox forged costs more than one handshake.
 *
 * The number of sockets suits the common limit of 1,024 open files. The time-outs are adapted within these bounds.
 */
export const scanLimitsSchema = z
  .strictObject({
    confirm: z
      .boolean()
      .default(true)
      .describe(
        "Ports that nmap found half-open (`-sS`) are recorded only after a full handshake. `false`: they are recorded without.",
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
      .describe("Connections in progress at once. A lower limit on open files lowers it."),
    reserved_descriptors: z
      .number()
      .int()
      .min(0)
      .max(65_536)
      .default(64)
      .describe("Open files that the scanner leaves to the rest of the program."),
    connect_timeout_ms: z.number().int().min(10).max(60_000).default(1_000).describe("Maximum wait for an answer."),
    min_timeout_ms: z
      .number()
      .int()
      .min(1)
      .max(60_000)
      .default(50)
      .describe("Minimum wait for an answer to the first probe of an endpoint."),
    min_retry_timeout_ms: z
      .number()
      .int()
      .min(1)
      .max(60_000)
      .default(130)
      .describe("Minimum wait for an answer to later probes."),
    max_attempts: z
      .number()
      .int()
      .min(1)
      .max(15)
      .default(6)
      .describe("Maximum number of probes to a silent endpoint; more than two only while packets are lost."),
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
    message: `${JSON.stringify(text.slice(0, 100))} is not an address, network (10.0.0.0/8) or range (10.0.0.1-10.0.0.9)`,
  });
  return z.NEVER;
});

/** Which addresses may be probed. */
export const scopeSchema = z.strictObject({
  allow: z.array(rangeText).default([]).describe("Further addresses, networks and ranges that may be probed."),
  exclude: z.array(rangeText).default([]).describe("Never probed, even if a target or `allow` lists it."),
});
