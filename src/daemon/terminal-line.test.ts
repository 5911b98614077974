import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { terminalLine } from "./terminal-line.ts";

const time = new Date(2026, 0, 31, 8, 5, 9).toISOString();

describe("a line of the log at a terminal", () => {
  test("has the time, the level as a word, the message, and the fields as key=value", () => {
    const json = JSON.stringify({
      level: 30,
      time,
      watch: "lan",
      engine: "connect",
      new: 3,
      done: true,
      msg: "scan complete",
    });
    assert.equal(terminalLine(json, false), "08:05:09 INFO  scan complete  watch=lan engine=connect new=3 done=true\n");
    assert.equal(terminalLine(JSON.stringify({ level: 50, time, msg: "no" }), false), "08:05:09 ERROR no\n");
  });

  test("quotes values that contain spaces, and omits empty ones", () => {
    const json = JSON.stringify({ level: 40, time, error: 'cannot open "x": no = y', empty: "", msg: "failed" });
    assert.equal(terminalLine(json, false), '08:05:09 WARN  failed  error="cannot open \\"x\\": no = y"\n');
  });

  test("is coloured on request, with the same text", () => {
    const json = JSON.stringify({ level: 40, time, a: 1, msg: "careful" });
    const coloured = terminalLine(json, true);
    assert.ok(coloured.includes("\u001b[33mWARN"));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken away
    assert.equal(coloured.replace(/\u001b\[\d+m/g, ""), terminalLine(json, false));
  });

  test("escapes control characters of untrusted text, and is one line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (msg, value) => {
        const line = terminalLine(JSON.stringify({ level: 30, time, value, msg }), false);
        assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}]/u);
      }),
    );
  });
});
