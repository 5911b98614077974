import { spawnSync } from "node:child_process";
import type { Reported } from "./ask.ts";
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
  readonly ours: Reported;
  readonly nmaps: Reported;
  readonly ourMarks: Marks;
  readonly nmapMarks: Marks;
  readonly verdict: Mark;
}

export function judge(server: ServerCase, ours: Reported, nmaps: Reported): Row {
  const version = packageVersion(server.package);
  const marks = (reported: Reported): Marks => ({
    protocol: mark(reported.protocol, (name) => server.protocol.test(name)),
    product: mark(reported.product, (name) => server.product.test(name)),
    version: mark(reported.version, (name) => server.version?.test(name) ?? isVersion(name, version)),
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

function mark(reported: string | undefined, isRight: (reported: string) => boolean): Mark {
  if (reported === undefined || reported === "") return "silent";
  return isRight(reported) ? "right" : "wrong";
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
function isVersion(reported: string, truth: string): boolean {
  const reportedVersion = reported.split(" ")[0] ?? "";
  const isPart = reportedVersion.includes(".") && truth.startsWith(`${reportedVersion}.`);
  return (
    reportedVersion === truth ||
    isPart ||
    (reportedVersion.startsWith(truth) && !/^[\d]/.test(reportedVersion.slice(truth.length)))
  );
}

export const tableHead =
  "| server | version | protocol | product | version | verdict | s | nmap: protocol | product | version | s |\n" +
  "|---|---|---|---|---|---|---|---|---|---|---|";

const signs = { right: "", silent: "", wrong: " **wrong**" } as const;

export function rowText({ name, truth, ours, nmaps, ourMarks, nmapMarks, verdict }: Row): string {
  const cells = (reported: Reported, marks: Marks) =>
    (["protocol", "product", "version"] as const).map(
      (key) => `${(reported[key] ?? "–").slice(0, 40)}${signs[marks[key]]}`,
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
  const seconds = (of: (row: Row) => Reported) => {
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
