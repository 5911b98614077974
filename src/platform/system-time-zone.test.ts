import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { adoptConfiguredTimeZone, adoptTimeZone, timeZoneVariableProblem } from "./system-time-zone.ts";

describe("the variable TZ", () => {
  const before = process.env["TZ"];
  beforeEach(() => {
    process.env["TZ"] = "UTC";
  });
  afterEach(() => {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  });

  for (const [written, adopted] of [
    ["europe/berlin", "Europe/Berlin"],
    [":Europe/Berlin", "Europe/Berlin"],
    ["posix/Europe/Berlin", "Europe/Berlin"],
    ["UTC", "UTC"],
    ["CET-1CEST,M3.5.0,M10.5.0/3", "CET-1CEST,M3.5.0,M10.5.0/3"],
    ["/usr/share/zoneinfo/Europe/Berlin", "/usr/share/zoneinfo/Europe/Berlin"],
  ] as const) {
    test(`written ${written} is read as ${adopted}`, () => {
      const environment: Record<string, string | undefined> = { TZ: written };
      adoptTimeZone(environment);
      assert.equal(environment["TZ"], adopted);
    });
  }

  test("that is not set stays so", () => {
    const environment: Record<string, string | undefined> = {};
    adoptTimeZone(environment);
    assert.deepEqual(environment, {});
  });

  for (const [tz, configured, shown] of [
    [undefined, "Asia/Tokyo", "Asia/Tokyo"],
    ["", "asia/tokyo", "Asia/Tokyo"],
    ["UTC", "Asia/Tokyo", "UTC"],
    [undefined, "+05:30", undefined],
    [undefined, undefined, undefined],
  ] as const) {
    test(`${tz ?? "not set"} with ${configured ?? "no zone"} in the configuration shows ${shown ?? "the system's zone"}`, () => {
      const environment: Record<string, string | undefined> = { TZ: tz };
      adoptConfiguredTimeZone(environment, configured);
      assert.equal(environment["TZ"], shown);
    });
  }

  for (const name of ["", "UTC", ":UTC", "Etc/UTC", "GMT0", "Etc/Greenwich", "Europe/Berlin", "america/new_york"]) {
    test(`is no problem as ${JSON.stringify(name)}`, () => assert.equal(timeZoneVariableProblem(name), undefined));
  }

  test("is not a problem where Node computes local time from it", () => {
    process.env["TZ"] = "JST-9";
    assert.equal(timeZoneVariableProblem("JST-9"), undefined);
  });

  test("with a mistyped name is reported with the nearest one", () => {
    const problem = timeZoneVariableProblem("Europe/Berln");
    assert.equal(problem, "times and schedules are in UTC: unknown time zone; did you mean Europe/Berlin?");
  });

  test("in the notation of POSIX, or as an offset, is reported with an example of a name", () => {
    for (const written of ["CET-1CEST,M3.5.0,M10.5.0/3", "<+0530>-5:30", "+05:30"]) {
      assert.match(timeZoneVariableProblem(written) ?? "", /: not the name of a time zone; set a name such as/);
    }
  });
});
