import type { Message } from "../../core/delivery.ts";
import { safeText } from "../../core/safe-text.ts";
import type { Alert, AlertTextSettings } from "../alert/alert.ts";
import { alertJson } from "./alert-json.ts";
import { alertTitle } from "./alert-title.ts";
import { digestPage, summaryPage } from "./burst-page.ts";
import { classicConnectionText } from "./classic-text.ts";
import { connectionPage, type PageTimes } from "./connection-page.ts";
import type { AlertPage } from "./page.ts";
import { pageHtml } from "./page-html.ts";
import { pageText } from "./page-text.ts";
import { pageTime } from "./page-time.ts";
import { placeAndAddress } from "./place-text.ts";
import { zonedTime } from "./zoned-time.ts";

/** Longer than any place; network names are untrusted and must not fill a screen. */
const maxClassicSubject = 250;

export interface Envelope {
  /** With angle brackets, the same whenever this alert is composed again. */
  readonly messageId: string;
  /** When it is composed; milliseconds since the epoch. */
  readonly at: number;
  /** Whether the channel supports an HTML part. Default false. */
  readonly html?: boolean;
}

/** Writes alerts as messages, all in one style. */
export class AlertComposer {
  readonly #settings: AlertTextSettings;
  readonly #pageTimes: PageTimes;
  readonly #classicTimes: PageTimes;

  /** @throws RangeError for an unknown time zone */
  constructor(settings: AlertTextSettings) {
    this.#settings = settings;
    this.#pageTimes = { local: pageTime(settings.timeZone), utc: pageTime("UTC") };
    this.#classicTimes = { local: zonedTime(settings.timeZone), utc: zonedTime("UTC") };
  }

  compose(alert: Alert, { messageId, at, html = false }: Envelope): Message {
    const settings = this.#settings;
    const base = { messageId, date: at, json: alertJson(alert, settings) };
    if (settings.style === "classic" && alert.kind === "connection") {
      const subject = placeAndAddress(alert.origin, alert.connection.peer.address);
      return {
        ...base,
        subject: safeText(subject, { limit: maxClassicSubject }),
        text: classicConnectionText(alert, settings, this.#classicTimes),
      };
    }
    const subject = alertTitle(alert, settings);
    const page = this.#pageOf(alert);
    return {
      ...base,
      subject,
      text: pageText(page),
      ...(html && settings.html && { html: pageHtml(subject, page) }),
    };
  }

  #pageOf(alert: Alert): AlertPage {
    switch (alert.kind) {
      case "connection":
        return connectionPage(alert, this.#settings, this.#pageTimes);
      case "summary":
        return summaryPage(alert, this.#settings, this.#pageTimes);
      case "digest":
        return digestPage(alert.digest, this.#settings, this.#pageTimes);
    }
  }
}

/** `<connection.ID.CHANNEL@HOST>`: the same for the same alert, so that a repetition can be recognised. */
export function alertMessageId(parts: readonly string[], host: string): string {
  const safe = (text: string) => text.replace(/[^A-Za-z0-9-]/g, "-").slice(0, 100);
  return `<${parts.map(safe).join(".")}@${host.replace(/[^A-Za-z0-9.-]/g, "-") || "localhost"}>`;
}
