// Typing mistakes in a configuration, and their messages: the place, the mistake, the remedy.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkNames } from "../core/check.ts";
import { loadText } from "./load.ts";
import { formatProblem } from "./problems.ts";

function check(text: string) {
  const outcome = loadText(text, "h.yaml", {
    file: undefined,
    explicit: true,
    environment: {},
    checkNames,
    readFile: () => Buffer.from(""),
    fileExists: () => false,
  });
  return {
    problems: outcome.kind === "invalid" ? outcome.problems.map(formatProblem) : [],
    warnings: outcome.warnings.map(formatProblem),
  };
}

/** A watch with these additional keys. */
function watch(keys: string, more = ""): string {
  return `watches:\n  lan: { ports: 80, ${keys} }\n${more}`;
}

const mailServer = "email: { smtp_server: mx.example.org }\n";

describe("targets", () => {
  test("outside of the scope are an error at their place, unless they are allowed or excluded", () => {
    const text = watch("targets: [10.0.0.0/24, 192.0.2.7]");
    assert.deepEqual(check(text).problems, [
      "h.yaml:2:44: watches.lan.targets[1]: 192.0.2.7 is not private and not probed unless scope.allow lists it; list only what is yours",
    ]);
    assert.deepEqual(check(`${text}scope: { allow: [192.0.2.0/24] }\n`).problems, []);
    assert.deepEqual(check(watch("targets: [10.0.0.0/24, 192.0.2.7], exclude: 192.0.2.7")).problems, []);
    assert.match(
      check(watch("targets: 192.168.0.0/15")).problems[0] ?? "",
      /2:30: .*192\.169\.0\.0-192\.169\.255\.255, a part of/,
    );
    assert.deepEqual(check(watch("targets: [example.org, '@list']")).problems, []);
  });

  test("that are all excluded are an error", () => {
    const expected = /nothing is left to scan/;
    assert.match(check(watch("targets: 10.0.0.0/24, exclude: 10.0.0.0/16")).problems[0] ?? "", expected);
    assert.match(
      check(watch("targets: 10.0.0.0/24", "scope: { exclude: [10.0.0.0/8] }\n")).problems[0] ?? "",
      expected,
    );
    assert.deepEqual(check(watch("targets: [10.0.0.0/24, name.example], exclude: 10.0.0.0/16")).problems, []);
  });

  test("in a list that does not exist are a warning", () => {
    assert.match(check(watch("targets: '@no-list'")).warnings[0] ?? "", /2:30: .*no such file now/);
  });
});

describe("mail addresses", () => {
  test("that are invalid are an error with the reason", () => {
    for (const [address, expected] of [
      ["mailto:me@example.org", /without "mailto:"/],
      ["me@exam\u200bple.org", /not seen \(U\+200B\)/],
      ["me @example.org", /a space in it/],
      ["me@example.org; you@example.org", /a comma between two/],
      ["me@", /after the @ is missing/],
    ] as const) {
      const [watched] = check(watch(`targets: 10.0.0.1, email: "${address}"`, mailServer)).problems;
      assert.match(watched ?? "", expected);
      assert.match(watched ?? "", /^h\.yaml:2:47: watches\.lan\.email: /);
      const [alerted] = check(`${watch("targets: 10.0.0.1", mailServer)}alerts: { email: "${address}" }\n`).problems;
      assert.match(alerted ?? "", expected);
    }
    assert.match(
      check(watch("targets: 10.0.0.1", "email: { smtp_server: mx, from_address: 'a b@c' }\n")).problems[0] ?? "",
      /3:41: email\.from_address: not a mail address: it has a space/,
    );
  });

  test("without a domain are a warning if a mail server is to send to them", () => {
    const text = watch("targets: 10.0.0.1, email: root");
    assert.match(check(text + mailServer).warnings[0] ?? "", /2:47: .*"root" has no @ and no domain/);
    assert.deepEqual(check(`${text}email: { use_local_mail: true }\n`).warnings, []);
  });
});

