import assert from "node:assert/strict";
import { test } from "node:test";
import { isUsedTwice, pastClaim } from "./claimed-addresses.ts";

const both = "used by two devices: nas (00:11:32:aa:bb:cc) and a6:5e:60:12:34:56";

test("the detail of an address that two devices use differs from one that moved, whatever the names of the devices", () => {
  assert.equal(isUsedTwice(`10.0.0.1 is ${both}`), true);
  assert.equal(isUsedTwice(`192.168.1.5, fe80::1%eth0 and 2 more are ${both}`), true);
  const forged = `10.0.0.1 went from 10.0.0.1 is ${both} (00:11:32:aa:bb:cc), which is still there, to a6:5e:60:12:34:56`;
  assert.equal(isUsedTwice(forged), false);
  assert.equal(pastClaim(forged), forged);
});

test("the detail of a claim that is over is told in the past, the names of the devices as they are", () => {
  const named = "used by two devices: is used by two devices: and x";
  assert.equal(pastClaim(`10.0.0.1 is ${named}`), `10.0.0.1 was ${named}`);
  assert.equal(pastClaim(`10.0.0.1, fd00::1 are ${both}`), `10.0.0.1, fd00::1 were ${both}`);
  assert.equal(pastClaim(pastClaim(`10.0.0.1 is ${both}`)), `10.0.0.1 was ${both}`);
});
