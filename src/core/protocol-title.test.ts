import assert from "node:assert/strict";
import { test } from "node:test";
import { protocolNames } from "./identification.ts";
import { protocolTitle } from "./protocol-title.ts";

test("every protocol of a client has a title, and no two share one", () => {
  const titles = protocolNames.map(protocolTitle);
  assert.equal(new Set(titles).size, protocolNames.length);
  for (const title of titles) assert.match(title, /^[A-Za-z0-9][A-Za-z0-9 /]*$/);
});

test("a short name without a separate title is written in capitals", () => {
  assert.deepEqual(["ssh", "https", "redis", "postgresql"].map(protocolTitle), ["SSH", "HTTPS", "Redis", "PostgreSQL"]);
});
