import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as z from "zod";
import { hour, minute } from "../../../test/alert/samples.ts";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { alertSettings, alertsSchema } from "./schema.ts";

function settings(section: unknown) {
  return alertSettings(alertsSchema.parse(section));
}

describe("section alerts", () => {
  test("has its documented defaults without any key", () => {
    equalFacts(settings({}), {
      recipients: [],
      cooldown: { cooldownMs: 30 * minute, forgetMs: 24 * hour, limit: 20_000, ipv6ByNetwork: true, summaries: true },
      budget: { atOnce: 10, refillMs: minute, digestMs: minute, maxDigestMs: 15 * minute },
      ignore: {
        loopback: true,
        thisMachine: true,
        privates: false,
        networks: [],
        ports: [],
        pairs: [],
        alsoUnrecorded: false,
      },
      text: {
        html: true,
        includeUtc: false,
        includeCity: true,
        includeCoordinates: false,
        coordinatePrecision: 2,
        payload: { mode: "auto", maxChars: 600, stripControl: true },
        fingerprints: true,
      },
    });
  });

  test("accepts every key", () => {
    const { budget, ignore, text, cooldown } = settings({
      cooldown: "0s",
      forget: "2d",
      remember: 5,
      ipv6_by_network: false,
      summary: false,
      budget: false,
      ignore: {
        loopback: false,
        private: true,
        networks: ["172.24.0.0/16", "::1"],
        ports: [22, "8000-8002"],
        pairs: [{ networks: ["10.0.0.1"], ports: "80,443" }],
        unrecorded: true,
      },
      time_zone: "Europe/Berlin",
      include_utc: true,
      include_city: false,
      include_coords: true,
      coords_precision: 0,
      fingerprints: false,
      html: false,
      payload: { include: false },
    });
    assert.equal(budget, undefined);
    assert.deepEqual(cooldown, {
      cooldownMs: 0,
      forgetMs: 48 * hour,
      limit: 5,
      ipv6ByNetwork: false,
      summaries: false,
    });
    assert.deepEqual(ignore.ports, [22, 8000, 8001, 8002]);
    assert.deepEqual(ignore.pairs[0]?.ports, [80, 443]);
    assert.equal(ignore.networks.length, 2);
    assert.equal(ignore.alsoUnrecorded, true);
    assert.equal(text.payload, undefined);
    assert.equal(text.html, false);
    assert.equal(text.timeZone, "Europe/Berlin");
  });

  test("rejects invalid values", () => {
    for (const wrong of [
      { cooldwon: "1m" },
      { cooldown: "soon" },
      { cooldown: 1800 },
      { time_zone: "Mars/Olympus" },
      { ignore: { networks: ["10.0.0.0/33"] } },
      { ignore: { ports: 0 } },
      { ignore: { ports: [] } },
      { ignore: { ports: "80-22" } },
      { ignore: { pairs: [{ networks: [], ports: 22 }] } },
      { budget: { then_every: "1ms" } },
      { budget: true },
      { coords_precision: 7 },
    ]) {
      assert.equal(alertsSchema.safeParse(wrong).success, false, JSON.stringify(wrong));
    }
  });

  test("describes every key", () => {
    const schema: unknown = z.toJSONSchema(alertsSchema, { io: "input" });
    const undescribed: string[] = [];
    const walk = (part: unknown, path: string): void => {
      if (typeof part !== "object" || part === null) return;
      for (const [key, value] of Object.entries(part)) {
        if (key === "properties" && typeof value === "object" && value !== null) {
          for (const [name, property] of Object.entries(value)) {
            if (!JSON.stringify(property).includes('"description"') && !path.includes("pairs"))
              undescribed.push(`${path}.${name}`);
          }
        }
        walk(value, `${path}.${key}`);
      }
    };
    walk(schema, "");
    assert.deepEqual(undescribed, []);
  });
});
