import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { identify } from "../../src/wire/identify.ts";
import { wireText } from "../../src/wire/reader.ts";
import { hex, joined } from "./messages.ts";

const name = "Jürgen测";

/** First bytes with a name in them, from the name's own bytes. `|` is its placeholder in a text. */
type Message = (name: Uint8Array) => Uint8Array;

function line(template: string): Message {
  const [before = "", after = ""] = template.split("|");
  return (bytes) => joined(Buffer.from(before), bytes, Buffer.from(after));
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

function u32(value: number): Uint8Array {
  return joined(u16(value >>> 16), u16(value & 0xffff));
}

const nul = Uint8Array.of(0);

const rdp: Message = (bytes) => {
  const body = joined(hex("e0 0000 0000 00"), Buffer.from("Cookie: mstshash="), bytes, Buffer.from("\r\n"));
  const negotiation = hex("0100080003000000");
  const length = body.length + negotiation.length;
  return joined(hex("0300"), u16(length + 5), Uint8Array.of(length), body, negotiation);
};

const postgresql: Message = (bytes) => {
  const body = joined(hex("00030000"), Buffer.from("user\0"), bytes, nul, nul);
  return joined(u32(body.length + 4), body);
};

const redis: Message = (bytes) =>
  joined(Buffer.from(`*2\r\n$4\r\nKEYS\r\n$${bytes.length}\r\n`), bytes, Buffer.from("\r\n"));

const mqtt: Message = (bytes) => {
  const body = joined(hex("0004 4d515454 04 02 003c"), u16(bytes.length), bytes);
  return joined(Uint8Array.of(0x10, body.length), body);
};

const socks4: Message = (bytes) => joined(hex("0401 0050 00000001"), bytes, nul, Buffer.from("a.example"), nul);
const socks5: Message = (bytes) => joined(hex("050100 05010003"), Uint8Array.of(bytes.length), bytes, hex("0050"));

const git: Message = (bytes) => {
  const body = joined(Buffer.from("git-upload-pack /"), bytes, Buffer.from("\0host=a\0"));
  return joined(Buffer.from((body.length + 4).toString(16).padStart(4, "0")), body);
};

const ldap: Message = (bytes) => {
  const request = joined(hex("020103 04"), Uint8Array.of(bytes.length), bytes, hex("8000"));
  const message = joined(hex("020101 60"), Uint8Array.of(request.length), request);
  return joined(Uint8Array.of(0x30, message.length), message);
};

const rpc: Message = (bytes) => {
  const padded = joined(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4));
  const credentials = joined(hex("00000000"), u32(bytes.length), padded, hex("00000000 00000000 00000000"));
  const call = joined(
    hex("00000001 00000000 00000002 000186a5 00000003 00000000 00000001"),
    u32(credentials.length),
    credentials,
    hex("00000000 00000000"),
  );
  return joined(u32(0x80000000 + call.length), call);
};

const kafka: Message = (bytes) => {
  const body = joined(hex("0003 0001 00000001"), u16(bytes.length), bytes, hex("ffffffff"));
  return joined(u32(body.length), body);
};

const messages: readonly (readonly [protocol: string, message: Message])[] = [
  ["ftp", line("USER |\r\n")],
  ["pop3", line("USER |\r\nPASS x\r\nSTAT\r\n")],
  ["smtp", line("EHLO |\r\n")],
  ["smtp", line("MAIL FROM:<|@example.org>\r\n")],
  ["imap", line('a1 LOGIN "|" x\r\n')],
  ["irc", line("NICK a\r\nUSER a 0 * :|\r\n")],
  ["http", line("GET /| HTTP/1.1\r\nHost: a\r\n\r\n")],
  ["http", line("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: |\r\n\r\n")],
  ["sip", line("REGISTER sip:a@b SIP/2.0\r\nUser-Agent: |\r\n\r\n")],
  ["sip", line("REGISTER sip:|@b SIP/2.0\r\n\r\n")],
  ["rtsp", line("DESCRIBE rtsp://a/| RTSP/1.0\r\n\r\n")],
  ["nats", line('CONNECT {"user":"|"}\r\n')],
  ["stomp", line("CONNECT\nlogin:|\n\n\0")],
  ["rsync", line("@RSYNCD: 31.0\n|\n")],
  ["ssh", line("SSH-2.0-|\r\n")],
  ["memcached", line("get |\r\n")],
  ["xmpp", line("<?xml version='1.0'?><stream:stream to='|.example' xmlns='jabber:client'>")],
  ["redis", line("KEYS |\r\n")],
  ["redis", redis],
  ["rdp", rdp],
  ["postgresql", postgresql],
  ["mqtt", mqtt],
  ["socks4", socks4],
  ["socks5", socks5],
  ["git", git],
  ["ldap", ldap],
  ["rpc", rpc],
  ["kafka", kafka],
];

