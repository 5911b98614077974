import assert from "node:assert/strict";
import { test } from "node:test";
import { channels } from "../../src/notify/channels.ts";
import { channelContract } from "./channel-contract.ts";
import { counterparts } from "./counterparts.ts";

for (const definition of channels) {
  const own = counterparts[definition.name] ?? [];

  test(`the channel ${definition.name} has a counterpart in test/notify/counterparts.ts`, () => {
    assert.ok(own.length > 0);
  });

  for (const counterpart of own) channelContract(definition, counterpart);
}
