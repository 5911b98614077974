import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { exposedName } from "./exposed-name.ts";

test("an exposed service is shown by its name, without its version", () => {
  assert.equal(exposedName("Redis 7.0.15: answers INFO without a password"), "Redis");
  assert.equal(exposedName("redis: takes commands without a password (+PONG)"), "Redis");
  assert.equal(exposedName("Apache Kafka: lists its topics"), "Apache Kafka");
  assert.equal(exposedName("Docker Engine API v1.43: answers /info"), "Docker Engine API");
  assert.equal(exposedName("answers without authentication"), undefined);
  assert.equal(exposedName(": x"), undefined);
  assert.equal(exposedName(`${"a".repeat(61)}: x`), undefined);
});

test("the name is short for any finding", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (detail) => {
      const name = exposedName(detail);
      assert.ok(name === undefined || (name.length > 0 && name.length <= 60));
      assert.doesNotMatch(name ?? "", /\p{Cc}/u);
    }),
  );
});
