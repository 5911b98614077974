import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import type { Address } from "../../../core/address.ts";
import { formatRange } from "../../../core/network.ts";
import { scopeSchema } from "../schema.ts";
import { hostlessAddresses } from "./hostless.ts";
import { type LookupAll, resolveTargets, type ScanTargets } from "./resolve-targets.ts";

const names: Readonly<Record<string, readonly string[]>> = {
  "nas.lan": ["192.168.1.5", "fd00::5"],
  "alias.lan": ["192.168.1.5"],
  "public.example": ["192.0.2.9"],
  "near.lan": ["fe80::1%eth0"],
};

const lookup: LookupAll = async (name) => {
  const addresses = names[name];
  if (addresses === undefined) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: "ENOTFOUND" });
  return addresses.map((address) => ({ address }));
};

/** Of a machine with 192.168.1.2/24. */
const hostless = hostlessAddresses([
  {
    link: "eth0",
    address: "192.168.1.2" as Address,
    range: { family: 4, first: 0xc0a80100n, last: 0xc0a801ffn },
    prefixLength: 24,
    isLoopback: false,
  },
]);

interface Given {
  readonly exclude?: readonly string[];
  readonly scope?: { readonly allow?: readonly string[]; readonly exclude?: readonly string[] };
}

function resolve(targets: readonly string[], { exclude = [], scope = {} }: Given = {}) {
  return resolveTargets({ targets, exclude, scope: scopeSchema.parse(scope), lookup, hostless });
}

async function resolved(targets: readonly string[], given: Given = {}): Promise<ScanTargets> {
  const outcome = await resolve(targets, given);
  assert.ok(outcome.kind === "targets", outcome.kind === "bad" ? outcome.reason : "");
  return outcome.targets;
}

async function rangesFor(targets: readonly string[], given: Given = {}): Promise<readonly string[]> {
  return (await resolved(targets, given)).ranges.map(formatRange);
}

async function reasonFor(targets: readonly string[], given: Given = {}): Promise<string> {
  const outcome = await resolve(targets, given);
  assert.ok(outcome.kind === "bad");
  return `${outcome.reason}${outcome.remedy === undefined ? "" : `; ${outcome.remedy}`}`;
}

function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(os.tmpdir(), "targets-"));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

test("targets that overlap or touch become one range", async () => {
  assert.deepEqual(await rangesFor(["10.0.0.0/25", "10.0.0.100-10.0.0.200", "10.0.0.201"]), ["10.0.0.0-10.0.0.201"]);
});

test("a /8 needs no more than a /24", async () => {
  assert.deepEqual(await rangesFor(["10.0.0.0/8"], { exclude: ["10.5.0.0/16"] }), [
    "10.0.0.0-10.4.255.255",
    "10.6.0.0-10.255.255.255",
  ]);
});

test("a name is resolved to all its addresses, which keep it", async () => {
  const targets = await resolved(["nas.lan", "192.168.1.6"]);
  assert.deepEqual(targets.ranges.map(formatRange), ["192.168.1.5-192.168.1.6", "fd00::5"]);
  assert.equal(targets.names.get("192.168.1.5" as Address), "nas.lan");
  assert.equal(targets.names.get("fd00::5" as Address), "nas.lan");
  assert.equal(targets.names.get("192.168.1.6" as Address), undefined);
});

test("an excluded name removes all its addresses, also under another name", async () => {
  assert.deepEqual(await rangesFor(["nas.lan", "alias.lan", "192.168.1.4-6"], { exclude: ["nas.lan"] }), [
    "192.168.1.4",
    "192.168.1.6",
  ]);
});

test("a name that does not resolve is reported, and the other targets are kept", async () => {
  const targets = await resolved(["10.0.0.1", "nosuch.lan", "nas.lan"]);
  assert.deepEqual(targets.ranges.map(formatRange), ["10.0.0.1", "192.168.1.5", "fd00::5"]);
  assert.deepEqual(targets.unresolved, ["cannot resolve nosuch.lan: no such name (ENOTFOUND)"]);
});

test("a name that does not resolve fails if it is the only target, or an exclusion", async () => {
  assert.match(await reasonFor(["nosuch.lan"]), /cannot resolve nosuch\.lan: no such name/);
  assert.match(await reasonFor(["10.0.0.1"], { exclude: ["nosuch.lan"] }), /cannot resolve nosuch\.lan/);
});

test("an interface in a name's answer is kept for the connection", async () => {
  const targets = await resolved(["near.lan"]);
  assert.equal(targets.zones.get("fe80::1" as Address), "eth0");
});

test("the same link-local address on two interfaces is rejected, not mixed up", async () => {
  assert.match(await reasonFor(["fe80::1%eth0", "fe80::1%eth1"]), /two interfaces, eth0 and eth1/);
});

test("a file has one target per line, without comments and blank lines", async (t) => {
  const file = path.join(folder(t), "hosts");
  writeFileSync(file, "\uFEFF# the lab\r\n10.0.0.1 # door\r\n\r\n10.0.0.4-5\nnas.lan\n");
  const expected = ["10.0.0.1", "10.0.0.4-10.0.0.5", "192.168.1.5", "fd00::5"];
  assert.deepEqual(await rangesFor([`@${file}`]), expected);
  assert.match(await reasonFor([file]), /a file of targets is written with an @ before its name/);
});

