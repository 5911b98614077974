import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Check } from "../../core/check.ts";
import { readCheckArguments } from "./check-arguments.ts";
import { httpOperands } from "./http/http-operands.ts";

function check(name: string): Check {
  return {
    name,
    description: "",
    options: [
      { name: "tls", description: "" },
      { name: "url", value: "path", description: "" },
      { name: "vulnerable-match", value: "text", description: "" },
      { name: "depth", value: "n", description: "", refuses: (value) => (value === "1" ? undefined : "one alone") },
    ],
    timeoutMs: name === "port" ? 5000 : undefined,
    operands: name === "http" ? httpOperands : undefined,
    run: () => Promise.reject(new Error("not to be run")),
  };
}

function read(name: string, ...args: string[]) {
  const outcome = readCheckArguments(check(name), args);
  if (outcome.kind === "wrong") return outcome.reason;
  const { host, port, timeoutMs, options } = outcome.request;
  return [host, port, timeoutMs, options];
}

test("host and port, apart or together", () => {
  assert.deepEqual(read("kafka", "10.0.0.1", "9092"), ["10.0.0.1", 9092, 10_000, {}]);
  assert.deepEqual(read("kafka", "10.0.0.1:9092"), ["10.0.0.1", 9092, 10_000, {}]);
  assert.deepEqual(read("kafka", "[fd00::1]:9092"), ["[fd00::1]", 9092, 10_000, {}]);
  assert.deepEqual(read("port", "fd00::1", "22"), ["fd00::1", 22, 5000, {}]);
});

test("a port in HOST takes precedence, and the default port is used if no port is given", () => {
  const usual = (...args: string[]) => {
    const outcome = readCheckArguments(check("kafka"), args, 9092);
    return outcome.kind === "wrong"
      ? [outcome.isBadPort, outcome.reason]
      : [outcome.request.host, outcome.request.port, outcome.request.options];
  };
  assert.deepEqual(usual("10.0.0.1"), ["10.0.0.1", 9092, {}]);
  assert.deepEqual(usual("fd00::1"), ["fd00::1", 9092, {}]);
  assert.deepEqual(usual("[fd00::1]"), ["[fd00::1]", 9092, {}]);
  assert.deepEqual(usual("-t", "h:1", "2"), ["h", 1, { tls: true }]);
  assert.deepEqual(usual("[fd00::1]:1", "2", "--tls"), ["[fd00::1]", 1, { tls: true }]);
  for (const words of [["h:x"], ["h", "x"], ["h:"], ["h", "0"], ["h:65536", "1"]])
    assert.equal(usual(...words)[0], true);
  for (const words of [[], [""], [":1"], ["[]:1"], ["h", "1", "2"], ["-x", "h"]])
    assert.equal(usual(...words)[0], false);
});

test("options are accepted anywhere, with their value separate or joined", () => {
  const expected = ["h", 443, 2500, { tls: true, url: "/a", "vulnerable-match": "--x y" }];
  assert.deepEqual(
    read("http", "--tls", "--url", "/a", "--vulnerable-match=--x y", "--timeout", "2.5", "h", "443"),
    expected,
  );
  assert.deepEqual(
    read("http", "h", "--url=/a", "443", "--vulnerable-match", "--x y", "--timeout=2.5", "--tls"),
    expected,
  );
});

test("http takes a scheme and a path", () => {
  assert.deepEqual(read("http", "h", "80", "https", "/x"), ["h", 80, 10_000, { tls: true, url: "/x" }]);
  assert.deepEqual(read("http", "h", "80", "http", "/api/status"), ["h", 80, 10_000, { url: "/api/status" }]);
  assert.deepEqual(read("http", "h:80", "/x"), ["h", 80, 10_000, { url: "/x" }]);
});

test("wrong arguments are rejected with the reason", () => {
  assert.equal(read("port"), "a host and a port are required");
  assert.equal(read("port", "h"), "a port is required: HOST PORT, or HOST:PORT");
  assert.equal(read("port", "h", "70000"), '"70000" is not a port; a port is a number from 1 to 65535');
  assert.equal(read("port", "h", "22", "x"), '"x" is an unexpected argument');
  assert.equal(read("port", "h", "22", "--nope"), "unknown option --nope");
  assert.equal(read("port", "h", "22", "--url"), "--url requires a value");
  assert.equal(read("port", "h", "22", "--depth", "2"), "one alone");
  assert.deepEqual(read("port", "h", "22", "--depth=1"), ["h", 22, 5000, { depth: "1" }]);
  assert.equal(read("port", "h", "22", "--tls=yes"), "--tls takes no value");
  assert.equal(read("port", "h", "22", "--timeout", "soon"), "--timeout takes a number of seconds");
});

test("any words are read without an exception", () => {
  const word = fc.oneof(fc.string(), fc.constantFrom("--tls", "--url", "--", "h", "22", "h:22", "https", "--timeout"));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (words) => {
      const outcome = readCheckArguments(check("http"), words);
      if (outcome.kind === "request") assert.ok(outcome.request.port >= 1 && outcome.request.host !== "");
    }),
  );
});
