import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { redactSecrets } from "./redact-secrets.ts";

describe("redactSecrets", () => {
  test("hides values of keys that name a secret, in every notation", () => {
    for (const [text, expected] of [
      ["password=hunter2 next", "password=*** next"],
      ['{"db_password": "hunter2", "a": 1}', '{"db_password": ***, "a": 1}'],
      ["X-Api-Key: abc; other=1", "X-Api-Key: ***; other=1"],
      ["'aws.secret-id' : 'x y' z", "'aws.secret-id' : *** z"],
      ["tokentoken.x=1&b=2", "tokentoken.x=***&b=2"],
      ["mongodb://admin:hunter2@db:27017", "mongodb://admin:***@db:27017"],
      ["Authorization: Bearer abcdefgh12345", "Authorization: *** ***"],
      ["a token is asked for", "a token is asked for"],
      ["", ""],
    ] as const)
      assert.equal(redactSecrets(text), expected);
  });

  test("takes linear time for text that is made to be slow: each of 4,096 characters costs a bounded number of steps", () => {
    for (const filling of [
      "password",
      "token",
      "token  ",
      "a.",
      "Bearer ",
      'cookie"  ',
      "://a:",
      "secret=",
      "x-",
      "api-key-",
    ]) {
      const text = filling.repeat(4096 / filling.length);
      const startedAt = process.cpuUsage();
      for (let round = 0; round < 20; round += 1) redactSecrets(`${text}  `);
      const { user } = process.cpuUsage(startedAt);
      // Twenty rounds took minutes when it was quadratic; they take milliseconds now.
      assert.ok(user < 2_000_000, `${JSON.stringify(filling)}: ${user / 1000} ms of processor time`);
    }
  });

  test("never throws, and always hides a simple password", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.stringMatching(/^[A-Za-z0-9]{6,20}$/), (before, after, secret) => {
        assert.equal(typeof redactSecrets(before), "string");
        const safe = redactSecrets(`${before}\npassword=${secret} ${after}`);
        assert.ok(!safe.includes(`password=${secret}`));
      }),
    );
  });
});