test("an error in a file names the file and the line", async (t) => {
  const file = path.join(folder(t), "hosts");
  writeFileSync(file, "10.0.0.1\n\n10.0.0.999\n");
  assert.match(await reasonFor([`@${file}`]), /hosts:3: "10\.0\.0\.999" is not an address/);
  writeFileSync(file, "10.0.0.1\nnosuch.lan\n");
  assert.match((await resolved([`@${file}`])).unresolved.join(), /hosts:2: cannot resolve nosuch\.lan/);
  writeFileSync(file, Buffer.from("\uFEFF# hosts\r\n10.0.0.1\r\n", "utf16le"));
  assert.match(await reasonFor([`@${file}`]), /hosts:1: is not UTF-8 text; save it as UTF-8/);
  writeFileSync(file, Buffer.from("10.0.0.1 # K\xfcche\nk\xfcche.lan\n", "latin1"));
  assert.match(await reasonFor([`@${file}`]), /hosts:2: is not UTF-8 text; save it as UTF-8/);
  writeFileSync(file, `@${file}\n`);
  assert.match(await reasonFor([`@${file}`]), /hosts:1: a target file cannot name another file/);
});

test("a missing file or a folder is an error with its name", async (t) => {
  const place = folder(t);
  assert.match(await reasonFor([`@${place}/missing`]), /cannot read the target file .*missing: ENOENT/);
  assert.match(await reasonFor([`@${place}`]), /cannot read the target file .*EISDIR/);
});

test("a public address is rejected with its name and the remedy", async () => {
  assert.match(
    await reasonFor(["10.0.0.1", "192.0.2.0/28"]),
    /192\.0\.2\.0\/28 .*outside the allowed scope.*; list it in scope\.allow/,
  );
  assert.match(await reasonFor(["public.example"]), /public\.example \(192\.0\.2\.9\) is outside/);
});

test("a network that is only partly private is rejected", async () => {
  assert.match(await reasonFor(["10.0.0.0/7"]), /10\.0\.0\.0\/7 \(11\.0\.0\.0-11\.255\.255\.255\) is outside/);
});

test("excluded targets need not be in scope", async () => {
  assert.deepEqual(await rangesFor(["10.0.0.0/7"], { exclude: ["11.0.0.0/8"] }), ["10.0.0.0-10.255.255.255"]);
});

test("scope.allow allows a public network, and scope.exclude takes precedence", async () => {
  const scope = { allow: ["192.0.2.0/24"], exclude: ["192.0.2.7", "10.0.0.2"] };
  assert.deepEqual(await rangesFor(["192.0.2.6-8", "10.0.0.1-3"], { scope }), [
    "10.0.0.1",
    "10.0.0.3",
    "192.0.2.6",
    "192.0.2.8",
  ]);
});

test("scope.exclude alone allows nothing", async () => {
  assert.match(await reasonFor(["192.0.2.6-7"], { scope: { exclude: ["192.0.2.7"] } }), /outside/);
});

test("a scan without any target left is an error", async () => {
  assert.match(await reasonFor(["10.0.0.1"], { exclude: ["10.0.0.0/8"] }), /every target is excluded/);
  assert.match(await reasonFor([]), /no target is given/);
});

test("network and broadcast addresses of an own network are left out, with a note", async () => {
  const targets = await resolved(["192.168.0.0/23", "192.168.2.0/24"]);
  assert.deepEqual(targets.ranges.map(formatRange), [
    "192.168.0.0-192.168.0.255",
    "192.168.1.1-192.168.1.254",
    "192.168.2.0-192.168.2.255",
  ]);
  assert.deepEqual(targets.leftOut.map(formatRange), ["192.168.1.0", "192.168.1.255"]);
});

test("addresses that are excluded or not named are not in the note", async () => {
  assert.deepEqual((await resolved(["192.168.1.0/24"], { exclude: ["192.168.1.128/25"] })).leftOut.map(formatRange), [
    "192.168.1.0",
  ]);
  assert.deepEqual((await resolved(["192.168.1.7"])).leftOut, []);
});

test("targets that cannot be hosts are an error, whatever the scope allows", async () => {
  for (const target of ["192.168.1.255", "224.0.0.0/4", "255.255.255.255", "240.0.0.1", "0.0.0.0", "::", "ff02::1"]) {
    for (const scope of [{}, { allow: ["0.0.0.0/0", "::/0"] }]) {
      const outcome = await resolve([target], { scope });
      assert.ok(outcome.kind === "bad", target);
      assert.match(outcome.reason, /no host can have such an address/);
    }
  }
});

test("a file in the working directory that is named like a target is not read", async (t) => {
  const before = process.cwd();
  process.chdir(folder(t));
  t.after(() => process.chdir(before));
  writeFileSync("nas.lan", "10.0.0.66\n");
  assert.deepEqual(await rangesFor(["nas.lan"]), ["192.168.1.5", "fd00::5"]);
});
