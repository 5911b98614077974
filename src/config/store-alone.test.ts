import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LoadOptions, loadConfig, loadText } from "./load.ts";

const options: LoadOptions = { file: "harbinger.yaml", explicit: true, environment: {} };

/** The store in an invalid configuration. */
function storeOf(text: string, more: Partial<LoadOptions> = {}) {
  const outcome = loadText(text, "harbinger.yaml", { ...options, ...more });
  assert.ok(outcome.kind === "invalid", "the configuration is wrong");
  assert.ok(outcome.problems.length > 0);
  return outcome.store;
}

const wrongWatch = "watches: { a: { targets: 10.0.0.0/8, prots: 22 } }\n";

describe("a configuration with an error elsewhere", () => {
  test("still gives the store", () => {
    assert.deepEqual(storeOf(`store: sqlite:mine.db\n${wrongWatch}`), { location: "sqlite:mine.db" });
    assert.deepEqual(storeOf(`store: { location: postgres://me@db.example.org/x, password: word }\nlogging: 7\n`), {
      location: "postgres://me@db.example.org/x",
      password: "word",
    });
  });

  test("gives the default store if none is set", () => {
    assert.deepEqual(storeOf(wrongWatch), { location: "sqlite:harbinger.db" });
  });

  test("gives it despite unknown checks and unreadable files", () => {
    const check = "watches: { a: { targets: 10.0.0.0/8, ports: 22, checks: nonsense } }\n";
    assert.deepEqual(storeOf(`store: x.db\n${check}`, { checkNames: ["cert"] }), { location: "x.db" });
    const secret = "store: x.db\nemail: { smtp_server: mx.example.org, username: me, password_file: /nowhere/word }\n";
    assert.deepEqual(storeOf(secret), { location: "x.db" });
  });

  test("takes the password from the environment", () => {
    const text = `store: { location: postgres://me@db.example.org/x }\n${wrongWatch}`;
    const environment = { HARBINGER_STORE_PASSWORD: "word" };
    assert.deepEqual(storeOf(text, { environment }), { location: "postgres://me@db.example.org/x", password: "word" });
  });
});

test("a configuration with an error elsewhere still gives the time zone in which times are shown", () => {
  const zoneOf = (text: string) => {
    const outcome = loadText(text, "harbinger.yaml", options);
    assert.ok(outcome.kind === "invalid");
    return outcome.timeZone;
  };
  const zone = "time_zone: America/New_York";
  assert.equal(zoneOf(`standalone: { ${zone} }\nwatchs: {}\n`), "America/New_York");
  assert.equal(zoneOf(`standalone: { ${zone}, report_time: "25:00" }\n`), "America/New_York");
  assert.equal(zoneOf(`standalone: { time_zone: America/Nowhere }\n${wrongWatch}`), undefined);
  assert.equal(zoneOf(`standalone: ${JSON.stringify(zone)}\n`), undefined);
  assert.equal(zoneOf(wrongWatch), undefined);
});

describe("the store is not guessed", () => {
  const doubtful = {
    "its location is wrong": "store: mysql://db.example.org\n",
    "its own key is unknown": "store: { location: x.db, pasword: word }\n",
    "its password cannot be read": "store: { location: postgres://me@db/x, password_file: /nowhere/word }\n",
    "it is given twice": "store: a.db\nstore: b.db\n",
    "its key may be misspelt": "stroe: mine.db\n",
    "it stands under another section": "reports:\n  store: mine.db\n",
    "its tag is unknown": "store: !secret mine.db\n",
    "it is the name of a kind of database": "store: postgres\n",
    "the syntax is wrong": "store: mine.db\nwatches: [\n",
    "there is nothing in the file": "",
  };
  for (const [why, text] of Object.entries(doubtful)) {
    test(`if ${why}`, () => assert.equal(storeOf(text), undefined));
  }

  test("but is always taken from the environment", () => {
    const environment = { HARBINGER_STORE: "mine.db" };
    for (const text of ["stroe: other.db\n", "reports:\n  store: other.db\n", "watches: [\n", ""]) {
      assert.deepEqual(storeOf(text, { environment }), { location: "mine.db" }, text);
    }
  });

  test("if the environment is invalid", () => {
    assert.equal(storeOf(wrongWatch, { environment: { HARBINGER_STORE: "mysql://db" } }), undefined);
  });

  test("if a named file does not exist, unless the environment has it", () => {
    const absent = { ...options, file: "/nowhere/harbinger.yaml" };
    const outcome = loadConfig(absent);
    assert.ok(outcome.kind === "invalid");
    assert.equal(outcome.store, undefined);
    const known = loadConfig({ ...absent, environment: { HARBINGER_STORE: "mine.db" } });
    assert.ok(known.kind === "invalid");
    assert.deepEqual(known.store, { location: "mine.db" });
  });
});
