import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parse } from "./parse.ts";

const ping = fixture(import.meta.url, "redis-cli-ping.bin");
const auth = fixture(import.meta.url, "redis-cli-auth.bin");
const config = fixture(import.meta.url, "redis-cli-config-set.bin");

describe("redis", () => {
  test("redis-cli's PING is a command without arguments", () => {
    assert.deepEqual(parse(ping), { kind: "match", value: { command: "PING" }, complete: true });
  });

  test("the password of AUTH is never told", () => {
    assert.deepEqual(parse(auth), { kind: "match", value: { command: "AUTH", arguments: ["***"] }, complete: true });
    assert.deepEqual(parse(text("AUTH hunter2\r\n")), {
      kind: "match",
      value: { command: "AUTH", arguments: ["***"] },
      complete: true,
    });
  });

  test("a stored value is never told, its key is", () => {
    assert.deepEqual(parse(text("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$6\r\nsecret\r\n")), {
      kind: "match",
      value: { command: "SET", arguments: ["k"] },
      complete: true,
    });
  });

  test("CONFIG SET tells where the client wants to write, but no password", () => {
    assert.deepEqual(parse(config), {
      kind: "match",
      value: { command: "CONFIG", arguments: ["SET", "dir", "/var/spool/cron"] },
      complete: true,
    });
    assert.deepEqual(parse(text("CONFIG SET requirepass hunter2\n")), {
      kind: "match",
      value: { command: "CONFIG", arguments: ["SET", "requirepass"] },
      complete: true,
    });
  });

  test("commands sent in advance are named", () => {
    assert.deepEqual(parse(text("*1\r\n$4\r\nINFO\r\n*3\r\n$7\r\nSLAVEOF\r\n$9\r\n192.0.2.7\r\n$4\r\n8888\r\n")), {
      kind: "match",
      value: { command: "INFO", following: ["SLAVEOF"] },
      complete: true,
    });
    assert.deepEqual(parse(text("INFO\r\nCONFIG GET dir\r\n")), {
      kind: "match",
      value: { command: "INFO", following: ["CONFIG"] },
      complete: true,
    });
  });

  test("an argument that is still on its way leaves the match open", () => {
    assert.deepEqual(parse(text("*2\r\n$4\r\nEVAL\r\n$90000\r\nreturn")), {
      kind: "match",
      value: { command: "EVAL" },
      complete: false,
    });
  });

  test("lines of HTTP, FTP, SMTP and IRC are something else", () => {
    for (const line of ["AUTH TLS\r\n", "AUTH PLAIN AGEAYg==\r\n", "PING :irc.example\r\n", "INFO / HTTP/1.1\r\n"]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
    }
    assert.equal(parse(text("*1\r\n$4\r\n\0\0\0\0\r\n")).kind, "mismatch");
  });

  parserProperties(parse, {
    valid: [ping, auth, config, text("PING\r\n"), text("SLAVEOF NO ONE\r\n")],
    streams: [text("INFO\r\nKEYS *\r\n"), text("*1\r\n$4\r\nINFO\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n")],
  });
});
