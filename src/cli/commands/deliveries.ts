import { Command, InvalidArgumentError, Option } from "commander";
import type { DeliveryState, DeliverySummary } from "../../core/delivery.ts";
import { HarbingerError } from "../../core/errors.ts";
import type { Cursor } from "../../core/page.ts";
import { countIn, type DeliveryStore, deadReportsIn } from "../../core/store.ts";
import { gaveUpNote } from "../../present/deliveries/dead-letter-note.ts";
import { shownState } from "../../present/deliveries/shown-state.ts";
import { waitingWords } from "../../present/deliveries/waiting-words.ts";
import { mutesNote } from "../../present/mutes/mutes-note.ts";
import { plural } from "../../present/text/plural.ts";
import { briefTime, formatTime } from "../../present/text/time-text.ts";
import { type CommonOptions, commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { suggestWords } from "../completion/suggested-values.ts";
import { messagePlace } from "../message-place.ts";
import { note, printJson, printTable } from "../output.ts";
import { parseCount } from "../parse-count.ts";

/** As shown to the user; the database has `queued` for `waiting`. */
const states = ["open", "waiting", "sending", "delivered", "dead", "superseded"] as const;

const storedState = {
  open: "open",
  waiting: "queued",
  queued: "queued",
  sending: "sending",
  delivered: "delivered",
  dead: "dead",
  superseded: "superseded",
} as const satisfies Readonly<Record<string, DeliveryState>>;

export function deliveriesCommand(): Command {
  const command = withCommonOptions(new Command("deliveries"))
    .description("list messages: waiting, delivered and undeliverable")
    .addOption(
      suggestWords(
        new Option("--state <state...>", `only these states: ${states.join(", ")}`).argParser(parseStates),
        () => states,
      ),
    )
    .option("--limit <count>", "maximum number of lines", parseCount, 50)
    .addHelpText(
      "after",
      examples(
        "harbinger deliveries",
        "harbinger deliveries --state dead",
        "harbinger deliveries retry 42",
        "harbinger deliveries retry --all",
        "harbinger deliveries hold",
      ),
    )
    .action(async (options: { state?: DeliveryState[]; limit: number }, self: Command) => {
      const { openStoreToList } = await import("../open.ts");
      await using store = await openStoreToList(commonOptions(self));
      if (store === undefined) return;
      const deliveries = (
        await store.deliveries.list({
          limit: options.limit,
          states: options.state,
          waitingAt: Date.now(),
        })
      ).rows;
      const { folder, shownRecipients, audiences } = await configured(commonOptions(self));
      const shownRecipient = ({ channel, recipient }: DeliverySummary) => shownRecipients?.get(channel) ?? recipient;
      if (commonOptions(self).json === true) {
        const { deliveryJson } = await import("../../present/deliveries/delivery-json.ts");
        for (const delivery of deliveries)
          printJson({ ...deliveryJson(delivery), recipient: shownRecipient(delivery) });
      } else if (deliveries.length === 0) note(await whyNone(store.deliveries));
      else
        list(
          deliveries.map((delivery) => ({ ...delivery, recipient: shownRecipient(delivery) })),
          folder,
        );
      const isAsked = (state: DeliveryState) => options.state?.includes(state) !== false;
      const left = isAsked("open") ? await countLeft(store.deliveries, audiences) : 0;
      if (left > 0) note(leftNote(left));
      const backlog = isAsked("dead") ? await store.deliveries.backlog() : [];
      const dead = countIn(backlog, "dead");
      if (dead > 0) note(gaveUpNote(dead, deadReportsIn(backlog)));
      const mutes = (await store.mutes.active(Date.now())).length;
      if (mutes > 0) note(mutesNote(mutes));
    });
  return command.addCommand(retryCommand()).addCommand(holdCommand());
}

/** What to do when nothing matches. */
async function whyNone(deliveries: Pick<DeliveryStore, "list">): Promise<string> {
  const [any] = (await deliveries.list({ limit: 1 })).rows;
  if (any !== undefined) return "No matching deliveries. harbinger deliveries lists all of them.";
  return "No deliveries yet. Each run that finds something creates one: harbinger run";
}

/** For a database that was not restored by `harbinger restore`: its waiting messages may already have been sent. */
function holdCommand(): Command {
  return withCommonOptions(new Command("hold"))
    .description("hold all waiting messages until retry: use it after restoring an old dump")
    .option("--drop", "never send them")
    .addHelpText("after", examples("harbinger deliveries hold", "harbinger deliveries hold --drop"))
    .action(async (options: { drop?: boolean }, self: Command) => {
      const { openConfiguredStore } = await import("../open.ts");
      await using store = await openConfiguredStore(commonOptions(self));
      const lock = await store.lock("harbinger deliveries hold");
      if (lock.kind === "busy") {
        throw new HarbingerError("store-busy", `the database is in use by ${lock.holder}`, {
          remedy: "Stop it first.",
        });
      }
      await using _held = lock;
      const how = options.drop === true ? "drop" : "hold";
      const reason = how === "hold" ? "held by the user" : "dropped by the user";
      const count = await store.deliveries.withhold({ how, reason, at: Date.now() });
      const what = plural(count, "message");
      if (how === "drop") note(`${what} will not be sent.`);
      else
        note(
          `${what} held. List held deliveries: harbinger deliveries --state dead. Send one: harbinger deliveries retry ID.`,
        );
    });
}

function retryCommand(): Command {
  return withCommonOptions(new Command("retry"))
    .description("retry deliveries now: dead ones, and those that wait for their next attempt")
    .argument("[id...]", "delivery numbers from the list", parseIds)
    .option("--all", "all deliveries")
    .addHelpText("after", examples("harbinger deliveries retry 42 43", "harbinger deliveries retry --all"))
    .action(async (ids: readonly number[], options: { all?: boolean }, self: Command) => {
      if ((ids.length === 0) !== (options.all === true)) {
        const message = ids.length === 0 ? "no delivery given" : "--all cannot be combined with delivery numbers";
        throw new HarbingerError("usage", `${message}: give either delivery numbers or --all`, {
          remedy: "harbinger deliveries lists them.",
        });
      }
      const { openConfiguredStore } = await import("../open.ts");
      await using store = await openConfiguredStore(commonOptions(self));
      for (const id of ids) if ((await store.deliveries.get(id)) === undefined) throw noDelivery(id);
      const count = await store.deliveries.retry(options.all === true ? "all" : ids, Date.now());
      for (const id of ids) {
        const state = (await store.deliveries.get(id))?.state;
        if (state === "delivered" || state === "superseded") note(`${id} will not be sent again: ${whyNot[state]}.`);
        else if (state === "open") note(`${id} is being prepared.`);
        else if (state === "sending") note(`${id} is being sent.`);
        else if (count === 0) note(`${id} was already due.`);
      }
      if (options.all === true && count === 0) note("No dead deliveries, and none waits for a later attempt.");
      if (count > 0) {
        const due = plural(count, "delivery is", "deliveries are");
        const them = count === 1 ? "it" : "them";
        note(`${due} due now. A running harbinger sends ${them} within seconds; otherwise the next run does.`);
      }
    });
}

const whyNot = {
  delivered: "it was delivered",
  superseded: "a newer message contains everything in it",
} as const;

function noDelivery(id: number): HarbingerError {
  return new HarbingerError("not-found", `there is no delivery ${id}`, { remedy: "harbinger deliveries lists them." });
}

function parseIds(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, parseCount(text)];
}