describe("typographic quotes", () => {
  test("are reported at their place, instead of their consequences", () => {
    assert.deepEqual(check(watch("targets: \u201c10.0.0.0/24\u201d")).problems, [
      "h.yaml:2:30: watches.lan.targets: \u201c is a typographic quote, which is ordinary text in YAML; write a plain \" or ' instead",
    ]);
    for (const text of [
      watch("targets: 10.0.0.1", "\u201eemail\u201c: { smtp_server: mx }\n"),
      "watches:\n  lan:\n    targets: 10.0.0.1\n    label: \u00aba: b\u00bb\n",
      watch("targets: [\u201a10.0.0.1\u2018]"),
    ]) {
      assert.match(check(text).problems[0] ?? "", /is a typographic quote/, text);
    }
  });

  test("are a warning at the start of a valid text, and nothing inside it", () => {
    const { problems, warnings } = check(watch("targets: 10.0.0.1, label: \u201cMy LAN\u201d"));
    assert.deepEqual(problems, []);
    assert.match(warnings[0] ?? "", /2:47: watches\.lan\.label: \u201c is a typographic quote/);
    assert.deepEqual(check(watch("targets: 10.0.0.1, label: Ann\u2019s LAN")).warnings, []);
    assert.deepEqual(check(watch('targets: 10.0.0.1, label: "\u201cMy\u201d LAN"')).warnings, []);
  });
});

describe("indentation", () => {
  test("that does not line up is reported at the wrong line", () => {
    assert.deepEqual(check("watches:\n  lan:\n    targets: 10.0.0.0/24\n     ports: 80\n    label: x\n").problems, [
      "h.yaml:4:6: wrong indentation: the line begins at column 6, deeper than line 3, which already has a value; begin it at column 5",
    ]);
    assert.deepEqual(check("watches:\n  lan:\n    targets: 10.0.0.0/24\n   ports: 80\n").problems, [
      "h.yaml:4:4: wrong indentation: the line begins at column 4, where no line above it begins; begin it at column 5 or 3 or 1",
    ]);
    assert.match(check("a:\n  - 1\n - 2\n").problems[0] ?? "", /^h\.yaml:3:2: /);
  });

  test("by tabs is reported at each line", () => {
    assert.deepEqual(check("watches:\n\tlan: { targets: 10.0.0.1, ports: 80 }\n").problems, [
      "h.yaml:2:1: a tab in the indentation; use spaces",
    ]);
  });

  test("is not reported for a bracket that is never closed", () => {
    assert.deepEqual(check("watches:\n  lan:\n    ports: [80, 443\n    label: x\n").problems, [
      "h.yaml:3:12: this bracket or brace is never closed",
    ]);
  });
});

describe("durations", () => {
  test("without a unit are reported with the valid units", () => {
    for (const value of ["30", '"30"']) {
      assert.deepEqual(check(watch(`targets: 10.0.0.1, checks: http, recheck: ${value}`)).problems, [
        "h.yaml:2:63: watches.lan.recheck: 30 has no unit: write 30s, 30m or 30h",
      ]);
    }
    const listeners = (keys: string) => `listeners: { decoy: { ports: 1417, ${keys} } }\n`;
    assert.match(check(listeners("capture: { client_time: 800 }")).problems[0] ?? "", /800 has no unit: write 800ms$/);
    assert.match(check(listeners("cooldown: 0")).problems.join(), /cooldown: 0 has no unit: write/);
    assert.match(
      check("notify: { first_retry: 45 }\n").problems[0] ?? "",
      /^h\.yaml:1:24: notify\.first_retry: 45 has no unit/,
    );
  });

  test("in words are reported with the short form", () => {
    for (const [value, right] of [
      ["5 minutes", "5m"],
      ["2 Hours", "2h"],
      ["90sec", "90s"],
    ]) {
      const [problem] = check(`watches: { x: { command: x, ports: 1, timeout: ${value} } }\n`).problems;
      assert.match(problem ?? "", new RegExp(`timeout: not a valid duration: write ${right}$`));
    }
  });

  test("are not suggested if text or a number is expected", () => {
    assert.match(check("email: { smtp_server: 30 }\n").problems[0] ?? "", /expected text, found a number/);
    assert.match(check(watch("targets: 10.0.0.1, gone_after: '30'")).problems[0] ?? "", /write it without quotes/);
  });
});

describe("schedules and time zones", () => {
  test("that do not exist are reported with the nearest one", () => {
    assert.match(
      check(watch('targets: 10.0.0.1, schedule: "@dayly"')).problems[0] ?? "",
      /2:50: .*unknown schedule name\. Did you mean "@daily"\?/,
    );
    for (const section of ["standalone", "alerts"]) {
      assert.match(
        check(`${watch("targets: 10.0.0.1")}${section}: { time_zone: Europe/Berln }\n`).problems[0] ?? "",
        new RegExp(`${section}\\.time_zone: unknown time zone; did you mean Europe/Berlin\\?`),
      );
    }
  });
});

describe("ports", () => {
  test("that two listeners share are an error", () => {
    const text = "listeners: { one: { ports: 2222 }, two: { ports: [2222, 3333] } }\n";
    assert.match(check(text).problems[0] ?? "", /listeners\.two\.ports: one already uses port 2222/);
  });
});
