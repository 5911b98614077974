import * as z from "zod";
import { type AddressRange, parseRange } from "../../core/network.ts";
import { parseRecipient, recipientProblem, splitList } from "../../core/recipients.ts";
import { timeZoneProblem } from "../../core/wall-clock.ts";
import type { AlertTextSettings } from "../../present/alerts/alert-text.ts";
import { durationMs, durationSchema, portsOf, portsSchema } from "../../present/settings/value-schemas.ts";
import type { BudgetSettings } from "./alert-gate.ts";
import type { CooldownSettings } from "./cooldown-table.ts";
import type { IgnoreSettings } from "./ignore-rules.ts";

const wait = durationSchema({ expected: 'a duration such as "30s", "10m" or "1d"' });

const interval = durationSchema({ expected: 'a duration such as "30s", "10m" or "1d", a second or more', min: 1000 });

const network = z
  .string()
  .refine((text) => parseRange(text) !== undefined, "expected an address, a network (10.0.0.0/8) or a range");

const ignoreSchema = z.strictObject({
  loopback: z
    .boolean()
    .default(true)
    .meta({ description: "No alerts about connections from this machine, such as health checks and its own scans." }),
  private: z
    .boolean()
    .default(false)
    .meta({ description: "No alerts about connections from private and link-local networks." }),
  networks: z
    .array(network)
    .max(10_000)
    .default([])
    .meta({ description: "No alerts about connections from these addresses, networks or ranges." }),
  ports: portsSchema.optional().meta({ description: "No alerts about connections to these ports." }),
  pairs: z
    .array(z.strictObject({ networks: z.array(network).min(1).max(10_000), ports: portsSchema }))
    .max(100)
    .default([])
    .meta({ description: "No alerts about connections from these networks to these ports." }),
  unrecorded: z.boolean().default(false).meta({ description: "Ignored connections are neither recorded nor logged." }),
});

const budgetSchema = z.strictObject({
  at_once: z.int().min(1).max(1000).default(10).meta({ description: "Alerts that one channel may send in a row." }),
  then_every: interval.default("1m").meta({ description: "After them, one more alert per interval." }),
  digest: interval.default("1m").meta({
    description:
      "Connections over the budget go into a digest that collects for this long, and twice as long the next time.",
  }),
  longest_digest: interval.default("15m").meta({ description: "Maximum time that a digest collects." }),
});

const payloadSchema = z.strictObject({
  include: z.boolean().default(true).meta({ description: "Whether alerts show the first bytes of a connection." }),
  mode: z
    .enum(["auto", "text", "hex", "base64"])
    .default("auto")
    .meta({ description: "auto: text where the bytes are text, else hex." }),
  max_chars: z.int().min(1).max(20_000).default(600).meta({ description: "Maximum number of characters shown." }),
  strip_control: z.boolean().default(true).meta({
    description: "Control characters are shown as a dot; false: as an escape such as \\x1b.",
  }),
});

