import { Command } from "commander";
import { maxSummaryMs } from "../../core/connection-counts.ts";
import { HarbingerError, messageOf, systemCode } from "../../core/errors.ts";
import { type CommonOptions, commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { note, print, printJson } from "../output.ts";
import { instantText, readInstant } from "../parse-instant.ts";

interface ReportOptions {
  readonly html: string;
  readonly since?: string;
  readonly until?: string;
}

const usualSpanMs = 7 * 86_400_000;

export function reportCommand(): Command {
  return withCommonOptions(new Command("report"))
    .description(
      "write an overview of a time span as one HTML file, to mail to others (harbinger reports lists those that were sent)",
    )
    .requiredOption("--html <file>", "write it to this file, which is replaced; - for standard output")
    .option(
      "--since <time>",
      "start time: 2026-01-31, 2026-01-31T08:00, today, yesterday, or how long ago: 90m, 2d (default: 7 days before the end)",
      instantText,
    )
    .option(
      "--until <time>",
      "only before this time; same forms, a date ends before that day begins (default: now)",
      instantText,
    )
    .addHelpText(
      "after",
      `
The file shows what is new, gone, back and changed, who connected to decoy ports and from where, which scans were complete, what was sent or could
not be delivered, and certificates that expire soon. It has everything in itself: it loads nothing, runs nothing, and can be printed. Only
its owner can read it. A span has at most 366 days.
${examples(
  "harbinger report --html week.html",
  "harbinger report --html january.html --since 2026-01-01 --until 2026-02-01",
  "harbinger report --html - --since 1d | mail -a 'Content-Type: text/html' -s 'Network report' boss@example.org",
)}`,
    )
    .action((options: ReportOptions, command: Command) => writeReport(options, commonOptions(command)));
}

async function writeReport(options: ReportOptions, common: CommonOptions): Promise<void> {
  const path = await import("node:path");
  const isStandardOutput = options.html === "-";
  const file = isStandardOutput ? options.html : await placeOf(path.resolve(options.html), options.html);
  const { openConfiguredStore, readConfig } = await import("../open.ts");
  const { readSpan } = await import("../span-report/read-span.ts");
  const { spanReportHtml } = await import("../../present/span-report/span-report-html.ts");
  const outcome = readConfig(common);
  const hasListeners = outcome.kind !== "config" || outcome.config.listeners.length > 0;
  await using store = await openConfiguredStore(common);
  const span = spanOf(options);
  const html = spanReportHtml(await readSpan(store, { ...span, hasListeners }));
  if (isStandardOutput) {
    print(html);
    return;
  }
  const { writeFileAtomically } = await import("../../platform/private-files.ts");
  try {
    writeFileAtomically(file, html);
  } catch (error) {
    throw unwritable(file, error);
  }
  const bytes = Buffer.byteLength(html);
  if (common.json === true) printJson({ file, bytes, since: isoTime(span.since), until: isoTime(span.until) });
  else if (common.quiet !== true) {
    const { sizeText } = await import("../../core/size-text.ts");
    note(`Report ${file}, ${sizeText(bytes)}`);
  }
}

function spanOf(options: ReportOptions) {
  const until = readInstant(options.until) ?? Date.now();
  const since = readInstant(options.since) ?? until - usualSpanMs;
  if (since >= until) throw new HarbingerError("usage", "--since must be before --until");
  if (until - since > maxSummaryMs) throw new HarbingerError("usage", "a report covers at most 366 days");
  return { since, until };
}

/**
 * Where the file is written: a new one, or one that is there already, and not its link, if that is of this user or of root. A device or a named pipe would be replaced, too.
 * @throws HarbingerError if there is no place for a file
 */
async function placeOf(file: string, wanted: string): Promise<string> {
  const { statSync } = await import("node:fs");
  const { followOwnLinks } = await import("../../platform/private-files.ts");
  const path = await import("node:path");
  let found: ReturnType<typeof statSync>;
  try {
    // First: where the system protects shared folders, it does not say more about a link of another user than that it is forbidden.
    const behind = followOwnLinks(file);
    found = statSync(file, { throwIfNoEntry: false });
    if (found?.isFile() === true && !/[\\/]$/.test(wanted)) return behind;
  } catch (error) {
    throw unwritable(file, error);
  }
  if (/[\\/]$/.test(wanted) || found?.isDirectory() === true) {
    throw new HarbingerError("usage", `${file} is a folder`, {
      remedy: `Name a file: --html ${path.join(wanted, "report.html")}`,
    });
  }
  if (found === undefined) return file;
  throw new HarbingerError("usage", `${file} is not a regular file, and would be replaced by one`, {
    remedy: "Name another file, or - for standard output: --html - > FILE",
  });
}

function unwritable(file: string, error: unknown): HarbingerError {
  if (error instanceof HarbingerError) return error;
  const code = systemCode(error);
  const remedies: Readonly<Record<string, string>> = {
    ENOENT: "Create its folder first.",
    ENOTDIR: "Name a file in a folder.",
    ENAMETOOLONG: "Choose a shorter name.",
    ELOOP: "Name a file that is not a link to itself.",
    EACCES: "Name a file in a folder where this user may write.",
    EPERM: "Name a file in a folder where this user may write.",
    EROFS: "Name a file in a folder where this user may write.",
    ENOSPC: "Free some space on that disk, or name a file on another one.",
  };
  const remedy = remedies[code ?? ""];
  const kind = code === "EACCES" || code === "EPERM" || code === "EROFS" ? "permission" : "store";
  const isWrongPlace = ["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP"].includes(code ?? "");
  return new HarbingerError(isWrongPlace ? "usage" : kind, `cannot write ${file}: ${messageOf(error)}`, {
    ...(remedy !== undefined && { remedy }),
    cause: error,
  });
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
