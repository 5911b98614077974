import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openNotifySocket, unixAddress } from "./notify-socket.ts";
import { systemClock } from "./system-clock.ts";

describe("the address of the service manager's socket", () => {
  test("is a path with its NUL, or an abstract name after one", () => {
    assert.deepEqual([...(unixAddress("/run/n") ?? [])].slice(2), [...Buffer.from("/run/n\0")]);
    assert.deepEqual([...(unixAddress("@abc") ?? [])].slice(2), [...Buffer.from("\0abc")]);
  });

  test("is undefined for any other text", async () => {
    for (const name of ["", "/", "@", "relative", "vsock:2:1234", `/${"a".repeat(107)}`, "/a\0b"]) {
      assert.equal(unixAddress(name), undefined, name);
    }
    assert.equal((await openNotifySocket("vsock:2:1234", systemClock)).kind, "unavailable");
  });
});