/** Section `alerts` of the configuration: which connections to decoy ports raise alerts, and what alerts contain. */
export const alertsSchema = z
  .strictObject({
    email: z
      .union([z.string(), z.array(z.string())])
      .superRefine((given, context) => {
        for (const text of splitList(given)) {
          const problem = recipientProblem(text);
          if (problem === undefined) continue;
          const message = `${JSON.stringify(text.slice(0, 80))} is not a mail address: ${problem}`;
          context.addIssue({ code: "custom", message });
        }
      })
      .optional()
      .meta({ description: "Recipients of alerts by mail: one address, several separated by commas, or a list." }),
    notify: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .meta({
        description: "Channels that get alerts besides mail. Default: all configured channels.",
        names: "channels",
      }),
    cooldown: wait.default("30m").meta({
      description: "After an alert, further connections of its address are suppressed and counted for this long.",
    }),
    forget: wait
      .default("1d")
      .meta({ description: "Without summaries: how long a count is kept in case its address connects again." }),
    remember: z.int().min(1).max(1_000_000).default(20_000).meta({
      description: "Maximum number of addresses remembered; the one that connected least recently is dropped first.",
    }),
    ipv6_by_network: z.boolean().default(true).meta({
      description:
        "Addresses of one IPv6 /64 of the Internet share a cooldown: one host can use all of them. Neighbours (unique local, link-local, and in networks of this machine's own interfaces) have one each.",
    }),
    summary: z
      .boolean()
      .default(true)
      .meta({ description: "When an address stops connecting, one more alert sums up its suppressed connections." }),
    budget: z
      .union([budgetSchema, z.literal(false)])
      .prefault({})
      .meta({ description: "How many alerts a channel may send; false: no limit." }),
    ignore: ignoreSchema.prefault({}).meta({ description: "Connections that raise no alert." }),
    time_zone: z
      .string()
      .max(100)
      .superRefine((name, context) => {
        const message = timeZoneProblem(name);
        if (message !== undefined) context.addIssue({ code: "custom", message });
      })
      .optional()
      .meta({ description: "Time zone of the times in alerts. Default: `standalone.time_zone`." }),
    include_utc: z.boolean().default(false).meta({ description: "Also show the time in UTC." }),
    include_city: z.boolean().default(true).meta({ description: "Show city and region." }),
    include_coords: z.boolean().default(false).meta({ description: "Show approximate coordinates." }),
    coords_precision: z.int().min(0).max(6).default(2).meta({ description: "Decimal places of coordinates." }),
    html: z.boolean().default(true).meta({ description: "Send mails with an HTML version beside the plain text." }),
    fingerprints: z.boolean().default(true).meta({ description: "Show JA3 and JA4 of TLS clients." }),
    payload: payloadSchema.prefault({}).meta({ description: "The first bytes of a connection." }),
  })
  .meta({ description: "Which connections to decoy ports raise alerts, and what alerts contain." });

export type AlertsSection = z.output<typeof alertsSchema>;

/** The settings of alerts. Durations in milliseconds. */
export interface AlertSettings {
  /** Mail addresses. */
  readonly recipients: readonly string[];
  /** Names of channels in the section `notify`. Absent: all configured channels. */
  readonly notify?: readonly string[] | undefined;
  readonly cooldown: CooldownSettings;
  readonly budget?: BudgetSettings | undefined;
  readonly ignore: IgnoreSettings;
  readonly text: AlertTextSettings;
}

export function alertSettings(section: AlertsSection): AlertSettings {
  const { budget, ignore, payload } = section;
  return {
    recipients: splitList(section.email).flatMap((text) => parseRecipient(text) ?? []),
    notify: section.notify === undefined ? undefined : [...new Set(splitList(section.notify))],
    cooldown: {
      cooldownMs: durationMs(section.cooldown),
      forgetMs: durationMs(section.forget),
      limit: section.remember,
      ipv6ByNetwork: section.ipv6_by_network,
      summaries: section.summary,
    },
    budget: budget === false ? undefined : budgetSettings(budget),
    ignore: {
      loopback: ignore.loopback,
      thisMachine: ignore.loopback,
      privates: ignore.private,
      networks: readNetworks(ignore.networks),
      ports: ignore.ports === undefined ? [] : portsOf(ignore.ports),
      pairs: ignore.pairs.map((pair) => ({
        networks: readNetworks(pair.networks),
        ports: portsOf(pair.ports),
      })),
      alsoUnrecorded: ignore.unrecorded,
    },
    text: {
      html: section.html,
      timeZone: section.time_zone,
      includeUtc: section.include_utc,
      includeCity: section.include_city,
      includeCoordinates: section.include_coords,
      coordinatePrecision: section.coords_precision,
      payload: payload.include
        ? { mode: payload.mode, maxChars: payload.max_chars, stripControl: payload.strip_control }
        : undefined,
      fingerprints: section.fingerprints,
    },
  };
}

function budgetSettings(budget: z.output<typeof budgetSchema>): BudgetSettings {
  return {
    atOnce: budget.at_once,
    refillMs: durationMs(budget.then_every),
    digestMs: durationMs(budget.digest),
    maxDigestMs: Math.max(durationMs(budget.longest_digest), durationMs(budget.digest)),
  };
}

function readNetworks(texts: readonly string[]): AddressRange[] {
  return texts.map(parseRange).filter((range) => range !== undefined);
}
