import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openPort } from "../../test/harness/open-port.ts";
import { freePorts } from "./free-ports.ts";

describe("freePorts", () => {
  test("leaves out ports that a program of this machine uses, also on one address only", async () => {
    await using taken = await openPort("127.0.0.1");
    const gone = await openPort("127.0.0.1");
    await gone[Symbol.asyncDispose]();
    assert.deepEqual(await freePorts([taken.port, gone.port], 5), [gone.port]);
  });

  test("stops when there are enough, and leaves the ports free", async () => {
    const two = [await openPort("127.0.0.1"), await openPort("127.0.0.1")];
    const ports = two.map(({ port }) => port);
    for (const one of two) await one[Symbol.asyncDispose]();
    assert.deepEqual(await freePorts(ports, 1), ports.slice(0, 1));
    assert.deepEqual(await freePorts(ports, 2), ports);
  });
});
