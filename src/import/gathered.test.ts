import assert from "node:assert/strict";
import { test } from "node:test";
import { equalFacts } from "../../test/wire/equal-facts.ts";
import { parseAddress } from "../core/address.ts";
import type { ImportedService } from "../core/imported.ts";
import { identify } from "../wire/identify.ts";
import { Gathered } from "./gathered.ts";

const address = parseAddress("10.0.0.1");

function service(lastSeen: number, product?: string, version?: string): ImportedService {
  assert.ok(address !== undefined);
  return { address, port: 80, firstSeen: lastSeen, lastSeen, service: { product, version } };
}

test("a repeated service is stored once, with its first and last time and its latest attributes", () => {
  const orders = [
    [service(2, "nginx", "1.20"), service(1, "nginx", "1.18"), service(3)],
    [service(3), service(1, "nginx", "1.18"), service(2, "nginx", "1.20")],
  ];
  for (const order of orders) {
    using gathered = new Gathered();
    for (const each of order) gathered.addService(each);
    assert.deepEqual(gathered.counts, { services: 1, devices: 0, connections: 0 });
    const [[found] = []] = [...gathered.services(10)];
    assert.deepEqual([found?.firstSeen, found?.lastSeen, found?.service?.product], [1, 3, "nginx"]);
  }
});

test("of another product the version is replaced too", () => {
  using gathered = new Gathered();
  gathered.addService(service(1, "nginx", "1.18"));
  gathered.addService(service(2, "Apache httpd"));
  const [[found] = []] = [...gathered.services(10)];
  equalFacts(found?.service, { product: "Apache httpd" });
});

test("equal records each count within one file, and are duplicates across files", () => {
  using gathered = new Gathered();
  assert.ok(address !== undefined);
  const bytes = new TextEncoder().encode("SSH-2.0-Go\r\n");
  const connection = {
    listener: "imported",
    at: 1,
    peer: { address, port: 1 },
    local: { address, port: 22 },
    end: "heard",
    durationMs: 1,
    bytes: bytes.length,
    payload: bytes,
    phase: "client-first",
    identification: identify(bytes),
  } as const;
  for (const file of [0, 0, 1, 1]) gathered.addConnection(connection, undefined, file);
  gathered.addConnection(connection, "an-id-of-its-own", 1);
  const [page = []] = [...gathered.connections(10)];
  assert.equal(page.length, 3);
  assert.deepEqual(page[0]?.payload, bytes);
});
