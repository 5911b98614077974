import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { type LoadOutcome, loadText } from "./load.ts";
import { formatProblem } from "./problems.ts";
import { showConfig } from "./show.ts";

const options = { file: "harbinger.yaml", explicit: true, environment: {}, fileExists: () => true };
const secret = "s3cr3t-Value";

const line = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== "");
const port = fc.integer({ min: 1, max: 65535 });
/** Private: others would have to be allowed. */
const address = fc.ipV4().map((text) => text.replace(/^\d+/, "10"));
const mail = fc.stringMatching(/^[a-z]{1,8}@[a-z]{1,8}\.example$/);
const optional = { requiredKeys: [] };

const shared = fc.record(
  {
    label: fc.oneof(line, fc.nat()),
    port_label: line,
    email: fc.oneof(mail, fc.array(mail, { maxLength: 3 })),
    post_command: line,
    schedule: fc.constantFrom("*/15 * * * *", "@daily", "0 30 2 * * 1"),
    gone_after: fc.integer({ min: 1, max: 1000 }),
    checks: fc.array(fc.constantFrom("http", "tls"), { maxLength: 2 }),
    report_on: fc.constantFrom("always", "changes"),
  },
  optional,
);
const way = fc.oneof(
  fc.record({
    targets: fc.array(fc.oneof(address, fc.constantFrom("10.0.0.0/8", "fd00::1-fd00::9", "db.example", "@list")), {
      minLength: 1,
    }),
  }),
  fc.record({ nmap_scan: line, timeout: fc.constantFrom("90s", "2h") }),
  fc.record({ command: line }),
);
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
const portSection = fc.tuple(fc.record({ port: fc.oneof(port, port.map(String)) }), shared, way).map(joined);
const watch = fc
  .tuple(fc.record({ ports: fc.oneof(port, fc.array(port, { minLength: 1, maxLength: 4 })) }), shared, way)
  .map(joined);
const configuration = fc
  .record(
    {
      email: fc.record({
        smtp_server: fc.constant("mail.example"),
        username: line,
        password: fc.constant(secret),
        use_tls: fc.boolean(),
      }),
      reports: fc.record({ save_to_file: fc.boolean(), directory: line, json: fc.boolean() }, optional),
      logging: fc.record(
        { level: fc.constantFrom("debug", "INFO"), file: fc.oneof(line, fc.constant(false)) },
        optional,
      ),
      standalone: fc.record(
        { report_time: fc.constantFrom("00:00", "14:30", "8:05"), time_zone: fc.constant("Europe/Berlin") },
        optional,
      ),
      store: fc.constantFrom("sqlite:x.db", `postgres://u:${secret}@h/d`),
      watches: fc.dictionary(name, watch, { maxKeys: 3 }),
      ports: fc.dictionary(
        name.map((text) => `port_${text}`),
        portSection,
        { maxKeys: 3 },
      ),
    },
    optional,
  )
  .map(({ ports, ...rest }) => ({ ...rest, ...ports }));

function joined(parts: object[]): object {
  return Object.assign({}, ...parts);
}

/** What must be true for every outcome, with any text. */
function checkOutcome(outcome: LoadOutcome): void {
  const messages = [...outcome.warnings, ...(outcome.kind === "invalid" ? outcome.problems : [])];
  if (outcome.kind === "invalid") assert.ok(outcome.problems.length > 0);
  for (const problem of messages) {
    assert.ok((problem.line ?? 0) >= 1 && (problem.column ?? 0) >= 1);
    assert.match(formatProblem(problem), /^harbinger\.yaml:\d+:\d+: .+/u);
    assert.ok(!formatProblem(problem).includes(secret), formatProblem(problem));
  }
}

describe("any text", () => {
  test("gives a configuration, or problems with a place each, and never throws", () => {
    const words = fc.constantFrom(
      "email:",
      "port_a:",
      "watches:",
      " port:",
      " ports:",
      " targets:",
      " - ",
      "\n",
      "\n ",
      "\n  ",
      "[",
      "]",
      "{",
      "}",
      ", ",
      ": ",
      "22",
      "70000",
      "yes",
      "~",
      "x",
      "'",
      '"',
      "&a ",
      "*a",
      "<<: ",
      "10.0.0.0/8",
      "__proto__:",
      "constructor:",
      "toString:",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(words, { maxLength: 40 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (source) => checkOutcome(loadText(source, "harbinger.yaml", options))),
      { numRuns: 500 },
    );
  });
});

describe("a valid configuration", () => {
  test("loads, and its shown form loads to the same again", () => {
    fc.assert(
      fc.property(configuration, (values) => {
        const first = loadText(stringify(values, { version: "1.1" }), "harbinger.yaml", options);
        if (Object.keys(values).length === 0) return;
        assert.ok(first.kind === "config", JSON.stringify(first));
        checkOutcome(first);
        const shown = showConfig(first.config);
        assert.ok(!shown.includes(secret));
        const second = loadText(shown, "harbinger.yaml", options);
        assert.ok(second.kind === "config", JSON.stringify(second));
        assert.deepEqual(second.config.watches, first.config.watches);
        assert.deepEqual(second.config.shown, first.config.shown);
      }),
      { numRuns: 150 },
    );
  });

  test("that was damaged anywhere except in its secret gives problems with a place each, without the secret", () => {
    const damage = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.nat(12),
      insert: fc.oneof(
        fc.string({ maxLength: 4 }),
        fc.constantFrom("\n", "  ", ": ", "'", '"', "[", "}", "*", "\t", "- "),
      ),
    });
    fc.assert(
      fc.property(configuration, fc.array(damage, { minLength: 1, maxLength: 3 }), (values, damages) => {
        let text = stringify(values, { version: "1.1" });
        for (const { at, remove, insert } of damages) {
          const start = Math.floor(at * text.length);
          const damaged = text.slice(0, start) + insert + text.slice(start + remove);
          // A secret that moved to another key, or was cut, is no longer recognised.
          if (count(damaged, `password: ${secret}`) + count(damaged, `:${secret}@`) === count(text, secret))
            text = damaged;
        }
        checkOutcome(loadText(text, "harbinger.yaml", options));
      }),
      { numRuns: 500 },
    );
  });
});

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
