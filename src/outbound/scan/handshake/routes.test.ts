import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatRange } from "../../../core/network.ts";
import { parseIpv4Routes, parseIpv6Routes, type Route } from "./routes.ts";

function text({ link, hasGateway, metric, ...range }: Route): string {
  return `${formatRange(range)} ${link} ${metric}${hasGateway ? " by a router" : ""}`;
}

test("IPv4 routes are parsed, those that reject are skipped", () => {
  const lines = [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0",
    "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
    "*\t00005A0A\t00000000\t0200\t0\t0\t0\tF8FFFFFF\t0\t0\t0",
    "",
  ];
  assert.deepEqual(parseIpv4Routes(lines.join("\n")).map(text), [
    "0.0.0.0-255.255.255.255 eth0 100 by a router",
    "192.0.2.0-192.0.2.255 eth0 0",
  ]);
});

test("IPv6 routes are parsed, those that reject are skipped", () => {
  const none = "0".repeat(32);
  const line = (to: string, bits: string, by: string, metric: string, flags: string, link: string) =>
    `${to} ${bits} ${none} 00 ${by} ${metric} 00000002 00000000 ${flags} ${link.padStart(8)}`;
  const lines = [
    line("fd000000000000000000000000000000", "40", none, "00000100", "00000001", "eth0"),
    line(none, "00", "fd000000000000000000000000000001", "00000400", "00000003", "eth0"),
    line("00000000000000000000000000000001", "80", none, "00000000", "80200001", "lo"),
    line(none, "00", none, "ffffffff", "00200200", "lo"),
  ];
  assert.deepEqual(parseIpv6Routes(lines.join("\n")).map(text), [
    "fd00::-fd00::ffff:ffff:ffff:ffff eth0 256",
    "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff eth0 1024 by a router",
    "::1 lo 0",
  ]);
});

test("parsing any text ends, and returns only ranges", () => {
  const word = fc.oneof(fc.stringMatching(/^[0-9a-fA-F]{0,34}$/), fc.string({ maxLength: 8 }));
  const table = fc.array(fc.array(word, { maxLength: 12 }), { maxLength: 4 });
  fc.assert(
    fc.property(table, fc.constantFrom("\t", " "), (lines, separator) => {
      const joined = lines.map((words) => words.join(separator)).join("\n");
      for (const { first, last } of parseIpv4Routes(joined)) assert.ok(first <= last && last < 1n << 32n);
      for (const { first, last } of parseIpv6Routes(joined)) assert.ok(first <= last && last < 1n << 128n);
    }),
  );
});
