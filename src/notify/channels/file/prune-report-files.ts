import { lstatSync, rmSync, type Stats } from "node:fs";
import { opendir } from "node:fs/promises";
import path from "node:path";
import { systemCode } from "../../../core/errors.ts";
import { isReportFileName, sideFileName } from "./report-file-name.ts";

export interface ReportFileLimits {
  /** Reports that were written before this time are removed; milliseconds since the epoch. */
  readonly before?: number | undefined;
  readonly atMost?: number | undefined;
  readonly maxBytes?: number | undefined;
}

export interface PrunedReportFiles {
  /** A report is its text file with the JSON and HTML files of the same name. */
  readonly reports: number;
  readonly bytes: number;
}

/** Names held in memory at once; the next run handles the others. */
const maxHeld = 10_000;

/** `LABEL_20240925_143022.txt`, possibly with a number. */
const ourName = /_\d{8}_\d{6}(?:_\d{1,5})?\.txt$/;

/**
 * Removes the oldest reports in `directory`: texts that are named as this program names them, with the JSON and HTML of the same name. Everything
 * else is kept: other files, links, folders and their contents. A folder that does not exist is an empty one.
 * @throws the system's error
 */
export async function pruneReportFiles(directory: string, limits: ReportFileLimits): Promise<PrunedReportFiles> {
  const { before = 0, atMost = Number.MAX_SAFE_INTEGER, maxBytes = Number.MAX_SAFE_INTEGER } = limits;
  const removed = { reports: 0, bytes: 0 };
  const remove = ({ name, bytes }: Report) => {
    // The text last: after an interruption the next run finds the rest by its name.
    for (const each of [...sideFiles(name), name]) rmSync(path.join(directory, each), { force: true });
    removed.reports += 1;
    removed.bytes += bytes;
  };
  const found = { reports: 0, bytes: 0 };
  let oldest: Report[] = [];
  for await (const report of reportsIn(directory)) {
    if (report.writtenAt < before) {
      remove(report);
      continue;
    }
    found.reports += 1;
    found.bytes += report.bytes;
    oldest.push(report);
    if (oldest.length >= 2 * maxHeld) oldest = oldest.sort(byAge).slice(0, maxHeld);
  }
  for (const report of oldest.sort(byAge).slice(0, maxHeld)) {
    if (found.reports <= atMost && found.bytes <= maxBytes) break;
    remove(report);
    found.reports -= 1;
    found.bytes -= report.bytes;
  }
  return removed;
}

/** How many reports are in `directory`, and how many bytes they use. */
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
      const others = sideFiles(name).map((each) => fileAt(path.join(directory, each))?.size ?? 0);
      yield { name, writtenAt: text.mtimeMs, bytes: others.reduce((sum, size) => sum + size, text.size) };
    }
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

function sideFiles(name: string): readonly string[] {
  return [sideFileName(name, ".json"), sideFileName(name, ".html")];
}

/** Links are not followed. */
function fileAt(file: string): Stats | undefined {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats : undefined;
}
