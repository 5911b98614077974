import { Command, Option } from "commander";
import type { Delivery, DeliveryState } from "../../core/delivery.ts";
import { HarbingerError } from "../../core/errors.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { gaveUpNote } from "../gave-up-note.ts";
import { formatTime, note, plural, printJson, printTable } from "../output.ts";
import { parseCount } from "../parse-count.ts";

const states = [
  "open",
  "queued",
  "sending",
  "delivered",
  "dead",
  "superseded",
] as const satisfies readonly DeliveryState[];

export function deliveriesCommand(): Command {
  const command = withCommonOptions(new Command("deliveries"))
    .description("show what waits, what arrived and what could not be delivered")
    .addOption(new Option("--state <state...>", "only these states").choices(states))
    .option("--limit <count>", "lines at most", parseCount, 50)
    .addHelpText(
      "after",
      examples(
        "harbinger deliveries",
        "harbinger deliveries --state dead",
        "harbinger deliveries retry 42",
        "harbinger deliveries retry --all",
      ),
    )
    .action(async (options: { state?: DeliveryState[]; limit: number }, self: Command) => {
      const { openConfiguredStore } = await import("../open.ts");
      await using store = await openConfiguredStore(commonOptions(self));
      const deliveries = await store.deliveries.list({
        limit: options.limit,
        ...(options.state === undefined ? {} : { states: options.state }),
      });
      if (commonOptions(self).json === true) {
        const { deliveryJson } = await import("../stored-json.ts");
        for (const delivery of deliveries) printJson(deliveryJson(delivery));
      } else if (deliveries.length === 0) note("There is nothing to deliver and nothing was delivered.");
      else list(deliveries);
      const dead = deliveries.filter(({ state }) => state === "dead").length;
      if (dead > 0) note(gaveUpNote(dead));
    });
  return command.addCommand(retryCommand());
}

function retryCommand(): Command {
  return withCommonOptions(new Command("retry"))
    .description("make deliveries due now: dead ones, and those that wait for their next attempt")
    .argument("[id...]", "their numbers in the list")
    .option("--all", "all of them")
    .action(async (words: string[], options: { all?: boolean }, self: Command) => {
      if ((words.length === 0) !== (options.all === true)) {
        throw new HarbingerError("usage", "say which deliveries: their numbers, or --all", {
          remedy: "harbinger deliveries lists them.",
        });
      }
      const { openConfiguredStore } = await import("../open.ts");
      await using store = await openConfiguredStore(commonOptions(self));
      const count = await store.deliveries.retry(options.all === true ? "all" : words.map(parseCount), Date.now());
      note(
        `${plural(count, "delivery is", "deliveries are")} due now. A running harbinger sends them within seconds; otherwise the next run does.`,
      );
    });
}

function list(deliveries: readonly Delivery[]): void {
  printTable<Delivery>(
    [
      { title: "ID", value: (delivery) => delivery.id, alignRight: true },
      { title: "STATE", value: (delivery) => (delivery.uncertain ? `${delivery.state} (uncertain)` : delivery.state) },
      { title: "CHANNEL", value: (delivery) => delivery.channel },
      { title: "TO", value: (delivery) => delivery.recipient },
      { title: "SUBJECT", value: (delivery) => delivery.message?.subject },
      { title: "TRIES", value: (delivery) => delivery.attempts, alignRight: true },
      { title: "NEXT / DELIVERED", value: (delivery) => formatTime(delivery.deliveredAt ?? delivery.nextAttemptAt) },
      { title: "LAST ERROR", value: (delivery) => delivery.lastError },
    ],
    deliveries,
  );
}
