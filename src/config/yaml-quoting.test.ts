import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { parseYaml } from "./document.ts";
import { yamlScalar } from "./yaml-quoting.ts";

describe("yamlScalar", () => {
  test("leaves plain words unquoted", () => {
    assert.equal(yamlScalar("ann@example.org"), "ann@example.org");
    assert.equal(yamlScalar("no"), '"no"');
    assert.equal(yamlScalar("123"), '"123"');
    assert.equal(yamlScalar("a: b"), '"a: b"');
  });

  test("is read back as the same text, by us and by other parsers", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii", maxLength: 30 }), (text) => {
        const line = `key: [${yamlScalar(text)}]\n`;
        assert.deepEqual(parse(line), { key: [text] });
        assert.deepEqual(JSON.parse(JSON.stringify(parseYaml(line).root)), { key: [text] });
      }),
    );
  });
});
