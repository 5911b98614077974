import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formOf } from "../../../test/report/form-of.ts";
import { portReportLayout } from "../../compat/port-reports/port-report-layout.ts";
import type { Audience, Message } from "../../core/delivery.ts";
import type { Discovery } from "../../core/discovery.ts";
import type { DeliveryStore } from "../../core/store.ts";
import type { Watch } from "../../core/watch.ts";
import { queueReports } from "./queue-reports.ts";

const at = Date.UTC(2026, 0, 2);

function watchWith(more: Partial<Watch>): Watch {
  return {
    name: "lan",
    label: "Home",
    ports: [22],
    recipients: [],
    scan: { engine: "connect", targets: ["10.0.0.0/24"], exclude: [] },
    checks: [],
    goneAfter: 2,
    reportOn: "always",
    ...more,
  };
}

/** An outbox that announces `news` to every audience, and keeps composed messages. */
class Outbox {
  readonly composed: Message[] = [];
  gathered = 0;
  discarded = 0;
  readonly #news: readonly Discovery[];
  readonly #hasUnfinished: boolean;

  constructor(news: readonly Discovery[], hasUnfinished = news.length > 0) {
    this.#news = news;
    this.#hasUnfinished = hasUnfinished;
  }

  readonly store: Pick<DeliveryStore, "hasUnfinished" | "gather" | "tally" | "announced" | "compose" | "discard"> = {
    hasUnfinished: async () => this.#hasUnfinished,
    gather: async () => {
      this.gathered += 1;
      return { deliveryId: 7 };
    },
    tally: async () => this.#news.map(({ watch, kind }) => ({ watch, kind, count: 1 })),
    announced: async ({ offset }) => (offset === 0 ? this.#news : []),
    compose: async (_id, message) => {
      this.composed.push(message);
    },
    discard: async () => {
      this.discarded += 1;
    },
  };
}

async function queued(
  channel: Audience["channel"],
  watch: Watch,
  news: readonly Discovery[] = [],
  outbox = new Outbox(news),
): Promise<Outbox> {
  const summary = {
    scanId: 1,
    firstScan: false,
    counts: { new: 0, gone: 0, returned: 0, flapping: 0, present: 3, sighted: 3 },
  };
  await queueReports({
    audiences: [{ label: "Home", channel, recipient: "x", watches: [watch.name] }],
    ran: [{ watch, summary, status: "complete", notes: [] }],
    watches: [watch],
    deliveries: outbox.store,
    services: { list: async () => ({ rows: [] }) },
    portReportLayout,
    at,
    timeZone: "UTC",
    html: true,
    json: true,
    formOf,
    messageId: (id) => `<${id}@example>`,
  });
  return outbox;
}

const failure: Discovery = {
  id: 1,
  watch: "lan",
  scanId: 1,
  kind: "scan-failed",
  at,
  detail: "no route",
  firstScan: false,
};

describe("a report without findings", () => {
  test("is mailed by a daily watch, as the earlier tool did", async () => {
    assert.equal((await queued("mail", watchWith({}))).composed.length, 1);
  });

  test("is pushed only if report_on: always is set explicitly", async () => {
    for (const channel of ["ntfy", "webhook"] as const) {
      const quiet = await queued(channel, watchWith({}));
      assert.deepEqual([quiet.composed.length, quiet.gathered, quiet.discarded], [0, 0, 0]);
      assert.equal((await queued(channel, watchWith({ alwaysPush: true }))).composed.length, 1);
    }
  });

  test("is neither mailed nor pushed for a watch that reports only changes", async () => {
    for (const channel of ["mail", "ntfy"] as const) {
      assert.equal((await queued(channel, watchWith({ reportOn: "changes" }))).composed.length, 0);
    }
  });
});

test("an unfinished report without findings is discarded where a watch reports only changes", async () => {
  const outbox = await queued("mail", watchWith({ reportOn: "changes" }), [], new Outbox([], true));
  assert.deepEqual([outbox.composed.length, outbox.gathered, outbox.discarded], [0, 1, 1]);
});

describe("a report with findings", () => {
  test("waits for the next report that is due, if it was given up and nothing else is unfinished", async () => {
    const givenUp = () => new Outbox([failure], false);
    const changes = await queued("mail", watchWith({ reportOn: "changes" }), [failure], givenUp());
    assert.deepEqual([changes.composed.length, changes.gathered], [0, 0]);
    const always = await queued("mail", watchWith({ reportOn: "always" }), [failure], givenUp());
    assert.deepEqual([always.composed.length, always.gathered], [1, 1]);
  });

  test("is pushed, even if the only finding is a failed scan", async () => {
    assert.equal((await queued("ntfy", watchWith({}), [failure])).composed.length, 1);
  });
});

test("two report files of one label in one second have different names", async () => {
  const watch = watchWith({});
  const outbox = new Outbox([]);
  const summary = {
    scanId: 1,
    firstScan: false,
    counts: { new: 0, gone: 0, returned: 0, flapping: 0, present: 3, sighted: 3 },
  };
  await queueReports({
    audiences: ["a", "b"].map((recipient) => ({ label: "Home", channel: "file", recipient, watches: [watch.name] })),
    ran: [{ watch, summary, status: "complete", notes: [] }],
    watches: [watch],
    deliveries: outbox.store,
    services: { list: async () => ({ rows: [] }) },
    portReportLayout,
    at,
    timeZone: "UTC",
    html: true,
    json: true,
    formOf,
    messageId: (id) => `<${id}@test>`,
  });
  const names = outbox.composed.map(({ fileName }) => fileName);
  assert.deepEqual(names, ["Home_20260102_000000.txt", "Home_20260102_000000_2.txt"]);
});
