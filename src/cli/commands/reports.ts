import { Command } from "commander";
import type { Delivery } from "../../core/delivery.ts";
import { HarbingerError } from "../../core/errors.ts";
import { safeText } from "../../core/safe-text.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { formatTime, note, print, printJson, printTable } from "../output.ts";
import { parseCount } from "../parse-count.ts";

export function reportsCommand(): Command {
  const command = withCommonOptions(new Command("reports"))
    .description("list the reports that were composed, newest first")
    .option("--label <label>", "only reports of this label")
    .option("--limit <count>", "lines at most", parseCount, 50)
    .addHelpText(
      "after",
      examples("harbinger reports", 'harbinger reports --label "Network Security"', "harbinger reports show 42"),
    )
    .action(async (options: { label?: string; limit: number }, self: Command) => {
      const { openConfiguredStore } = await import("../open.ts");
      await using store = await openConfiguredStore(commonOptions(self));
      const reports = await store.deliveries.list({
        states: ["queued", "sending", "delivered", "dead"],
        limit: options.limit,
        ...(options.label === undefined ? {} : { label: options.label }),
      });
      if (commonOptions(self).json === true) for (const report of reports) printJson(summary(report));
      else if (reports.length === 0) note("There is no report yet. One run makes the first: harbinger --mode cron");
      else list(reports);
    });
  return command.addCommand(showCommand());
}

function showCommand(): Command {
  return withCommonOptions(new Command("show"))
    .description("show one report as it was composed")
    .argument("<id>", "its number in the list", parseCount)
    .option("--html", "the HTML part")
    .action(async (id: number, options: { html?: boolean }, self: Command) => {
      const { openConfiguredStore } = await import("../open.ts");
      await using store = await openConfiguredStore(commonOptions(self));
      const report = await store.deliveries.get(id);
      if (report?.message === undefined)
        throw new HarbingerError("usage", `there is no report ${id}`, { remedy: "harbinger reports lists them." });
      if (commonOptions(self).json === true)
        printJson({
          ...summary(report),
          text: report.message.text,
          report: report.message.json === undefined ? undefined : (JSON.parse(report.message.json) as unknown),
        });
      else if (options.html === true) print(report.message.html ?? "");
      else
        print(
          safeText(`Subject: ${report.message.subject}\nTo: ${report.recipient}\n\n${report.message.text}`, {
            multiline: true,
            limit: 50_000_000,
          }),
        );
    });
}

function summary(report: Delivery) {
  return {
    id: report.id,
    time: new Date(report.message?.date ?? report.createdAt).toISOString(),
    label: report.label,
    channel: report.channel,
    recipient: report.recipient,
    state: report.state,
    subject: report.message?.subject,
    file: report.message?.fileName,
  };
}

function list(reports: readonly Delivery[]): void {
  printTable<Delivery>(
    [
      { title: "ID", value: (report) => report.id, alignRight: true },
      { title: "TIME", value: (report) => formatTime(report.message?.date ?? report.createdAt) },
      { title: "STATE", value: (report) => report.state },
      {
        title: "TO",
        value: (report) => (report.channel === "file" ? (report.message?.fileName ?? "file") : report.recipient),
      },
      { title: "SUBJECT", value: (report) => report.message?.subject },
    ],
    reports,
  );
}
