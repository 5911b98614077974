import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../../scripts/package/project.ts";
import { patternsOf, patternsOfSources, type SourcePattern } from "../../scripts/patterns/find-patterns.ts";
import { hostileFillings, repeats } from "./hostile-texts.ts";
import { slowness } from "./pattern-time.ts";

const { literals, built } = patternsOfSources();

// Patterns of `new RegExp(...)` exist only at run time: their files are loaded, and the parsers called.
const NativeRegExp = RegExp;
const builtPatterns = await recordBuiltPatterns();

test("every regular expression of the product takes linear time for hostile text", () => {
  const all = new Map([...literals, ...builtPatterns].map((one) => [`/${one.source}/${one.flags}`, one]));
  assert.ok(all.size > 300, `only ${all.size} were found`);
  const slow = [...all.values()].flatMap(slownessOf);
  assert.deepEqual(slow, []);
});

function slownessOf({ place, source, flags }: SourcePattern): string[] {
  if (!repeats(source)) return [];
  const pattern = new NativeRegExp(source, flags);
  const why = slowness(pattern, hostileFillings(source, flags));
  return why === undefined ? [] : [`${place} ${pattern}: ${why}`];
}

test("patterns that take more than linear time are detected", () => {
  for (const pattern of [
    /(?:a+)+$/,
    /a+$/,
    /"(?:[^"\\]|\\.)*\d*"x/,
    /one[\s\S]*two/,
    /password\w*[:=]/,
    /<a[^>]{0,4000}href/,
  ]) {
    assert.notEqual(slowness(pattern, hostileFillings(pattern.source, pattern.flags)), undefined, String(pattern));
  }
});

test("patterns that take linear time are not reported", () => {
  for (const pattern of [/^a+b/, /a[^a]*b/, /"[^"]*"/g, /(?<!\d)\d+(?:\.\d+)+/, /:\/\/[^/]*@/g, /^\s*(\S.*)?$/]) {
    assert.equal(slowness(pattern, hostileFillings(pattern.source, pattern.flags)), undefined, String(pattern));
  }
});

test("patterns are found anywhere in sources", () => {
  const { literals: found, built: calls } = patternsOf(
    'const a = x / 2 / y; f(/a[/]b/g);\nclass B { #c = [/d+/u]; e = new RegExp("f*"); g = RegExp("h", "i"); i = RegExp.escape("j"); }',
    "one.ts",
  );
  assert.deepEqual(
    found.map(({ place, source, flags }) => [place, source, flags]),
    [
      ["one.ts:1", "a[/]b", "g"],
      ["one.ts:2", "d+", "u"],
    ],
  );
  assert.deepEqual(calls, ["one.ts", "one.ts"]);
});

async function recordBuiltPatterns(): Promise<SourcePattern[]> {
  const recorded: SourcePattern[] = [];
  const note = (pattern: RegExp): RegExp => {
    const caller = (new Error().stack ?? "").split("\n").find((line) => /\/src\/[^:]+\.ts:\d+/.test(line)) ?? "";
    const place = /\/(src\/[^:]+\.ts:\d+)/.exec(caller)?.[1];
    if (place !== undefined) recorded.push({ place, source: pattern.source, flags: pattern.flags });
    return pattern;
  };
  globalThis.RegExp = new Proxy(NativeRegExp, {
    construct: (_target, [source, flags]) => note(new NativeRegExp(source, flags)),
    apply: (_target, _self, [source, flags]) => note(new NativeRegExp(source, flags)),
  });
  try {
    for (const file of new Set(built)) await import(pathToFileURL(path.join(projectRoot, file)).href);
    const { parse: parseXmpp } = await import("../../src/wire/xmpp/client.ts");
    parseXmpp(Buffer.from("<?xml version='1.0'?><stream:stream to='a.test' xmlns='jabber:client'>"));
    const { parse: parseOracle } = await import("../../src/wire/oracle/client.ts");
    const connectData = "(CONNECT_DATA=(COMMAND=version))";
    const connect = Buffer.alloc(58);
    for (const [at, value] of [58 + connectData.length, 0, 0x0100, 0, 319, 300].entries())
      connect.writeUInt16BE(value, at * 2);
    connect.writeUInt16BE(connectData.length, 24);
    connect.writeUInt16BE(connect.length, 26);
    assert.equal(parseOracle(Buffer.concat([connect, Buffer.from(connectData)])).kind, "match");
    const { loadText } = await import("../../src/config/load.ts");
    loadText("x-own: 1\nport_ssh: { port: 22 }\n", "harbinger.yaml", {
      file: undefined,
      explicit: true,
      environment: {},
    });
  } finally {
    globalThis.RegExp = NativeRegExp;
  }
  // Made while a message is sent, from a topic of letters, digits, - and _: one such pattern.
  const topic = /(?<![-_A-Za-z0-9])a-topic_1(?![-_A-Za-z0-9])/g;
  recorded.push({ place: "src/notify/channels/ntfy/ntfy-channel.ts:1", source: topic.source, flags: topic.flags });
  const seen = new Set(recorded.map(({ place }) => place.slice(0, place.lastIndexOf(":"))));
  assert.deepEqual(
    [...new Set(built)].filter((file) => !seen.has(file)),
    [],
    "files whose RegExp(...) this test does not run: call it in recordBuiltPatterns",
  );
  return recorded;
}
