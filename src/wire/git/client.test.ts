import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const listRemote = fixture(import.meta.url, "git-ls-remote.bin");
// gitprotocol-pack, "Git Transport".
const documented = text("0033git-upload-pack /project.git\0host=myserver.com\0");

describe("git", () => {
  test("the request contains service, path and host", () => {
    equalFacts(parse(documented), match({ service: "git-upload-pack", path: "/project.git", host: "myserver.com" }));
    const outcome = parse(listRemote);
    assert.ok(outcome.kind === "match");
    assert.equal(outcome.value.path, "/shop.git");
    assert.equal(outcome.value.protocolVersion, "2");
  });

  test("other digits are something else", () => {
    assert.equal(parse(text("0001 CAPABILITY\r\n")).kind, "mismatch");
    assert.equal(parse(text("0009git-upload-pack /x\0")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [listRemote, documented] });
});
