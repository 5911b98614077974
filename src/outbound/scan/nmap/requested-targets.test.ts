import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { type Address, parseAddress } from "../../../core/address.ts";
import { formatRange } from "../../../core/network.ts";
import { quoteForShell } from "../../../platform/shell.ts";
import { findNmapCall } from "./nmap-call.ts";
import { wordsOf } from "./nmap-lists.ts";
import {
  type RequestedTargets,
  readRequestedTargets,
  requestedRanges,
  unlessListsChanged,
  unresolvedNames,
} from "./requested-targets.ts";

const answers: Readonly<Record<string, readonly string[]>> = {
  "web.lan": ["10.0.9.1"],
  "many.lan": ["10.0.9.2", "10.0.9.3"],
};

const lookup = async (name: string, family: 4 | 6): Promise<readonly string[]> => {
  const found = family === 4 ? answers[name] : undefined;
  if (found === undefined) throw new Error("ENOTFOUND");
  return found;
};

function read(line: string, options: { readonly isFromHere?: boolean; readonly isInOurFolder?: boolean } = {}) {
  const found = findNmapCall(line, "posix");
  assert.ok(found.kind === "call", line);
  return readRequestedTargets(found.call, { isFromHere: true, isInOurFolder: true, lookup, ...options });
}

async function requested(line: string): Promise<RequestedTargets> {
  const targets = await read(line);
  assert.ok(targets !== undefined, line);
  return targets;
}

interface Reported {
  readonly skipped?: readonly string[];
  readonly taken?: Readonly<Record<string, string>>;
}

async function ranges(line: string, reported: Reported = {}): Promise<readonly string[] | undefined> {
  return requestedRanges(await requested(line), reportedBy(reported))?.map(formatRange);
}

function reportedBy({ skipped = [], taken = {} }: Reported) {
  return {
    skipped: new Set(skipped),
    taken: new Map(Object.entries(taken).map(([name, text]): [string, Address] => [name, address(text)])),
  };
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

function list(t: TestContext, text: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "list");
  writeFileSync(file, text);
  return file;
}

test("a list is read as nmap reads it: blanks, either line end, comments", async (t) => {
  const file = quoteForShell(list(t, "10.0.0.1\r\n10.0.0.2 10.0.0.3\t10.0.0.4 # 10.0.0.9\n\n#10.0.0.8\n"));
  assert.deepEqual(await ranges(`nmap -iL ${file} 10.0.0.6`), ["10.0.0.1-10.0.0.4", "10.0.0.6"]);
});

test("what a file excludes is not requested", async (t) => {
  const file = quoteForShell(list(t, "10.0.0.2\n10.0.0.4-6\n"));
  assert.deepEqual(await ranges(`nmap --excludefile ${file} --exclude 10.0.0.7 10.0.0.0/29`), [
    "10.0.0.0-10.0.0.1",
    "10.0.0.3",
  ]);
});

test("a name with one address means that address; of several, only nmap knows which one it scans", async () => {
  assert.deepEqual(await ranges("nmap web.lan"), ["10.0.9.1"]);
  assert.deepEqual(await ranges("nmap many.lan"), []);
  assert.deepEqual(await ranges("nmap many.lan", { taken: { "many.lan": "10.0.9.3" } }), ["10.0.9.3"]);
  assert.deepEqual(await ranges("nmap web.lan", { taken: { "web.lan": "10.0.9.7" } }), ["10.0.9.7"]);
});

test("a name without an address is reported, and what nmap skipped is not requested", async () => {
  const targets = await requested("nmap web.lan gone.lan");
  assert.deepEqual(unresolvedNames(targets, reportedBy({})), ["gone.lan"]);
  assert.deepEqual(unresolvedNames(targets, reportedBy({ taken: { "gone.lan": "10.0.0.1" } })), []);
  assert.deepEqual(await ranges("nmap web.lan 10.0.0.1-3", { skipped: ["web.lan", "10.0.0.2"] }), [
    "10.0.0.1",
    "10.0.0.3",
  ]);
});

test("a target that may be invalid counts as unknown, unless nmap reports that it skipped it", async () => {
  assert.equal(await ranges("nmap 10.0.0.1 10.0.0.2/x"), undefined);
  assert.deepEqual(await ranges("nmap 10.0.0.1 10.0.0.2/x", { skipped: ["10.0.0.2/x"] }), ["10.0.0.1"]);
});

test("names are not resolved here if nmap scans from another place", async () => {
  const targets = await read("nmap web.lan gone.lan 10.0.0.1", { isFromHere: false });
  assert.ok(targets !== undefined);
  assert.deepEqual(requestedRanges(targets, reportedBy({}))?.map(formatRange), ["10.0.0.1"]);
  assert.deepEqual(unresolvedNames(targets, reportedBy({})), []);
});

test("unclear targets are not guessed", async (t) => {
  for (const line of [
    "nmap $TARGETS",
    "nmap -iR 10",
    "nmap -iL - 10.0.0.1",
    "nmap -iL no-such-file",
    "nmap -iL /dev/zero",
    "nmap --exclude gone.lan 10.0.0.0/24",
  ]) {
    assert.equal(await read(line), undefined, line);
  }
  const file = path.relative(process.cwd(), list(t, "10.0.0.1"));
  assert.equal(await read(`nmap -iL ${quoteForShell(file)}`, { isInOurFolder: false }), undefined);
});

test("a list that the line itself writes is not trusted", async (t) => {
  const file = list(t, "10.0.0.1");
  const targets = await requested(`nmap -iL ${quoteForShell(file)}`);
  assert.equal(await unlessListsChanged(targets), targets);
  writeFileSync(file, "10.0.0.1 10.0.0.2");
  assert.equal(await unlessListsChanged(targets), undefined);
});

test("any list becomes words without blanks and comments", () => {
  const pieces = fc.array(fc.constantFrom("10.0.0.1", "a", "#", " ", "\t", "\r\n", "\n", "\0", "\uFEFF", "/"));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        pieces.map((each) => each.join("")),
      ),
      (text) => {
        const words = wordsOf(text);
        assert.ok(words.every((word) => word !== "" && !/[\s#]/.test(word)));
        assert.ok(words.join("").length <= text.length);
      },
    ),
  );
});
