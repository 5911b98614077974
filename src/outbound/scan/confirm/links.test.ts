import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "../../../core/address.ts";
import { parseRange } from "../../../core/network.ts";
import { Links } from "./links.ts";

function areDownTo(text: string, ranges: Readonly<Record<string, string>>, up: readonly string[]): boolean {
  const address = parseAddress(text);
  assert.ok(address !== undefined);
  const onLink = Object.entries(ranges).flatMap(([link, network]) => {
    const range = parseRange(network);
    return range === undefined ? [] : [{ ...range, link }];
  });
  const isUp = (link: string) => up.includes(link);
  return new Links(() => ({ onLink, entries: 1024, read: () => undefined, isUp })).areDownTo(address);
}

const two = { eth0: "10.0.0.0/24", eth1: "10.0.1.0/24" };

test("an address on a link is out of reach when that link is down", () => {
  assert.equal(areDownTo("10.0.0.7", two, ["eth1"]), true);
  assert.equal(areDownTo("10.0.0.7", two, ["eth0"]), false);
});

test("an address behind a router is out of reach when every link is down", () => {
  assert.equal(areDownTo("10.9.0.7", two, []), true);
  assert.equal(areDownTo("10.9.0.7", two, ["eth1"]), false);
});

test("a machine that has loopback alone has no link that could be down", () => {
  assert.equal(areDownTo("127.0.0.1", {}, []), false);
});
