import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HarbingerError } from "../core/errors.ts";
import { ServiceStatus, storeQuery } from "./service-status.ts";

const now = Date.UTC(2026, 0, 31, 12);
const hourMs = 3_600_000;

function status(options: { readonly watches: number; readonly ports: number; readonly nextDueAt?: number }) {
  const lines: string[] = [];
  const serviceStatus = new ServiceStatus({
    serviceManager: { status: (text) => void lines.push(text) },
    watches: options.watches,
    ports: () => options.ports,
    nextDueAt: () => options.nextDueAt ?? Number.POSITIVE_INFINITY,
    timeZone: "Europe/Berlin",
    clock: { now: () => now, monotonic: () => 0, sleep: async () => {} },
  });
  return { serviceStatus, lines };
}

describe("the status for the service manager", () => {
  test("counts watches and ports, and shows the next scan in the time zone of the configuration", () => {
    const { serviceStatus, lines } = status({ watches: 3, ports: 4, nextDueAt: now + 1.5 * hourMs });
    serviceStatus.send();
    assert.deepEqual(lines, ["3 watches, 4 ports; next scan 14:30"]);
  });

  test("shows the day of a scan that is not today", () => {
    const { serviceStatus, lines } = status({ watches: 1, ports: 0, nextDueAt: now + 14 * hourMs });
    serviceStatus.send();
    assert.deepEqual(lines, ["1 watch; next scan 2026-02-01 03:00"]);
  });

  test("names what is scanned, at most three watches", () => {
    const { serviceStatus, lines } = status({ watches: 5, ports: 1, nextDueAt: Number.NEGATIVE_INFINITY });
    serviceStatus.send();
    serviceStatus.scanning(["a", "b", "c", "d", "e"]);
    assert.deepEqual(lines, [
      "5 watches, 1 port; the first scan begins",
      "5 watches, 1 port; scanning a, b, c and 2 more",
    ]);
  });

  test("says nothing about scans without watches", () => {
    const { serviceStatus, lines } = status({ watches: 0, ports: 2 });
    serviceStatus.send();
    assert.deepEqual(lines, ["2 ports"]);
  });
});

describe("the watchdog's query of the store", () => {
  const ask = (list: () => Promise<never>) => storeQuery({ scans: { list, begin: list, knownSince: list } })();

  test("treats an error as an answer: a restart repairs neither a database server nor a full disk", async () => {
    for (const code of ["store", "store-busy", "store-full"] as const) {
      assert.equal(await ask(() => Promise.reject(new HarbingerError(code, "no"))), "answers");
    }
  });

  test("reports the store as lost if its thread has ended", async () => {
    assert.equal(await ask(() => Promise.reject(new HarbingerError("store-lost", "no"))), "lost");
  });
});
