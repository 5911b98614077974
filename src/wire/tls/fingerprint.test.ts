import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { z } from "zod";
import { parse } from "./client.ts";
import type { ClientHello } from "./client-hello.ts";
import { ja3, ja3Text } from "./ja3.ts";
import { ja4, ja4Raw } from "./ja4.ts";

const plain: ClientHello = {
  format: "tls",
  legacyVersion: 0x0301,
  version: 0x0301,
  sni: undefined,
  alpn: [],
  cipherSuites: [],
  extensions: [],
  supportedGroups: [],
  pointFormats: [],
  signatureAlgorithms: [],
  supportedVersions: [],
  whole: true,
};

/** Lower-case hex without prefix, separated by commas. */
function numbers(list: string): number[] {
  return list.split(",").map((item) => Number.parseInt(item, 16));
}

/** The ClientHello of the JA4 specification's worked example. */
const worked: ClientHello = {
  ...plain,
  legacyVersion: 0x0303,
  version: 0x0304,
  alpn: ["h2", "http/1.1"],
  cipherSuites: numbers("dada,1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035"),
  extensions: numbers("3a3a,001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015"),
  signatureAlgorithms: numbers("0403,0804,0401,0503,0805,0501,0806,0601"),
};

describe("JA3", () => {
  test("the numbers of the original publication give its digests", () => {
    const hello = {
      ...plain,
      cipherSuites: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
      extensions: [0, 10, 11],
      supportedGroups: [23, 24, 25],
      pointFormats: [0],
    };
    assert.equal(ja3Text(hello), "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0");
    assert.equal(ja3(hello), "ada70206e40642a3e4461f35503241d5");
  });

  test("a ClientHello without extensions leaves the last three fields empty", () => {
    const hello = { ...plain, cipherSuites: [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99] };
    assert.equal(ja3(hello), "de350869b8c85de67a350c8d186f11e6");
  });

  test("GREASE does not count", () => {
    const hello = { ...plain, cipherSuites: [0x0a0a, 47], extensions: [0xfafa, 10], supportedGroups: [0x3a3a, 23] };
    assert.equal(ja3Text(hello), "769,47,10,23,");
  });
});

describe("JA4", () => {
  test("the worked example of the specification", () => {
    assert.equal(ja4(worked), "t13d1516h2_8daaf6152771_e5627efa2ab1");
    assert.equal(
      ja4Raw(worked),
      "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_" +
        "0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601",
    );
  });

  test("empty lists have a hash of zeros, and no signature algorithms leave no underscore", () => {
    assert.equal(ja4(plain), "t10i000000_000000000000_000000000000");
    assert.equal(ja4Raw(plain), "t10i000000__");
    assert.equal(ja4Raw({ ...plain, extensions: [0x0017] }), "t10i000100__0017");
    assert.equal(ja4({ ...plain, extensions: [0x0000, 0x0010] }).slice(-12), "000000000000");
  });

  test("versions have their codes, and unknown ones have none", () => {
    const codes = [0x0304, 0x0303, 0x0302, 0x0301, 0x0300, 0x0002, 0x7f1c].map((version) =>
      ja4({ ...plain, version }).slice(1, 3),
    );
    assert.deepEqual(codes, ["13", "12", "11", "10", "s3", "s2", "00"]);
  });

  test("the first ALPN value gives its first and last character, or those of its hex if they are not letters or digits", () => {
    const cases = [
      ["", "00"],
      ["h", "hh"],
      ["h2", "h2"],
      ["http/1.1", "h1"],
      ["\xab", "ab"],
      ["\xab\xcd", "ad"],
      ["\xba\xad", "bd"],
      ["01\xab\xcd", "3d"],
      ["\x30\xab", "3b"],
      ["-a", "21"],
    ] as const;
    for (const [value, code] of cases) assert.equal(ja4({ ...plain, alpn: [value] }).slice(8, 10), code, value);
  });

  test("counts stop at 99", () => {
    const many = Array.from({ length: 150 }, (_, index) => index + 1);
    assert.equal(ja4({ ...plain, cipherSuites: many, extensions: many }).slice(4, 8), "9999");
  });

  test("GREASE does not count in signature algorithms either; values that only resemble it do", () => {
    const signatureAlgorithms = [0x1a1a, 0xeeee, 0xefef, 0xeded, 0x0403];
    assert.match(ja4Raw({ ...plain, extensions: [13], signatureAlgorithms }), /_000d_eeee,efef,eded,0403$/);
  });
});

const vector = z.object({
  capture: z.string(),
  stream: z.number(),
  client_hex: z.string(),
  ja3: z.string(),
  ja4: z.string(),
  ja4_r: z.string(),
  sni: z.string().nullish(),
});

const vectors = process.env["HARBINGER_VECTORS"];

test("first bytes from public captures have the fingerprints of the reference tools", {
  skip: vectors === undefined && "HARBINGER_VECTORS names no folder with ja4/vectors.json",
}, () => {
  const file = path.join(vectors ?? "", "ja4", "vectors.json");
  const all = z
    .array(vector)
    .min(1)
    .parse(JSON.parse(readFileSync(file, "utf8")));
  for (const expected of all) {
    const outcome = parse(Buffer.from(expected.client_hex, "hex"));
    const name = `${expected.capture} stream ${expected.stream}`;
    assert.ok(outcome.kind === "match" && outcome.complete && outcome.value.whole, name);
    const hello = outcome.value;
    assert.deepEqual(
      { ja3: ja3(hello), ja4: ja4(hello), ja4_r: ja4Raw(hello), sni: hello.sni ?? null },
      { ja3: expected.ja3, ja4: expected.ja4, ja4_r: expected.ja4_r, sni: expected.sni ?? null },
      name,
    );
  }
});