type Recipient = Pick<DeliverySummary, "label" | "channel" | "recipient">;

interface Configured {
  readonly folder: string;
  /** Text shown instead of secret recipients, by channel. */
  readonly shownRecipients?: ReadonlyMap<string, string>;
  /** The audiences of discoveries; `undefined` when the configuration cannot be read. */
  readonly audiences?: readonly Recipient[];
}

function sameAudience(one: Recipient, other: Recipient): boolean {
  return one.label === other.label && one.channel === other.channel && one.recipient === other.recipient;
}

/** How many open deliveries have an audience that the configuration no longer has, also beyond the listed ones. */
async function countLeft(
  deliveries: Pick<DeliveryStore, "list">,
  audiences: readonly Recipient[] | undefined,
): Promise<number> {
  if (audiences === undefined) return 0;
  let count = 0;
  let after: Cursor | undefined;
  do {
    const page = await deliveries.list({ states: ["open"], limit: 500, after });
    count += page.rows.filter((row) => !audiences.some((audience) => sameAudience(audience, row))).length;
    after = page.next;
  } while (after !== undefined);
  return count;
}

/** Findings for a recipient that the configuration no longer names are kept but not composed. */
function leftNote(count: number): string {
  const them = count === 1 ? "1 delivery is" : `${count} deliveries are`;
  return `${them} kept open for recipients or labels that the configuration no longer names: they are sent only if those are configured again.`;
}

