import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parse, parseExpected, parseInline, parseResp } from "./client.ts";

const ping = fixture(import.meta.url, "redis-cli-ping.bin");
const auth = fixture(import.meta.url, "redis-cli-auth.bin");
const config = fixture(import.meta.url, "redis-cli-config-set.bin");

describe("redis", () => {
  test("redis-cli's PING is a command without arguments", () => {
    equalFacts(parse(ping), { kind: "match", value: { command: "PING" }, complete: true });
  });

  test("the password of AUTH is never included", () => {
    const value = { command: "AUTH", arguments: ["***"], user: "alice" };
    equalFacts(parse(auth), { kind: "match", value, complete: true });
    equalFacts(parse(text("AUTH hunter2\r\n")), {
      kind: "match",
      value: { command: "AUTH", arguments: ["***"] },
      complete: true,
    });
  });

  test("the key is included, and never the stored value", () => {
    equalFacts(parse(text("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$6\r\nsecret\r\n")), {
      kind: "match",
      value: { command: "SET", arguments: ["k"] },
      complete: true,
    });
  });

  test("CONFIG SET shows the setting that the client writes, but no password", () => {
    equalFacts(parse(config), {
      kind: "match",
      value: { command: "CONFIG", arguments: ["SET", "dir", "/var/spool/cron"] },
      complete: true,
    });
    equalFacts(parse(text("CONFIG SET requirepass hunter2\n")), {
      kind: "match",
      value: { command: "CONFIG", arguments: ["SET", "requirepass"] },
      complete: true,
    });
  });

  test("commands sent in advance are named", () => {
    equalFacts(parse(text("*1\r\n$4\r\nINFO\r\n*3\r\n$7\r\nSLAVEOF\r\n$9\r\n192.0.2.7\r\n$4\r\n8888\r\n")), {
      kind: "match",
      value: { command: "INFO", following: ["SLAVEOF"] },
      complete: true,
    });
    equalFacts(parse(text("INFO\r\nCONFIG GET dir\r\n")), {
      kind: "match",
      value: { command: "INFO", following: ["CONFIG"] },
      complete: true,
    });
  });

  test("an argument that has not arrived leaves the match open", () => {
    equalFacts(parse(text("*2\r\n$4\r\nEVAL\r\n$90000\r\nreturn")), {
      kind: "match",
      value: { command: "EVAL" },
      complete: false,
    });
  });

  test("lines of HTTP, FTP, SMTP, IRC and DICT are something else", () => {
    for (const line of [
      "AUTH TLS\r\n",
      "AUTH PLAIN AGEAYg==\r\n",
      "PING :irc.example\r\n",
      "INFO irc.example\r\n",
      "INFO / HTTP/1.1\r\n",
      "CLIENT libcurl 7.88.1\r\n",
    ]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
    }
    assert.equal(parse(text("*1\r\n$4\r\n\0\0\0\0\r\n")).kind, "mismatch");
  });

  test("a word of Redis with another continuation is something else", () => {
    for (const line of [
      "HELLO\r\n",
      "hello world\r\n",
      "HELLO, is anybody there?\r\n",
      "select * from users;\r\n",
      "client hello\r\n",
      "config\r\n",
      "scan me\r\n",
      "slaveof nobody\r\n",
      "command -v bash\r\n",
    ]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
    }
  });

  test("the user of HELLO is read, and that of AUTH if it has one", () => {
    const user = (sent: string) => {
      const outcome = parse(text(sent));
      return outcome.kind === "match" ? outcome.value.user : outcome.kind;
    };
    assert.equal(user("HELLO 3 AUTH bob hunter2\r\n"), "bob");
    assert.equal(user("*5\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$4\r\nAUTH\r\n$3\r\nbob\r\n$7\r\nhunter2\r\n"), "bob");
    assert.equal(user("*5\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$7\r\nSETNAME\r\n$3\r\napp\r\n$4\r\nAUTH\r\n"), undefined);
    assert.equal(user("*2\r\n$4\r\nAUTH\r\n$7\r\nhunter2\r\n"), undefined);
  });

  test("a word of Redis with its own continuation is a command", () => {
    const lines: readonly (readonly [line: string, command: string, shown?: readonly string[]])[] = [
      ["HELLO 3\r\n", "HELLO", ["3"]],
      ["select 3\r\n", "SELECT", ["3"]],
      ["CLIENT LIST\r\n", "CLIENT", ["LIST"]],
      ['PING "hello world"\r\n', "PING", ['"hello']],
      ["INFO commandstats keyspace\r\n", "INFO", ["commandstats"]],
      ['EVAL "return 1" 0\r\n', "EVAL", ['"return']],
      ["replicaof no one\r\n", "REPLICAOF", ["no", "one"]],
      ["SCAN 0 COUNT 100\r\n", "SCAN", ["0"]],
      ["COMMAND\r\n", "COMMAND"],
    ];
    for (const [line, command, shown] of lines) {
      const value = { command, ...(shown !== undefined && { arguments: shown }) };
      equalFacts(parse(text(line)), { kind: "match", value, complete: true }, line);
    }
  });

  test("a long line takes linear time", () => {
    for (const verb of ["INFO", "EVAL", "AUTH", "KEYS", "PING", "SLAVEOF", "SCAN"]) {
      const started = process.cpuUsage();
      for (const filler of ["a", " ", "1 ", "a1 ", '"'])
        parse(text(`${verb} ${filler.repeat(8000 / filler.length)}! /\r\n`));
      const spent = process.cpuUsage(started);
      assert.ok(spent.user + spent.system < 1_000_000, `${verb}: ${spent.user + spent.system} µs`);
    }
  });

  parserProperties(parse, {
    valid: [ping, auth, config, text("PING\r\n"), text("SLAVEOF NO ONE\r\n")],
    streams: [text("INFO\r\nKEYS *\r\n"), text("*1\r\n$4\r\nINFO\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n")],
  });
});

describe("redis, if it is expected", () => {
  test("the beginning of an array is incomplete, also if Redis is expected", () => {
    for (const start of ["*", "*1", "*1\r\n$4\r\nPI"])
      assert.equal(parseExpected(text(start)).kind, "incomplete", start);
    assert.equal(parseExpected(text("*\r\n")).kind, "mismatch");
  });

  parserProperties(parseExpected, {
    valid: [ping, auth, config, text("PING\r\n"), text("SLAVEOF NO ONE\r\n")],
    streams: [text("INFO\r\nKEYS *\r\n"), text("*1\r\n$4\r\nINFO\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n")],
  });
});

describe("redis in RESP", () =>
  parserProperties(parseResp, {
    valid: [ping, auth, config],
    streams: [text("*1\r\n$4\r\nINFO\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n")],
  }));

describe("redis in lines", () =>
  parserProperties(parseInline, {
    valid: [text("PING\r\n"), text("SLAVEOF NO ONE\r\n")],
    streams: [text("INFO\r\nKEYS *\r\n")],
  }));
