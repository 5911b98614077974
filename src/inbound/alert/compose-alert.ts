import type { Message } from "../../core/delivery.ts";
import { safeText } from "../../core/safe-text.ts";
import type { Alert, AlertTextSettings } from "./alert.ts";
import { alertJson } from "./alert-json.ts";
import { digestSubject, digestText, summarySubject, summaryText } from "./burst-text.ts";
import { connectionText, type TextTimes } from "./connection-text.ts";
import { placeAndAddress } from "./place-text.ts";
import { zonedTime } from "./zoned-time.ts";

/** Longer than any place; what a stranger's network is called must not fill a screen. */
const longestSubject = 250;

/** Writes alerts as messages, all in one look. */
export class AlertComposer {
  readonly #settings: AlertTextSettings;
  readonly #time: TextTimes;

  /** @throws RangeError where there is no such time zone */
  constructor(settings: AlertTextSettings) {
    this.#settings = settings;
    this.#time = { local: zonedTime(settings.timeZone), utc: zonedTime("UTC") };
  }

  /**
   * @param envelope.messageId with angle brackets, the same whenever this alert is composed again
   * @param envelope.at when it is composed; milliseconds since the epoch
   */
  compose(alert: Alert, envelope: { readonly messageId: string; readonly at: number }): Message {
    return {
      messageId: envelope.messageId,
      date: envelope.at,
      subject: safeText(this.#subject(alert), { limit: longestSubject }),
      text: this.#text(alert),
      json: alertJson(alert, this.#settings),
    };
  }

  #subject(alert: Alert): string {
    switch (alert.kind) {
      case "connection":
        return placeAndAddress(alert.origin, alert.connection.peer.address);
      case "summary":
        return summarySubject(alert.burst, alert.origin);
      case "digest":
        return digestSubject(alert.digest);
    }
  }

  #text(alert: Alert): string {
    switch (alert.kind) {
      case "connection":
        return connectionText(alert, this.#settings, this.#time);
      case "summary":
        return summaryText(alert.burst, alert.origin, this.#settings, this.#time);
      case "digest":
        return digestText(alert.digest, this.#settings, this.#time);
    }
  }
}

/** `<connection.ID.CHANNEL@HOST>`: the same for the same alert, so that a repetition can be told. */
export function alertMessageId(parts: readonly string[], host: string): string {
  const safe = (text: string) => text.replace(/[^A-Za-z0-9-]/g, "-").slice(0, 100);
  return `<${parts.map(safe).join(".")}@${host.replace(/[^A-Za-z0-9.-]/g, "-") || "localhost"}>`;
}
