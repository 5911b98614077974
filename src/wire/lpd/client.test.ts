import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

describe("lpd", () => {
  test("command and queue are read", () => {
    assert.deepEqual(parse(text("\u0001default\n")), match({ command: "print-waiting", queue: "default" }));
    assert.deepEqual(parse(text("\u0003lp root 12\n")), match({ command: "queue-state", queue: "lp" }));
  });

  test("SOCKS and other binary data are something else", () => {
    assert.equal(parse(hex("050100")).kind, "mismatch");
    assert.equal(parse(hex("04010050c0000207000a")).kind, "mismatch");
    assert.equal(parse(text("\u0001\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [text("\u0001default\n"), text("\u0002lp\n")] });
});
