import { spawnSync } from "node:child_process";
import type { Told } from "./ask.ts";
import type { ServerCase } from "./server-case.ts";

/** `right`, `silent` if nothing is reported, or `wrong` if something else is reported. */
type Mark = "right" | "silent" | "wrong";

interface Marks {
  readonly protocol: Mark;
  readonly product: Mark;
  readonly version: Mark;
}

export interface Row {
  readonly name: string;
  readonly truth: string;
  readonly ours: Told;
  readonly nmaps: Told;
  readonly ourMarks: Marks;
  readonly nmapMarks: Marks;
  readonly verdict: Mark;
}

export function judge(server: ServerCase, ours: Told, nmaps: Told): Row {
  const version = packageVersion(server.package);
  const marks = (told: Told): Marks => ({
    protocol: mark(told.protocol, (name) => server.protocol.test(name)),
    product: mark(told.product, (name) => server.product.test(name)),
    version: mark(told.version, (name) => server.version?.test(name) ?? isVersion(name, version)),
  });
  return {
    name: server.name,
    truth: version,
    ours,
    nmaps,
    ourMarks: marks(ours),
    nmapMarks: marks(nmaps),
    verdict: ours.verdict === server.verdict ? "right" : ours.verdict === "inconclusive" ? "silent" : "wrong",
  };
}

function mark(told: string | undefined, isRight: (told: string) => boolean): Mark {
  if (told === undefined || told === "") return "silent";
  return isRight(told) ? "right" : "wrong";
}

/** The upstream version: `1:9.2p1-2+deb12u3` is 9.2p1. */
function packageVersion(name: string): string {
  const { stdout } = spawnSync("dpkg-query", ["--show", name], { encoding: "utf8" });
  return (stdout.split("\t")[1] ?? "")
    .trim()
    .replace(/^\d+:/, "")
    .replace(/-[^-]*$/, "")
    .replace(/[+~](?:dfsg|really|ds|git|is|rc)?.*$/, "");
}

/** Complete, or at least its first two numbers: CUPS 2.4.2 reports 2.4. */
function isVersion(told: string, truth: string): boolean {
  const said = told.split(" ")[0] ?? "";
  const isPart = said.includes(".") && truth.startsWith(`${said}.`);
  return said === truth || isPart || (said.startsWith(truth) && !/^[\d]/.test(said.slice(truth.length)));
}

export const tableHead =
  "| server | version | protocol | product | version | verdict | s | nmap: protocol | product | version | s |\n" +
  "|---|---|---|---|---|---|---|---|---|---|---|";

const signs = { right: "", silent: "", wrong: " **wrong**" } as const;

export function rowText({ name, truth, ours, nmaps, ourMarks, nmapMarks, verdict }: Row): string {
  const cells = (told: Told, marks: Marks) =>
    (["protocol", "product", "version"] as const).map(
      (key) => `${(told[key] ?? "–").slice(0, 40)}${signs[marks[key]]}`,
    );
  return `| ${[
    name,
    truth,
    ...cells(ours, ourMarks),
    `${ours.verdict ?? ""}${signs[verdict]}`,
    ours.seconds.toFixed(1),
    ...cells(nmaps, nmapMarks),
    nmaps.seconds.toFixed(1),
  ].join(" | ")} |`;
}

export function totals(rows: readonly Row[]): string {
  const count = (of: (row: Row) => Mark, wanted: Mark) => rows.filter((row) => of(row) === wanted).length;
  const line = (title: string, of: (row: Row) => Mark, nmaps?: (row: Row) => Mark) =>
    `| ${title} | ${count(of, "right")} | ${count(of, "wrong")} | ${nmaps === undefined ? "– | –" : `${count(nmaps, "right")} | ${count(nmaps, "wrong")}`} |`;
  const seconds = (of: (row: Row) => Told) => {
    const sorted = rows.map((row) => of(row).seconds).sort((left, right) => left - right);
    const sum = sorted.reduce((total, value) => total + value, 0);
    return `${sum.toFixed(0)} (median ${(sorted[sorted.length >> 1] ?? 0).toFixed(1)})`;
  };
  return [
    `| of ${rows.length} servers | right | wrong | nmap: right | wrong |`,
    "|---|---|---|---|---|",
    ...(["protocol", "product", "version"] as const).map((key) =>
      line(
        key,
        (row) => row.ourMarks[key],
        (row) => row.nmapMarks[key],
      ),
    ),
    line("verdict", (row) => row.verdict),
    `| seconds | ${seconds((row) => row.ours)} | | ${seconds((row) => row.nmaps)} | |`,
  ].join("\n");
}
