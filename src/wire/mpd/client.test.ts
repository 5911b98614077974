import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { identify } from "../identify.ts";
import { match } from "../outcome.ts";
import { findSecrets } from "../secrets.ts";
import { parse, parseExpected } from "./client.ts";

const status = fixture(import.meta.url, "mpc-status.bin");

describe("mpd", () => {
  test("the commands are read", () => {
    assert.deepEqual(
      parse(status),
      match({ command: "command_list_ok_begin", following: ["status", "currentsong", "command_list_end"] }),
    );
  });

  test("a single line is MPD where MPD is expected, and a password in it is hidden", () => {
    const sent = text("password s3cret\nstatus\n");
    assert.equal(identify(sent).protocol, "unknown");
    const found = identify(sent, "mpd");
    assert.deepEqual(found.mpd, { command: "password", following: ["status"] });
    assert.deepEqual(findSecrets(sent, found), [{ start: 9, end: 15, text: "s3cret" }]);
  });

  parserProperties(parse, { valid: [], streams: [status] });
});

describe("mpd, on a port where it is expected", () =>
  parserProperties(parseExpected, { valid: [], streams: [status] }));
