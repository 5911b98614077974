import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Message } from "../../src/core/delivery.ts";
import type { Store } from "../../src/core/store.ts";
import { openStore } from "../../src/store/open-store.ts";

/** A database file that is removed afterwards. */
export class TemporaryDatabase implements Disposable {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-outbox-"));
  readonly location = `sqlite:${path.join(this.#folder, "harbinger.db")}`;

  open(): Promise<Store> {
    return openStore({ location: this.location });
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Queues a report to `recipient`, due at `at`. */
export async function queueReport(store: Store, recipient: string, at: number): Promise<number> {
  const audience = { label: "LAN", channel: "mail" as const, recipient, watches: ["lan"] };
  const { deliveryId } = await store.deliveries.gather(audience, at);
  await store.deliveries.compose(deliveryId, reportTo(recipient, at));
  return deliveryId;
}

function reportTo(recipient: string, at: number): Message {
  return {
    messageId: `<report.${recipient}>`,
    date: at,
    subject: "Harbinger Report for LAN: 1 new host(s) detected",
    text: `For ${recipient}: 10.0.0.1\n`,
  };
}
