import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { knownFacts } from "../../../test/wire/known-facts.ts";
import { fixture, hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parse, smb } from "./client.ts";

const smb1 = fixture(import.meta.url, "nmap-smb1-negotiate.bin");
const smb2 = fixture(import.meta.url, "nmap-smb2-negotiate.bin");
/** Two more messages, each after an answer: the beginning of an NTLM login, and its end. */
const login = fixture(import.meta.url, "smbclient-login.bin");
/** RFC 1001 section 14.1 encodes `*SMBSERVER      ` with the type byte 0x20, and `CLIENT         ` with 0x00. */
const sessionRequest = hex(`81000044 20 ${encoded("*SMBSERVER     \x20")} 00 20 ${encoded("CLIENT         \0")} 00`);
/** The header of an encrypted SMB 3 message, MS-SMB2 section 2.2.41. */
const encrypted = hex(`00000050 fd534d42 ${"00".repeat(76)}`);

function encoded(name: string): string {
  const letters = Array.from(name, (character) => {
    const code = character.charCodeAt(0);
    return String.fromCharCode(0x41 + (code >> 4), 0x41 + (code & 15));
  });
  return Buffer.from(letters.join("")).toString("hex");
}

function described(bytes: Uint8Array): unknown {
  const outcome = smb.attempt(bytes);
  return outcome.kind === "match" ? outcome.value.smb : outcome.kind;
}

describe("smb", () => {
  test("an SMB 1 client names its dialects", () => {
    assert.deepEqual(described(smb1), { version: 1, command: "negotiate", dialects: ["NT LM 0.12"] });
  });

  test("an SMB 2 client gives revisions and its GUID", () => {
    assert.deepEqual(described(smb2), {
      version: 2,
      command: "negotiate",
      dialects: ["2.0.2", "2.1", "3.0", "3.0.2", "3.1.1"],
      clientGuid: "34333231-3635-3837-3930-313233343536",
    });
  });

  test("a NetBIOS session request names both ends", () => {
    assert.deepEqual(described(sessionRequest), {
      command: "netbios-session",
      dialects: [],
      calledName: "*SMBSERVER",
      callingName: "CLIENT",
    });
  });

  test("a login contains the user, the domain and the machine, and the proof of the user is hidden", () => {
    const outcome = smb.attempt(login);
    const { user, domain, workstation } = (outcome.kind === "match" ? outcome.value.smb : undefined) ?? {};
    assert.deepEqual([user, domain, workstation], ["alice", "CORP", "VM"]);
    const hidden = smb.secrets?.(login) ?? [];
    assert.deepEqual(
      hidden.map(({ start, end }) => end - start),
      [24, 184],
    );
  });

  test("an encrypted message hides its command", () => {
    assert.deepEqual(described(encrypted), { version: 2, command: "transformed", dialects: [] });
  });

  test("another command than negotiate is read, by number if it has no name", () => {
    const echo = Uint8Array.from(smb1);
    echo[8] = 0x2b;
    assert.deepEqual(described(echo), { version: 1, command: "echo", dialects: [] });
    echo[8] = 0xee;
    assert.deepEqual(described(echo), { version: 1, command: "0xee", dialects: [] });
  });

  test("other protocols that begin with zeros are something else", () => {
    for (const other of ["0000001f 00000000", "001e00060100", "00000071 6a816e30", "000000a4 ff534d43", "81020000"]) {
      assert.equal(parse(hex(other)).kind, "mismatch", other);
    }
  });

  parserProperties(knownFacts(parse), { valid: [smb1, sessionRequest], streams: [smb2, encrypted, login] });
});
