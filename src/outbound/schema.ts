import * as z from "zod";
import { formatDuration } from "../core/duration.ts";
import type { Port } from "../core/ports.ts";
import { recipientProblem } from "../core/recipients.ts";
import { durationSchema, portSchema, portsOf, portsSchema } from "../present/settings/value-schemas.ts";
import { commandLine } from "./command-line.ts";
import { cronProblem } from "./cron-expression.ts";
import { engineKeyList, engines, selectedEngines } from "./scan/engines.ts";
import { connectEngine } from "./scan/handshake/engine.ts";
import { targetList } from "./scan/targets/target-list.ts";
import { textList } from "./text-list.ts";

export const displayText = z.union([
  z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}]*$/u, "expected a single line"),
  z.number(),
]);

/** Names of channels. Whether they are configured is checked where all sections are read. */
export const channelList = z.union([z.string(), z.array(z.string())]);

export const recipientList = textList(
  "a mail address",
  (text) => recipientProblem(text) === undefined,
  recipientProblem,
);

/** The keys of the engines, without `targets`, which other parts of the configuration read, too. */
const keysOfEngines: Readonly<Record<never, z.ZodType>> = Object.fromEntries(
  engines.filter(({ key }) => key !== "targets").map(({ key, schema }) => [key, schema.optional()]),
);

/** `1h` for `nmap_scan`, `5m` for `command`. */
const defaultTimeouts = engines
  .flatMap(({ key, timeoutMs }) => (timeoutMs === undefined ? [] : `\`${formatDuration(timeoutMs)}\` for \`${key}\``))
  .join(", ");

const shared = {
  label: displayText.optional().meta({
    description:
      "Groups watches into reports: one report per label and recipient. Part of subjects and file names. Default: the watch's name; `Port_PORT` for a `port_*` section.",
  }),
  port_label: displayText.optional().meta({ description: "Name of the port in the report." }),
  email: recipientList.optional().meta({
    description:
      "Who gets the report: one address, several with commas, or a list. `Name <address>` counts as the address. Without it and `notify`: a report file only.",
  }),
  notify: channelList.optional().meta({
    description: "Channels that get a message when something was found; with `report_on: always`, after each run.",
    names: "channels",
  }),
  targets: connectEngine.schema.optional(),
  exclude: targetList.optional().meta({ description: "Addresses of `targets` that are never probed; the same forms." }),
  ...keysOfEngines,
  timeout: durationSchema({ expected: 'a duration such as "90s", "10m" or "2h"', min: 1 })
    .optional()
    .meta({ description: `When a scan by another program is ended. Default: ${defaultTimeouts}.` }),
  post_command: commandLine.optional().meta({
    description:
      "A command for the system's shell, run for each new host; `{host}` and `{port}` are filled in. Its output is part of the report.",
  }),
  checks: z
    .union([z.string().min(1), z.array(z.string().min(1))])
    .optional()
    .meta({
      description: "Names of built-in checks to run on each host: when it is new, and then to see what changed.",
    }),
  recheck: durationSchema({ expected: 'a duration such as "6h", "1d" or "1w"', min: 1 })
    .optional()
    .meta({ description: "How often known hosts are checked again: `1d`. Needs `checks`. Default: each scan." }),
  schedule: z
    .string()
    .superRefine((expression, context) => {
      const problem = cronProblem(expression);
      if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
    })
    .optional()
    .meta({
      description:
        "Cron expression of five fields (minute, hour, day, month, weekday), or six with seconds first, or `@hourly`, `@daily`, `@weekly`, `@monthly`. In the time zone of `standalone.time_zone`. Without it: each day at `standalone.report_time`.",
    }),
  only_on_schedule: z.boolean().optional().meta({
    description:
      "`true`: it runs only at the times of its `schedule`, neither at the first start nor in every run of `--mode cron`. For slow scans. Default: `false`.",
  }),
  devices: z.boolean().optional().meta({
    description:
      "Whether to look for devices, too, where the targets are on a network of this machine. Needs `targets`. Default: see `devices.enabled`.",
  }),
  gone_after: z
    .int()
    .min(1)
    .max(1000)
    .default(2)
    .meta({ description: "After this many scans in a row that probed and missed it, a host is gone." }),
  report_on: z.enum(["always", "changes"]).optional().meta({
    description:
      "`always`: a report after each run. `changes`: only when there is news. Default: `changes` with a `schedule`, else `always`.",
  }),
};

/** A section `port_*` of the earlier tool, with the newer keys. */
export const portSectionSchema = z
  .strictObject({
    port: portSchema.meta({ description: "The TCP port, 1 to 65535. A number in quotes is accepted." }),
    ...shared,
  })
  .superRefine(targetsStandAlone, { when: hasFields })
  .superRefine(devicesNeedTargets, { when: hasFields })
  .superRefine(recheckNeedsChecks, { when: hasFields })
  .superRefine(needsSchedule, { when: hasFields });

