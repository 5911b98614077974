import type { Message } from "../../core/delivery.ts";
import type { AlertTextSettings, ConnectionAlertLayout, MakeAlertLayout } from "../../present/alerts/alert-text.ts";
import type { Alert } from "../alert/alert.ts";
import { alertJson } from "./alert-json.ts";
import { alertTitle } from "./alert-title.ts";
import { digestPage, summaryPage } from "./burst-page.ts";
import { connectionPage, type PageTimes } from "./connection-page.ts";
import type { AlertPage } from "./page.ts";
import { pageHtml } from "./page-html.ts";
import { pageText } from "./page-text.ts";
import { pageTime } from "./page-time.ts";

export interface Envelope {
  /** With angle brackets, the same whenever this alert is composed again. */
  readonly messageId: string;
  /** When it is composed; milliseconds since the epoch. */
  readonly at: number;
  /** Whether the channel supports an HTML part. Default false. */
  readonly html?: boolean;
}

/** Writes alerts as messages, all in one layout. */
export class AlertComposer {
  readonly #settings: AlertTextSettings;
  readonly #times: PageTimes;
  readonly #layout: ConnectionAlertLayout | undefined;

  /**
   * @param makeLayout of the earlier Portwatcher; without it the current one
   * @throws RangeError for an unknown time zone
   */
  constructor(settings: AlertTextSettings, makeLayout?: MakeAlertLayout) {
    this.#settings = settings;
    this.#times = { local: pageTime(settings.timeZone), utc: pageTime("UTC") };
    this.#layout = makeLayout?.(settings);
  }

  compose(alert: Alert, { messageId, at, html = false }: Envelope): Message {
    const settings = this.#settings;
    const layout = this.#layout;
    const base = { messageId, date: at, json: alertJson(alert, settings) };
    if (layout !== undefined && alert.kind === "connection") {
      return { ...base, subject: layout.subject(alert), text: layout.text(alert) };
    }
    const subject = alertTitle(alert, settings);
    // `portwatcher` has no command that lists connections.
    const page = { ...this.#pageOf(alert), ...(layout && { more: undefined }) };
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
        return connectionPage(alert, this.#settings, this.#times);
      case "summary":
        return summaryPage(alert, this.#settings, this.#times);
      case "digest":
        return digestPage(alert.digest, this.#times);
    }
  }
}

/** `<connection.ID.CHANNEL@HOST>`: the same for the same alert, so that a repetition can be recognised. */
export function alertMessageId(parts: readonly string[], host: string): string {
  const safe = (text: string) => text.replace(/[^A-Za-z0-9-]/g, "-").slice(0, 100);
  return `<${parts.map(safe).join(".")}@${host.replace(/[^A-Za-z0-9.-]/g, "-") || "localhost"}>`;
}