/** The report folder and the ntfy topic, as far as the configuration can be read. */
async function configured(common: CommonOptions): Promise<Configured> {
  const { readConfig } = await import("../open.ts");
  const outcome = readConfig(common);
  if (outcome.kind !== "config") return { folder: "" };
  const { reports } = outcome.config;
  const { configuredAudiences } = await import("../../daemon/outbound-stages.ts");
  const { shownRecipients } = await import("../../daemon/channels.ts");
  const audiences = configuredAudiences(outcome.config);
  return { folder: reports.directory, audiences, shownRecipients: shownRecipients(outcome.config) };
}

function parseStates(text: string, before: readonly DeliveryState[] = []): readonly DeliveryState[] {
  const known = Object.entries(storedState).find(([name]) => name === text)?.[1];
  if (known === undefined) throw new InvalidArgumentError(`Allowed choices are ${states.join(", ")}.`);
  return [...before, known];
}

/** An `open` delivery has no message yet. */
function stateText({ state, uncertain }: DeliverySummary): string {
  const text = state === "open" ? "being prepared" : shownState(state);
  return uncertain ? `${text} (uncertain)` : text;
}

/** When it is tried next, or after which other one. */
function nextText(
  { deliveredAt, nextAttemptAt, waitsFor }: DeliverySummary,
  format: (instant: number | undefined) => string,
): string {
  return waitsFor === undefined ? format(deliveredAt ?? nextAttemptAt) : `after ${waitsFor}`;
}

function errorText({ lastError, waitsFor }: DeliverySummary): string | undefined {
  if (waitsFor === undefined) return lastError;
  const words = waitingWords(waitsFor);
  return lastError === undefined ? words : `${words}; its own last attempt: ${lastError}`;
}

function list(deliveries: readonly DeliverySummary[], folder: string): void {
  printTable<DeliverySummary>(
    [
      { title: "ID", value: (delivery) => delivery.id, alignRight: true },
      { title: "STATE", value: stateText },
      { title: "CHANNEL", value: (delivery) => delivery.channel, optional: 1 },
      {
        title: "TO",
        value: (delivery) => messagePlace(delivery, folder),
        brief: (delivery) => messagePlace(delivery),
        cutTo: 12,
      },
      { title: "SUBJECT", value: (delivery) => delivery.message?.subject, room: 30 },
      { title: "TRIES", value: (delivery) => delivery.attempts, alignRight: true, optional: 2 },
      {
        title: "NEXT / DELIVERED",
        value: (delivery) => nextText(delivery, formatTime),
        brief: (delivery) => nextText(delivery, briefTime),
      },
      { title: "LAST ERROR", value: errorText, below: true },
    ],
    deliveries,
  );
}
