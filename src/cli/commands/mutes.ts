import { Command } from "commander";
import { HarbingerError } from "../../core/errors.ts";
import { isInForce, type Mute } from "../../core/mute.ts";
import { safeText } from "../../core/safe-text.ts";
import type { Store } from "../../core/store.ts";
import { mutedOf } from "../../present/mutes/mute-words.ts";
import { mutedText } from "../../present/mutes/muted-text.ts";
import { plural } from "../../present/text/plural.ts";
import { briefTime, formatTime } from "../../present/text/time-text.ts";
import { commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { note, printJson, printTable } from "../output.ts";
import { parseCount } from "../parse-count.ts";

export function mutesCommand(): Command {
  const command = withCommonOptions(new Command("mutes"))
    .description("list mutes: what is recorded and not reported, until when, and why")
    .option("--all", "also those that are over")
    .option("--limit <count>", "maximum number of lines", parseCount, 500)
    .addHelpText("after", examples("harbinger mutes", "harbinger mutes --all", "harbinger mutes end 3"))
    .action(async (options: { all?: boolean; limit: number }, self: Command) => {
      const { openStoreToList } = await import("../open.ts");
      await using store = await openStoreToList(commonOptions(self));
      if (store === undefined) return;
      const at = Date.now();
      const active = options.all === true ? undefined : { is: true, at };
      const { rows } = await store.mutes.list({ limit: options.limit, active });
      if (commonOptions(self).json === true) {
        const { muteJson } = await import("../../present/mutes/mute-json.ts");
        for (const mute of rows) printJson(muteJson(mute, at));
      } else if (rows.length === 0) note(await whyNone(store));
      else list(rows, at);
    });
  return command.addCommand(endCommand());
}

/** What to say where nothing is listed. */
async function whyNone(store: Store): Promise<string> {
  const [former] = (await store.mutes.list({ limit: 1 })).rows;
  return former === undefined ? "Nothing is muted." : "Nothing is muted now. harbinger mutes --all lists what was.";
}

function list(mutes: readonly Mute[], at: number): void {
  printTable<Mute>(
    [
      { title: "ID", value: ({ id }) => id, alignRight: true },
      { title: "MUTED", value: ({ target }) => mutedText(mutedOf(target)), cutTo: 16 },
      {
        title: "UNTIL",
        value: (mute) => formatTime(mute.until) + (isInForce(mute, at) ? "" : " over"),
        brief: (mute) => briefTime(mute.until) + (isInForce(mute, at) ? "" : " over"),
      },
      { title: "BY", value: ({ by }) => safeText(by, { limit: 64 }), optional: 1 },
      { title: "NOTE", value: (mute) => safeText(mute.note), below: true },
    ],
    mutes,
  );
}

function endCommand(): Command {
  return withCommonOptions(new Command("end"))
    .description("end mutes: what comes after a few seconds is reported again")
    .argument("[id...]", "numbers from the list", (text: string, before: readonly number[] = []) => [
      ...before,
      parseCount(text),
    ])
    .addHelpText("after", examples("harbinger mutes end 3", "harbinger mutes end 3 4"))
    .action(async (ids: readonly number[], _options: unknown, self: Command) => {
      if (ids.length === 0)
        throw new HarbingerError("usage", "no mute given", { remedy: "harbinger mutes lists them." });
      const { openConfiguredStore } = await import("../open.ts");
      await using store = await openConfiguredStore(commonOptions(self));
      for (const id of ids)
        if ((await store.mutes.get(id)) === undefined)
          throw new HarbingerError("not-found", `there is no mute ${id}`, { remedy: "harbinger mutes lists them." });
      let ended = 0;
      for (const id of ids)
        if ((await store.mutes.end(id, { by: "harbinger mutes end", at: Date.now() })) !== undefined) ended += 1;
      if (ended > 0) note(`${plural(ended, "mute")} ended: in force for 5 more seconds.`);
      if (ended < ids.length) note(`${plural(ids.length - ended, "mute")} was over already.`);
    });
}