describe("text beyond ASCII in what a client sends", () => {
  for (const [protocol, message] of messages) {
    const shown = JSON.stringify(Buffer.from(message(Buffer.from("|"))).toString("latin1"));
    test(`${protocol} reads it as UTF-8: ${shown}`, () => {
      const found = identify(message(Buffer.from(name)));
      assert.equal(found.protocol, protocol);
      assert.ok(JSON.stringify(found).includes(name), JSON.stringify(found));
    });

    test(`${protocol} reads what is not UTF-8 as Latin-1: ${shown}`, () => {
      const found = identify(message(Buffer.from("Jürg", "latin1")));
      // A JSON text is UTF-8 by definition (RFC 8259 section 8.1); any other reading is equally good.
      assert.equal(found.protocol, protocol);
      assert.ok(JSON.stringify(found).includes("Jürg"), JSON.stringify(found));
    });
  }

  test("a complete text that ends within a character is not UTF-8, a cut one may be", () => {
    const bytes = Buffer.from("Jü").subarray(0, 2);
    assert.equal(wireText(bytes), "JÃ");
    assert.equal(wireText(bytes, true), "J");
    assert.equal(wireText(Buffer.from("J\xfc", "latin1")), "Jü");
  });
});

describe("first bytes with oddities that servers accept", () => {
  const cookie = (text: string, negotiation = ""): Uint8Array => {
    const body = joined(hex("e0 0000 0000 00"), Buffer.from(text, "latin1"), hex(negotiation));
    return joined(hex("0300"), u16(body.length + 5), Uint8Array.of(body.length), body);
  };
  for (const [what, bytes] of [
    ["no line end", cookie("Cookie: mstshash=alice")],
    ["no line end, and a negotiation request", cookie("Cookie: mstshash=alice", "0100080003000000")],
    ["a carriage return alone", cookie("Cookie: mstshash=alice\r", "0100080001000000")],
    ["a line feed alone", cookie("Cookie: mstshash=alice\n", "0100080001000000")],
    ["a NUL", cookie("Cookie: mstshash=alice\0")],
    ["other letter case", cookie("cookie: MSTSHASH=alice\r\n", "0100080001000000")],
  ] as const) {
    test(`a cookie of RDP with ${what}`, () => {
      const { protocol, complete, rdp: found } = identify(bytes);
      assert.deepEqual([protocol, complete, found?.cookie], ["rdp", true, "alice"]);
      for (let length = 1; length < bytes.length; length++)
        assert.ok(["rdp", "unknown"].includes(identify(bytes.subarray(0, length)).protocol));
    });
  }

  for (const [protocol, request] of [
    ["sip", "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP a\r\n\r\n"],
    ["rtsp", "OPTIONS rtsp://a/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"],
    ["http", "OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n"],
  ] as const) {
    test(`${protocol} after empty lines`, () => {
      for (const empty of ["\r\n", "\r\n\r\n", "\n\n\n", "\r\n\r\n\r\n\r\n\r\n"]) {
        const bytes = Buffer.from(empty + request);
        assert.equal(identify(bytes).protocol, protocol, JSON.stringify(empty));
        assert.equal(identify(bytes).complete, true);
        for (let length = 1; length < bytes.length; length++)
          assert.ok([protocol, "unknown"].includes(identify(bytes.subarray(0, length)).protocol));
      }
    });
  }
});
