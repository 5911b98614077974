import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bannerBytes } from "../listen/banners.ts";
import { protocolOfBanner, protocolOfPort } from "./expected-protocol.ts";

describe("the protocol that a decoy's own banner and port suggest", () => {
  test("each preset of a protocol in which clients speak suggests it", () => {
    for (const preset of [
      "ssh",
      "smtp",
      "ftp",
      "telnet",
      "pop3",
      "imap",
      "mysql",
      "vnc",
      "redis",
      "http",
      "rsync",
      "irc",
      "nntp",
      "sieve",
      "svn",
    ])
      assert.equal(protocolOfBanner(bannerBytes(preset) ?? new Uint8Array(0)), preset);
  });

  test("a custom banner is read like a server's greeting, and an unknown one suggests nothing", () => {
    const announced = (text: string) => protocolOfBanner(Buffer.from(text));
    assert.equal(announced("+OK ready\r\n"), "pop3");
    assert.equal(announced("* OK IMAP4rev1 ready\r\n"), "imap");
    assert.equal(announced("220 files.example.org FTP server\r\n"), "ftp");
    assert.equal(announced("220 mail.example.org ESMTP\r\n"), "smtp");
    assert.equal(announced("Welcome!\r\n"), undefined);
  });

  test("a port suggests its usual protocol", () => {
    assert.deepEqual([21, 43, 110, 512, 6379, 1417].map(protocolOfPort), [
      "ftp",
      "whois",
      "pop3",
      "rexec",
      "redis",
      undefined,
    ]);
  });
});
