import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseDhcpLeases } from "./parse.ts";

function brief(text: string): readonly string[] {
  return parseDhcpLeases(text).map(
    ({ mac, address, name, expiresAt }) => `${mac} ${address} ${name ?? "-"} ${expiresAt}`,
  );
}

const dnsmasq = [
  "duid 00:01:00:01:2e:00:00:00:52:54:00:00:00:01",
  "1764338400 B8:27:EB:00:00:01 192.168.50.10 nas 01:b8:27:eb:00:00:01",
  "0 da:a1:19:00:00:20 192.168.50.20 * *",
  "1764338400 00:11:32:00:00:10 192.168.50.30 12345 *",
  "1764338400 3221225 fd00:50::10 nas 00:01:00:01",
].join("\n");

const isc = `
# The format of this file is documented in the dhcpd.leases(5) manual page.
lease 192.168.50.10 {
  starts 6 2026/11/28 12:00:00;
  ends 6 2026/11/28 13:00:00;
  binding state active;
  next binding state free;
  hardware ethernet b8:27:eb:00:00:01;
  uid "\\001\\270'\\353\\000\\000\\001";
  client-hostname "Anna\\047s \\"box\\"";
}
lease 192.168.50.20 {
  ends never;
  binding state active;
  hardware ethernet da:a1:19:00:00:20;
  client-hostname "old";
}
lease 192.168.50.20 {
  ends epoch 1764338400; # Fri Nov 28 14:00:00 2025
  binding state free;
  hardware ethernet da:a1:19:00:00:20;
  client-hostname "old";
}
lease 192.168.50.40 {
  binding state active;
  hardware ethernet da:a1:19:`;

const kea = [
  "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id",
  "192.168.50.10,b8:27:eb:00:00:01,01:b8,3600,1764338400,1,0,0,nas.lan,0,,0",
  "192.168.50.20,da:a1:19:00:00:20,,4294967295,1764338400,1,0,0,a&#x2cb,0,,0",
  "192.168.50.10,b8:27:eb:00:00:01,01:b8,3600,1764342000,1,0,0,nas.lan,2,,0",
].join("\n");

describe("leases", () => {
  test("of dnsmasq: a time of zero never ends, a star is not a name, digits are one", () => {
    assert.deepEqual(brief(dnsmasq), [
      "b8:27:eb:00:00:01 192.168.50.10 nas 1764338400000",
      "da:a1:19:00:00:20 192.168.50.20 - Infinity",
      "00:11:32:00:00:10 192.168.50.30 12345 1764338400000",
    ]);
  });

  test("of ISC dhcpd: the last entry of an address counts, a name may be quoted, a block may be cut", () => {
    assert.deepEqual(brief(isc), [
      `b8:27:eb:00:00:01 192.168.50.10 Anna's "box" ${Date.UTC(2026, 10, 28, 13)}`,
      "da:a1:19:00:00:20 192.168.50.20 - 1764338400000",
    ]);
  });

  test("of Kea: columns by their names, the last entry of an address counts", () => {
    assert.deepEqual(brief(kea), [
      "da:a1:19:00:00:20 192.168.50.20 a,b Infinity",
      "b8:27:eb:00:00:01 192.168.50.10 - 1764342000000",
    ]);
  });

  test("are read without an exception, whatever the text", () => {
    const piece = fc.constantFrom(...`${dnsmasq}\n${isc}\n${kea}`.split(/(?<=[\n ,;])/));
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 }).map((pieces) => pieces.join("")),
      fc.array(piece, { maxLength: 60 }).map((pieces) => `address,hwaddr,expire\n${pieces.join("")}`),
    );
    fc.assert(
      fc.property(text, (read) => {
        for (const { expiresAt, mac } of parseDhcpLeases(read)) {
          assert.ok(expiresAt >= 0);
          assert.equal(mac.length, 17);
        }
      }),
    );
  });
});
