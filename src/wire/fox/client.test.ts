import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const hello = text(
  "fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\nhostName=s:desk-7\napp.name=s:Workbench\n};;\n",
);

describe("fox", () => {
  test("the hello contains version, host and application", () => {
    assert.deepEqual(parse(hello), match({ foxVersion: "1.0", hostName: "desk-7", application: "Workbench" }));
  });

  test("another sentence is something else", () => {
    assert.equal(parse(text("fox a dog jumps\n")).kind, "mismatch");
    assert.equal(parse(text("flush_all\r\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [hello] });
});
