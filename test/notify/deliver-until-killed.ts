import { silentLog } from "../../src/core/log.ts";
import { SmtpChannel } from "../../src/notify/channels/mail/smtp/smtp-channel.ts";
import { DeliveryLoop } from "../../src/notify/outbox/delivery-loop.ts";
import { doublingSchedule } from "../../src/notify/outbox/retry-schedule.ts";
import { systemClock, systemRandom } from "../../src/platform/system-clock.ts";
import { openStore } from "../../src/store/open-store.ts";

/** A process that delivers until its test kills it, or, with `drain` as last argument, until nothing is due. */
const [location = "", port = "", mode = "start"] = process.argv.slice(2);
const store = await openStore({ location });
const lock = await store.lock("test");
if (lock.kind === "busy") throw new Error(`locked by ${lock.holder}`);
const loop = new DeliveryLoop({
  outbox: store.deliveries,
  channels: {
    mail: new SmtpChannel({ host: "127.0.0.1", port: Number(port), tls: "none", from: "harbinger@example.org" }),
  },
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  retrySchedule: doublingSchedule({ firstMs: 10, maxMs: 100, giveUpAfterMs: 3_600_000 }),
});
if (mode === "drain") {
  await loop.drain({ deadline: Date.now() + 30_000, waitForRetries: true });
  await lock[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
} else {
  loop.start();
}
