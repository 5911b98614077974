import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hashPassword, isPasswordHash, isPasswordOf, type PasswordHash } from "./password-hash.ts";

describe("a password hash", () => {
  test("verifies its password and no other one", async () => {
    const hash = await hashPassword("correct horse");
    assert.ok(isPasswordHash(hash));
    assert.equal(await isPasswordOf(hash, "correct horse"), true);
    assert.equal(await isPasswordOf(hash, "correct horsf"), false);
    assert.equal(await isPasswordOf(hash, ""), false);
  });

  test("differs each time, because of its salt", async () => {
    assert.notEqual(await hashPassword("same"), await hashPassword("same"));
  });

  test("is the same for both ways to write an accented letter", async () => {
    assert.equal(await isPasswordOf(await hashPassword("caf\u00e9"), "cafe\u0301"), true);
  });

  test("verifies the hash of another implementation, with other parameters", async () => {
    // Python: hashlib.scrypt(b"secret", salt=bytes(range(16)), n=2**14, r=8, p=1, dklen=32, maxmem=2**26)
    const hash = "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$lUTkiXnaPIlt+39/W8AV+zIOgQ+DcviNZtmSHaWiqmU";
    assert.equal(await isPasswordOf(hash as PasswordHash, "secret"), true);
  });

  test("is rejected if its form is wrong or its parameters cost too much or protect too little", async () => {
    const good = await hashPassword("x");
    for (const bad of [
      "",
      "secret",
      good.replace("scrypt", "argon2id"),
      good.replace("ln=15", "ln=30"),
      good.replace("ln=15", "ln=9"),
      good.replace("p=3", "p=0"),
      good.replace("r=8", "r=99"),
      good.slice(0, -1),
      `${good}=`,
      ` ${good}`,
    ])
      assert.equal(isPasswordHash(bad), false, bad);
  });
});
