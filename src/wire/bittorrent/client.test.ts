import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const handshake = fixture(import.meta.url, "webtorrent-handshake.bin");

describe("bittorrent", () => {
  test("the handshake contains the torrent, the client and what it can do", () => {
    assert.deepEqual(
      parse(handshake),
      match({
        infoHash: "0123456789abcdef0123456789abcdef01234567",
        client: "Transmission 4.0.5",
        extensions: ["extended", "dht"],
      }),
    );
  });

  test("another name is something else", () => {
    assert.equal(parse(text("\u0013BitTorrent protokoll")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [handshake] });
});
