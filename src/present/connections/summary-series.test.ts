import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { summarySeries } from "./summary-series.ts";

const hour = 3_600_000;

describe("the series of a summary", () => {
  test("has every hour of the span, also those without connections", () => {
    const series = summarySeries([{ hour: 101, count: 7 }], {
      since: 100 * hour + 1,
      until: 103 * hour,
      interval: "hour",
      timeZone: "UTC",
    });
    assert.deepEqual(series, [
      { start: 100 * hour, count: 0 },
      { start: 101 * hour, count: 7 },
      { start: 102 * hour, count: 0 },
    ]);
  });

  test("has days of the time zone, of 23 hours where the clocks go forward", () => {
    const since = Date.parse("2026-03-28T23:00:00Z");
    const until = Date.parse("2026-03-30T22:00:00Z");
    const hours = Array.from({ length: 47 }, (_, place) => ({ hour: since / hour + place, count: 1 }));
    const series = summarySeries(hours, { since, until, interval: "day", timeZone: "Europe/Berlin" });
    assert.deepEqual(
      series.map(({ start, count }) => [new Date(start).toISOString(), count]),
      [
        ["2026-03-28T23:00:00.000Z", 23],
        ["2026-03-29T22:00:00.000Z", 24],
      ],
    );
  });
});
