import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { knownFacts } from "../../../test/wire/known-facts.ts";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parse, parseAtOnce } from "./client.ts";
import { hassh, hasshAlgorithms } from "./hassh.ts";

const openssh = fixture(import.meta.url, "openssh.bin");
const keyscan = fixture(import.meta.url, "ssh-keyscan.bin");
const nmap = fixture(import.meta.url, "nmap-ssh2-enum-algos.bin");
const nmapVersion1 = fixture(import.meta.url, "nmap-ssh1-hostkey.bin");

describe("ssh", () => {
  test("OpenSSH sends its identification and its key exchange at once", () => {
    const outcome = parse(openssh);
    assert.ok(outcome.kind === "match" && outcome.complete);
    assert.equal(outcome.value.ident, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u6");
    const init = outcome.value.keyExchange;
    assert.ok(init !== undefined);
    assert.match(init.keyExchange, /^sntrup761x25519-sha512,/);
    assert.equal(init.compressionClientToServer, "none,zlib@openssh.com,zlib");
    assert.equal(init.macServerToClient.split(",").at(-1), "hmac-sha1");
  });

  test("the identification alone is SSH that may still have more facts", () => {
    assert.deepEqual(parse(text("SSH-2.0-Go\r\n")), {
      kind: "match",
      value: { ident: "SSH-2.0-Go", keyExchange: undefined },
      complete: false,
    });
  });

  test("SSH 1 has no more facts, and a bare line feed ends a line too", () => {
    assert.deepEqual(parse(text("SSH-1.5-1.2.27\n")), {
      kind: "match",
      value: { ident: "SSH-1.5-1.2.27", keyExchange: undefined },
      complete: true,
    });
  });

  test("an identification that has not ended is read as far as it goes", () => {
    const outcome = parse(text("SSH-2.0-libs"));
    assert.ok(outcome.kind === "match" && !outcome.complete && outcome.value.ident === "SSH-2.0-libs");
  });

  test("an identification longer than the standard allows is cut", () => {
    const outcome = parse(text(`SSH-2.0-${"x".repeat(1000)}`));
    assert.ok(outcome.kind === "match" && outcome.complete && outcome.value.ident.length === 255);
  });

  test("lines may come before the identification", () => {
    const outcome = parse(text("hello\r\nthere\r\nSSH-2.0-x\r\n"));
    assert.ok(outcome.kind === "match" && outcome.value.ident === "SSH-2.0-x");
    assert.equal(parse(text("a line\n".repeat(20))).kind, "mismatch");
  });

  test("data after the identification that is not a key exchange is ignored", () => {
    const outcome = parse(joined(text("SSH-2.0-x\r\n"), hex("ffffffff 00000000")));
    assert.ok(outcome.kind === "match" && outcome.complete && outcome.value.keyExchange === undefined);
  });

  // A cut identification, with or without the optional CR, is the same growing line.
  parserProperties(knownFacts(parse, ["ident"]), { valid: [openssh, keyscan, nmap, nmapVersion1].map(withoutRest) });
});

/** The message up to the end of the last name-list that is needed: the rest of the packet adds nothing. */
function withoutRest(message: Uint8Array): Uint8Array {
  let end = message.length;
  while (end > 0) {
    const outcome = parse(message.subarray(0, end - 1));
    if (outcome.kind !== "match" || !outcome.complete) break;
    end--;
  }
  return message.subarray(0, end);
}

describe("HASSH", () => {
  test("Cyberduck 6.7.1 has its published value", () => {
    const groups = [
      "curve25519-sha256@libssh.org,diffie-hellman-group-exchange-sha256,ecdh-sha2-nistp521,ecdh-sha2-nistp384",
      "ecdh-sha2-nistp256,diffie-hellman-group-exchange-sha1,diffie-hellman-group1-sha1,diffie-hellman-group14-sha1",
      "diffie-hellman-group14-sha256,diffie-hellman-group15-sha512,diffie-hellman-group16-sha512",
      "diffie-hellman-group17-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256@ssh.com",
      "diffie-hellman-group15-sha256,diffie-hellman-group15-sha256@ssh.com,diffie-hellman-group15-sha384@ssh.com",
      "diffie-hellman-group16-sha256,diffie-hellman-group16-sha384@ssh.com,diffie-hellman-group16-sha512@ssh.com",
      "diffie-hellman-group18-sha512@ssh.com",
    ];
    const ciphers = [
      "aes128-cbc,aes128-ctr,aes192-cbc,aes192-ctr,aes256-cbc,aes256-ctr,blowfish-cbc,blowfish-ctr,cast128-cbc",
      "cast128-ctr,idea-cbc,idea-ctr,serpent128-cbc,serpent128-ctr,serpent192-cbc,serpent192-ctr,serpent256-cbc",
      "serpent256-ctr,3des-cbc,3des-ctr,twofish128-cbc,twofish128-ctr,twofish192-cbc,twofish192-ctr,twofish256-cbc",
      "twofish256-ctr,twofish-cbc,arcfour,arcfour128,arcfour256",
    ];
    const init = {
      keyExchange: groups.join(","),
      hostKey: "ignored",
      encryptionClientToServer: ciphers.join(","),
      encryptionServerToClient: "ignored",
      macClientToServer: "hmac-sha1,hmac-sha1-96,hmac-md5,hmac-md5-96,hmac-sha2-256,hmac-sha2-512",
      macServerToClient: "ignored",
      compressionClientToServer: "zlib@openssh.com,zlib,none",
      compressionServerToClient: "ignored",
    };
    assert.equal(hassh(init), "8a8ae540028bf433cd68356c1b9e8d5b");
    assert.equal(hasshAlgorithms(init).split(";").length, 4);
  });
});

describe("ssh without lines before it", () =>
  parserProperties(knownFacts(parseAtOnce, ["ident"]), {
    valid: [openssh, keyscan, nmap, nmapVersion1].map(withoutRest),
  }));
