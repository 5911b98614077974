import { writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { harbinger } from "../harness/cli.ts";

/** Shared by the tests of `harbinger import`: a folder with a configuration, and the command's output as JSON. */

interface Tally {
  readonly added: number;
  readonly merged: number;
  readonly unchanged: number;
  readonly leftOut: number;
  readonly unwatched?: number;
}

export interface Imported {
  readonly status: number | null;
  readonly services: Tally;
  readonly devices: Tally;
  readonly connections: Tally;
  readonly files: readonly {
    readonly file: string;
    readonly format: string;
    readonly records: number;
    readonly unreadable: number;
    readonly faults: readonly { readonly where: string; readonly reason: string }[];
  }[];
  readonly stderr: string;
}

export function configure(directory: string, yaml: string): void {
  writeFileSync(path.join(directory, "harbinger.yaml"), yaml);
}

export async function importFiles(directory: string, ...args: readonly string[]): Promise<Imported> {
  const { status, stdout, stderr } = await harbinger(["import", "--json", ...args], { directory });
  const lines = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const result = lines.find(({ type }) => type === "result");
  return { ...result, status, files: lines.filter(({ type }) => type === "file"), stderr };
}

/** `address port` of all known services, with the state that a watch has for each. */
export async function knownServices(directory: string): Promise<readonly string[]> {
  const { stdout } = await harbinger(["hosts", "--json", "--limit", "1000000"], { directory });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .map(({ address, port, watches }) =>
      [address, port, ...watches.map((watch: { state: string }) => watch.state)].join(" "),
    );
}

/** Runs every watch once. @returns what the scan of `watch` found: `new`, `gone` and so on, from the log */
export async function scanOnce(directory: string, watch: string): Promise<Readonly<Record<string, number>>> {
  const { stdout, stderr } = await harbinger(["--mode", "cron"], { directory });
  const scan = (stdout + stderr)
    .split("\n")
    .find((line) => /scan (?:complete|partial) /.test(line) && line.includes(`"watch":"${watch}"`));
  if (scan === undefined) throw new Error(`no scan of ${watch} in:\n${stdout}\n${stderr}`);
  const count = (name: string) => Number(new RegExp(`"${name}":(\\d+)`).exec(scan)?.[1] ?? 0);
  return { new: count("new"), gone: count("gone"), present: count("present") };
}

export function makeDatabase(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}
