import path from "node:path";
import type { DeliverySummary } from "../core/delivery.ts";
import { shownTo } from "../present/deliveries/recipient-words.ts";
import type { CommonOptions } from "./common-options.ts";

/** Whom a message is for, as the lists of deliveries and of reports have it: of a report file its path. @param folder of report files */
export function messagePlace(delivery: DeliverySummary, folder = ""): string {
  const { message, channel, recipient } = delivery;
  const file = message?.fileName === undefined ? undefined : path.join(folder, message.fileName);
  return shownTo({ channel, recipient, file });
}

/** The folder of report files, as far as the configuration can be read. */
export async function reportFolder(common: CommonOptions): Promise<string> {
  const { readConfig } = await import("./open.ts");
  const outcome = readConfig(common);
  return outcome.kind === "config" ? outcome.config.reports.directory : "";
}
