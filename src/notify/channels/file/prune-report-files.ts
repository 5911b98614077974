import { lstatSync, rmSync, type Stats } from "node:fs";
import { opendir } from "node:fs/promises";
import path from "node:path";
import { systemCode } from "../../../core/errors.ts";
import { besideName, isReportFileName } from "./report-file-name.ts";

export interface ReportFileLimits {
  /** Reports that were written before then go. */
  readonly before?: number | undefined;
  readonly atMost?: number | undefined;
  readonly maxBytes?: number | undefined;
}

export interface PrunedReportFiles {
  /** A report is its text with what stands beside it. */
  readonly reports: number;
  readonly bytes: number;
}

/** Names held in memory at once; the next run handles the others. */
const maxHeld = 10_000;

/** `LABEL_20240925_143022.txt`, perhaps with a number. */
const ourName = /_\d{8}_\d{6}(?:_\d{1,5})?\.txt$/;

/**
 * Removes the oldest reports in `directory`: texts that have the name that this program gives, with the JSON and HTML of the same name. Everything
 * else stays: other files, links, folders, and what is in those. A folder that is not there has nothing to remove.
 * @throws the system's error
 */
export async function pruneReportFiles(directory: string, limits: ReportFileLimits): Promise<PrunedReportFiles> {
  const { before = 0, atMost = Number.MAX_SAFE_INTEGER, maxBytes = Number.MAX_SAFE_INTEGER } = limits;
  const removed = { reports: 0, bytes: 0 };
  const remove = ({ name, bytes }: Report) => {
    // The text last: where this is aborted, it is known what is left.
    for (const each of [...besides(name), name]) rmSync(path.join(directory, each), { force: true });
    removed.reports += 1;
    removed.bytes += bytes;
  };
  const there = { reports: 0, bytes: 0 };
  let oldest: Report[] = [];
  for await (const report of reportsIn(directory)) {
    if (report.writtenAt < before) {
      remove(report);
      continue;
    }
    there.reports += 1;
    there.bytes += report.bytes;
    oldest.push(report);
    if (oldest.length >= 2 * maxHeld) oldest = oldest.sort(byAge).slice(0, maxHeld);
  }
  for (const report of oldest.sort(byAge).slice(0, maxHeld)) {
    if (there.reports <= atMost && there.bytes <= maxBytes) break;
    remove(report);
    there.reports -= 1;
    there.bytes -= report.bytes;
  }
  return removed;
}

/** How many reports are in `directory`, and what they take. */
export async function measureReportFiles(directory: string): Promise<PrunedReportFiles> {
  let reports = 0;
  let bytes = 0;
  for await (const report of reportsIn(directory)) {
    reports += 1;
    bytes += report.bytes;
  }
  return { reports, bytes };
}

interface Report {
  readonly name: string;
  readonly writtenAt: number;
  readonly bytes: number;
}

function byAge(one: Report, other: Report): number {
  return one.writtenAt - other.writtenAt || (one.name < other.name ? -1 : 1);
}

async function* reportsIn(directory: string): AsyncGenerator<Report> {
  try {
    for await (const { name } of await opendir(directory)) {
      if (!ourName.test(name) || !isReportFileName(name)) continue;
      const text = fileAt(path.join(directory, name));
      if (text === undefined) continue;
      const others = besides(name).map((each) => fileAt(path.join(directory, each))?.size ?? 0);
      yield { name, writtenAt: text.mtimeMs, bytes: others.reduce((sum, size) => sum + size, text.size) };
    }
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

function besides(name: string): readonly string[] {
  return [besideName(name, ".json"), besideName(name, ".html")];
}

/** Not through links. */
function fileAt(file: string): Stats | undefined {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats : undefined;
}