/** An entry of `watches`. */
export const watchEntrySchema = z
  .strictObject({
    ports: portsSchema.meta({
      description:
        'TCP ports: `443`, `"80,443,8000-8100"`, or a list of both. `-1023` is up to, `1024-` from, `-` all.',
    }),
    exclude_ports: portsSchema
      .optional()
      .meta({ description: "Which of the ports are left out; the same forms. Not in `port_*` sections." }),
    ...shared,
  })
  .superRefine(leavesPorts, { when: hasFields })
  .superRefine(hasOneEngine, { when: hasFields })
  .superRefine(recheckNeedsChecks, { when: hasFields })
  .superRefine(needsSchedule, { when: hasFields });

export type PortSection = z.output<typeof portSectionSchema>;
export type WatchEntry = z.output<typeof watchEntrySchema>;

/** These rules run even where other keys have a wrong type. */
interface TargetKeys {
  readonly targets?: unknown;
  readonly exclude?: unknown;
}

/** Command lines of the earlier tool may stand side by side in a `port_*` section: the first is used. */
function targetsStandAlone(section: TargetKeys, context: z.core.$RefinementCtx): void {
  const [other] = selectedEngines(section).filter(({ engine }) => engine.key !== "targets");
  if (section.targets !== undefined && other !== undefined) notBoth("targets", other.engine.key, context);
  if (section.exclude !== undefined && section.targets === undefined) {
    context.addIssue({ code: "custom", path: ["exclude"], message: "exclude needs targets" });
  }
}

function hasOneEngine(section: TargetKeys & { readonly devices?: unknown }, context: z.core.$RefinementCtx): void {
  const [first, second] = selectedEngines(section).filter(({ engine }) => engine.key !== "targets");
  if (first !== undefined && second !== undefined) notBoth(first.engine.key, second.engine.key, context);
  if (section.targets === undefined && first === undefined) {
    context.addIssue({ code: "custom", message: `no scan method: give one of ${engineKeyList()}` });
    // That other keys need targets is a consequence.
    return;
  }
  targetsStandAlone(section, context);
  devicesNeedTargets(section, context);
}

function notBoth(key: string, other: string, context: z.core.$RefinementCtx): void {
  context.addIssue({ code: "custom", path: [other], message: `give either ${key} or ${other}, not both` });
}

function devicesNeedTargets(
  section: TargetKeys & { readonly devices?: unknown },
  context: z.core.$RefinementCtx,
): void {
  if (section.devices !== true || section.targets !== undefined) return;
  const message = "devices needs targets: the addresses of a command line are unknown";
  context.addIssue({ code: "custom", path: ["devices"], message });
}

function recheckNeedsChecks(
  section: { readonly checks?: unknown; readonly recheck?: unknown },
  context: z.core.$RefinementCtx,
): void {
  if (section.recheck === undefined || section.checks !== undefined) return;
  context.addIssue({ code: "custom", path: ["recheck"], message: "recheck needs checks to run again" });
}

function needsSchedule(
  section: { readonly schedule?: unknown; readonly only_on_schedule?: unknown },
  context: z.core.$RefinementCtx,
): void {
  if (section.only_on_schedule !== true || section.schedule !== undefined) return;
  context.addIssue({ code: "custom", path: ["only_on_schedule"], message: "only_on_schedule needs a schedule" });
}

/** Checked only where both values are valid. */
function leavesPorts(
  section: { readonly ports?: unknown; readonly exclude_ports?: unknown },
  context: z.core.$RefinementCtx,
): void {
  if (section.exclude_ports === undefined) return;
  const [ports, excluded] = [portsSchema.safeParse(section.ports), portsSchema.safeParse(section.exclude_ports)];
  if (!ports.success || !excluded.success || portsToScan(ports.data, excluded.data).length > 0) return;
  context.addIssue({ code: "custom", path: ["exclude_ports"], message: "exclude_ports excludes every port" });
}

/** The ports of `ports` without those of `excluded`; both valid. */
export function portsToScan(
  ports: z.output<typeof portsSchema>,
  excluded?: z.output<typeof portsSchema>,
): readonly Port[] {
  const leftOut = new Set(excluded === undefined ? [] : portsOf(excluded));
  return portsOf(ports).filter((port) => !leftOut.has(port));
}

function hasFields(payload: { readonly value: unknown }): boolean {
  return typeof payload.value === "object" && payload.value !== null && !Array.isArray(payload.value);
}
