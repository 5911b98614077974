import { Command } from "commander";
import type { Delivery, DeliverySummary, Message } from "../../core/delivery.ts";
import type { Discovery } from "../../core/discovery.ts";
import { HarbingerError } from "../../core/errors.ts";
import { safeText } from "../../core/safe-text.ts";
import type { Store } from "../../core/store.ts";
import { shownState } from "../../present/deliveries/shown-state.ts";
import { endText } from "../../present/discoveries/attention-words.ts";
import { endpointText } from "../../present/hosts/every-port.ts";
import { briefTime, formatTime } from "../../present/text/time-text.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { messagePlace, reportFolder } from "../message-place.ts";
import { note, print, printJson, printTable, printText } from "../output.ts";
import { parseCount } from "../parse-count.ts";

/** With a message; those without are still being prepared. */
const states = ["queued", "sending", "delivered", "dead"] as const;

export function reportsCommand(): Command {
  const command = withCommonOptions(new Command("reports"))
    .description("list reports, newest first")
    .option("--label <label>", "only reports of this label")
    .option("--limit <count>", "maximum number of lines", parseCount, 50)
    .addHelpText(
      "after",
      examples("harbinger reports", 'harbinger reports --label "Network Security"', "harbinger reports show 42"),
    )
    .action(async (options: { label?: string; limit: number }, self: Command) => {
      const { openStoreToList } = await import("../open.ts");
      await using store = await openStoreToList(commonOptions(self));
      if (store === undefined) return;
      const reports = (
        await store.deliveries.list({
          states,
          limit: options.limit,
          label: options.label,
        })
      ).rows;
      if (reports.length === 0 && options.label !== undefined) {
        const { requireLabel } = await import("../known-names.ts");
        await requireLabel(options.label, store, commonOptions(self));
      }
      if (commonOptions(self).json === true) {
        const { reportJson } = await import("../../present/deliveries/report-json.ts");
        for (const report of reports) printJson(reportJson(report));
      } else if (reports.length === 0) note(await whyNone(store));
      else list(reports, await reportFolder(commonOptions(self)));
    });
  return command.addCommand(showCommand());
}

/** What to do when nothing matches. */
async function whyNone(store: Store): Promise<string> {
  const [any] = (await store.deliveries.list({ states, limit: 1 })).rows;
  if (any !== undefined) return "No matching reports. harbinger reports lists all of them.";
  return "No reports yet. A run creates the first one: harbinger --mode cron";
}

function showCommand(): Command {
  return withCommonOptions(new Command("show"))
    .description("show one report")
    .argument("<id>", "report number from the list", parseCount)
    .option("--html", "the HTML part")
    .option("--all", "every host in the report, including those left out of the message")
    .addHelpText("after", examples("harbinger reports show 42", "harbinger reports show 42 --html > report.html"))
    .action(async (id: number, options: ShowOptions, self: Command) => {
      const { openConfiguredStore } = await import("../open.ts");
      await using store = await openConfiguredStore(commonOptions(self));
      const report = await store.deliveries.get(id);
      if (report?.message === undefined) {
        throw new HarbingerError("not-found", `there is no report ${id}`, { remedy: "harbinger reports lists them." });
      }
      const { message } = report;
      const tally = await store.deliveries.tally(id);
      const announced = tally.reduce((sum, { count }) => sum + count, 0);
      const isLong = options.all === true || announced > alwaysInMessage;
      if (commonOptions(self).json === true) {
        const { discoveryJson } = await import("../../present/discoveries/discovery-json.ts");
        const { reportDetailsJson } = await import("../../present/deliveries/report-json.ts");
        printJson(reportDetailsJson(report, message, announced));
        for await (const discovery of allAnnounced(store, id)) printJson(discoveryJson(discovery));
      } else if (options.html === true) print(message.html ?? "");
      else {
        printText(safeText(textOf(report, message), { multiline: true, limit: maxTextLength }), 2);
        if (isLong) await printAnnounced(store, id);
      }
    });
}

/** The text with subject and recipient above it. The text of a file already contains its subject. */
function textOf({ recipient }: Delivery, { subject, text }: Message): string {
  const to = `To: ${recipient === "" ? "a file only" : recipient}\n`;
  const hasSubject = text.split("\n", headLines).some((line) => line.startsWith("Subject: "));
  return hasSubject ? `${to}${text}` : `Subject: ${subject}\n${to}\n${text}`;
}

/** Maximum number of lines before the text of a report file. */
const headLines = 6;

interface ShowOptions {
  readonly html?: boolean;
  readonly all?: boolean;
}

/** A message always contains this many hosts, if there are as many. */
const alwaysInMessage = 1000;
const maxTextLength = 50_000_000;
const pageSize = 5000;
const kindWidth = "certificate-expiring".length;

async function* allAnnounced(store: Store, deliveryId: number): AsyncGenerator<Discovery> {
  for (let offset = 0; ; offset += pageSize) {
    const page = await store.deliveries.announced({ deliveryId, limit: pageSize, offset });
    yield* page;
    if (page.length < pageSize) return;
  }
}

async function printAnnounced(store: Store, deliveryId: number): Promise<void> {
  print("Everything that this report announces:");
  for await (const { kind, watch, address, port, at, detail, evidence, ended } of allAnnounced(store, deliveryId)) {
    const where = address === undefined ? "-" : endpointText(address, port);
    const what = detail === undefined || detail === "" ? "" : `  ${safeText(detail)}`;
    const over = ended === undefined ? "" : `  [${endText(ended, formatTime)}]`;
    printText(`${formatTime(at)}  ${kind.padEnd(kindWidth)}  ${where}  (${safeText(watch)})${what}${over}`);
    if (evidence !== undefined && evidence !== "") {
      printText(safeText(evidence, { multiline: true, limit: 20_000 }).replace(/^/gm, "    "));
    }
  }
}

function list(reports: readonly DeliverySummary[], folder: string): void {
  printTable<DeliverySummary>(
    [
      { title: "ID", value: (report) => report.id, alignRight: true },
      {
        title: "TIME",
        value: (report) => formatTime(report.message?.date ?? report.createdAt),
        brief: (report) => briefTime(report.message?.date ?? report.createdAt),
      },
      { title: "STATE", value: (report) => shownState(report.state) },
      {
        title: "TO",
        value: (report) => messagePlace(report, folder),
        brief: (report) => messagePlace(report),
      },
      { title: "SUBJECT", value: (report) => report.message?.subject },
    ],
    reports,
  );
}
