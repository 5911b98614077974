import assert from "node:assert/strict";
import { once } from "node:events";
import http2 from "node:http2";
import net from "node:net";
import { describe, test } from "node:test";
import fc from "fast-check";
import { hex } from "../../../test/wire/messages.ts";
import { Reader } from "../reader.ts";
import { readHeaderBlock } from "./header-block.ts";
import { decodeHuffman } from "./huffman.ts";
import { staticTable } from "./static-table.ts";

function fields(block: Uint8Array): { readonly whole: boolean; readonly list: readonly string[] } {
  const list: string[] = [];
  const whole = readHeaderBlock(new Reader(block, 0, block.length, false), (name, value) => {
    list.push(`${name}: ${value}`);
  });
  return { whole, list };
}

describe("HPACK", () => {
  test("the first requests of RFC 7541 appendix C, without and with Huffman coding", () => {
    const expected = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];
    const plain = "828684410f7777772e6578616d706c652e636f6d";
    for (const block of [plain, "828684418cf1e3c2e5f23a6ba0ab90f4ff"]) {
      assert.deepEqual(fields(hex(block)), { whole: true, list: expected });
    }
  });

  test("literals without indexing, never indexed, and with a new name (appendix C.2)", () => {
    assert.deepEqual(fields(hex("040c2f73616d706c652f70617468")).list, [":path: /sample/path"]);
    assert.deepEqual(fields(hex("100870617373776f726406736563726574")).list, ["password: secret"]);
    assert.deepEqual(fields(hex("400a637573746f6d2d6b65790d637573746f6d2d686561646572")).list, [
      "custom-key: custom-header",
    ]);
  });

  test("the newest entry of the dynamic table comes first", () => {
    assert.deepEqual(fields(hex("4001610131 4001620132 bf be")).list, ["a: 1", "b: 2", "a: 1", "b: 2"]);
  });

  test("the dynamic table evicts what does not fit", () => {
    // A value of 4,056 bytes takes 4,089 with its name and the overhead: nothing fits beside it.
    const big = `400161 7fd91e ${"78".repeat(4056)}`;
    assert.deepEqual(
      fields(hex(`4001620132 ${big} be`)).list.map((field) => field.slice(0, 4)),
      ["b: 2", "a: x", "a: x"],
    );
    assert.deepEqual(fields(hex(`4001620132 ${big} bf`)).whole, false);
    assert.deepEqual(fields(hex("4001620132 4001610131 bf")).whole, true);
  });

  test("indexes and strings that do not exist end the block", () => {
    for (const block of ["80", "ff80808080808080", "ffffffffffffff7f", "4005", "0085ffffffffff", "00017aff"]) {
      assert.equal(fields(hex(block)).whole, false, block);
    }
  });

  test("the static table has the 61 entries of appendix A", () => {
    assert.equal(staticTable.length, 61);
    assert.deepEqual(staticTable[57], ["user-agent", ""]);
    assert.deepEqual(staticTable[60], ["www-authenticate", ""]);
  });

  test("Huffman padding is a prefix of ones, shorter than a byte", () => {
    assert.equal(decodeHuffman(hex("1f")), "a");
    assert.equal(decodeHuffman(hex("18")), undefined);
    assert.equal(decodeHuffman(hex("1fff")), undefined);
    assert.equal(decodeHuffman(hex("")), "");
  });

  test("every value from node's encoder is decoded", async () => {
    const alphabet = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index)).join("");
    const latin = Array.from({ length: 96 }, (_, index) => String.fromCharCode(0xa0 + index)).join("");
    const values = { "x-ascii": `.${alphabet.trim()}.`, "x-latin": latin.trim(), "x-again": "aeiou".repeat(40) };
    const list = await encodedByNode(values);
    for (const [name, value] of Object.entries(values)) assert.ok(list.includes(`${name}: ${value}`), name);
  });

  test("arbitrary blocks never throw, and return a bounded number of fields", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (block) => {
        assert.ok(fields(block).list.length <= 256);
        const text = decodeHuffman(block);
        // The shortest code has five bits.
        assert.ok(text === undefined || text.length <= (block.length * 8) / 5);
      }),
    );
  });
});

/** The fields of a request as a real client encodes it, read by the decoder here. */
async function encodedByNode(headers: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const received = Promise.withResolvers<readonly string[]>();
  const server = net.createServer((socket) => {
    let bytes = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      const block = firstHeaderBlock(bytes);
      if (block !== undefined) received.resolve(fields(block).list);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const client = http2.connect(`http://127.0.0.1:${address.port}`);
  client.on("error", () => undefined);
  const request = client.request({ ":path": "/", ...headers });
  request.on("error", () => undefined);
  const list = await received.promise;
  client.destroy();
  server.close();
  await once(server, "close");
  return list;
}

function firstHeaderBlock(bytes: Buffer): Buffer | undefined {
  for (let at = 24; at + 9 <= bytes.length; ) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    if (end > bytes.length) return undefined;
    if (bytes[at + 3] === 1) return bytes.subarray(at + 9 + (((bytes[at + 4] ?? 0) & 0x20) === 0 ? 0 : 5), end);
    at = end;
  }
  return undefined;
}
