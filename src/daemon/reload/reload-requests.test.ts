import assert from "node:assert/strict";
import { test } from "node:test";
import { ReloadRequests } from "./reload-requests.ts";

test("requests during a reload get the next one, all of them the same", async () => {
  const requests = new ReloadRequests<number>();
  const gates: PromiseWithResolvers<void>[] = [];
  const early = requests.request();
  requests.serve(async () => {
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    const number = gates.length;
    await gate.promise;
    return number;
  });
  const later = [requests.request(), requests.request(), requests.request()];
  gates[0]?.resolve();
  assert.equal(await early, 1);
  while (gates.length < 2) await new Promise((resolve) => setImmediate(resolve));
  gates[1]?.resolve();
  assert.deepEqual(await Promise.all(later), [2, 2, 2]);
  assert.equal(gates.length, 2);
});

test("shutdown waits for the running reload, and starts no other", async () => {
  const requests = new ReloadRequests<void>();
  const gate = Promise.withResolvers<void>();
  let begun = 0;
  requests.serve(async () => {
    begun += 1;
    await gate.promise;
  });
  const first = requests.request();
  void requests.request();
  const stopped = requests.stop();
  gate.resolve();
  await Promise.all([first, stopped]);
  assert.equal(begun, 1);
});
