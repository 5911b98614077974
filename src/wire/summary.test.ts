import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, text } from "../../test/wire/messages.ts";
import { summarise } from "./summary.ts";

test("text is shown as safe text, cut at the end", () => {
  assert.deepEqual(summarise(text("hello\r\nthere\x1b[2Jand so on")), {
    kind: "text",
    preview: "hello there.[2Jand so on",
  });
  assert.equal(summarise(text("a".repeat(10_000))).preview.length, 120);
});

test("text beyond ASCII is text if it is UTF-8, even if its last character is cut", () => {
  const bytes = Buffer.from("Grüße aus Köln, 5 €\r\n");
  assert.deepEqual(summarise(bytes), { kind: "text", preview: "Grüße aus Köln, 5 € " });
  assert.equal(summarise(bytes.subarray(0, bytes.length - 3)).preview, "Grüße aus Köln, 5 ");
  assert.equal(summarise(Buffer.from("😀".repeat(200))).preview, "😀".repeat(60));
  assert.equal(summarise(Buffer.from("Grüße", "latin1")).kind, "binary");
});

test("anything else is shown as hex", () => {
  assert.deepEqual(summarise(hex("deadbeef00")), { kind: "binary", preview: "deadbeef00" });
  assert.equal(summarise(new Uint8Array(10_000)).preview.length, 64);
});
