import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, parseAddress } from "../../../core/address.ts";
import { parseRange } from "../../../core/network.ts";
import { LinkMonitor } from "./link-monitor.ts";
import type { Route } from "./routes.ts";

function address(text: string): Address {
  return parseAddress(text) ?? assert.fail(text);
}

function route(text: string, link: string, metric = 0): Route {
  return { ...(parseRange(text) ?? assert.fail(text)), link, hasGateway: false, metric };
}

const routes = [
  route("0.0.0.0/0", "wlan0", 600),
  route("0.0.0.0/0", "eth0", 100),
  route("10.0.0.0/24", "eth0"),
  route("10.0.0.2", "lo"),
  route("10.0.1.0/24", "eth1"),
  route("10.0.1.128/25", "tun0"),
  route("fe80::/64", "eth0"),
  route("127.0.0.0/8", "lo"),
];

/** Whether the link to each address was down, when only these are up. */
function downTo(up: readonly string[], ...texts: readonly string[]): readonly boolean[] {
  const links = new LinkMonitor({ routes, isUp: (link) => up.includes(link) });
  return texts.map((text) => links.wasDown(address(text), 0, 0));
}

test("the most specific route decides which link must be up, then the lowest metric", () => {
  const all = ["10.0.0.7", "10.0.1.7", "10.0.1.200", "192.0.2.1", "fe80::7"];
  assert.deepEqual(downTo(["eth0", "eth1", "tun0", "wlan0"], ...all), [false, false, false, false, false]);
  assert.deepEqual(downTo(["eth1", "tun0", "wlan0"], ...all), [true, false, false, true, true]);
  assert.deepEqual(downTo(["eth0", "tun0"], ...all), [false, true, false, false, false]);
  assert.deepEqual(downTo(["eth0", "eth1"], ...all), [false, false, true, false, false]);
});

test("a zone decides the link", () => {
  assert.deepEqual(downTo(["eth0"], "fe80::7%eth1", "fe80::7%eth0"), [true, false]);
});

test("probes to this machine itself need no link", () => {
  assert.deepEqual(downTo([], "127.0.0.1", "10.0.0.2"), [false, false]);
});

test("without a route no link is down", () => {
  assert.deepEqual(downTo([], "2001:db8::1"), [false]);
  assert.equal(new LinkMonitor({ routes: [], isUp: () => false }).wasDown(address("10.0.0.7"), 0, 0), false);
});

test("a link that was down after the probe was sent counts, one that was up again before does not", () => {
  let isUp = true;
  const links = new LinkMonitor({ routes, isUp: () => isUp });
  const target = address("10.0.0.7");
  assert.equal(links.wasDown(target, 0, 100), false);
  isUp = false;
  links.update(200);
  isUp = true;
  assert.equal(links.wasDown(target, 150, 300), true);
  assert.equal(links.wasDown(target, 201, 300), false);
});

test("the links are checked every 25 ms, however often update is called", () => {
  let checks = 0;
  const links = new LinkMonitor({
    routes: [route("10.0.0.0/24", "eth0")],
    isUp: () => {
      checks += 1;
      return true;
    },
  });
  for (let now = 0; now <= 1000; now++) links.update(now);
  assert.equal(checks, 41);
});
