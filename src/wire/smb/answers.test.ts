import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { smbAnswer } from "./answers.ts";

const login = Buffer.from(fixture(import.meta.url, "smbclient-login.bin"));
/** The first messages of smbclient: its negotiation, the beginning of its login, and its answer to a challenge. */
const [negotiation = login, beginning = login, end = login] = [1, 2, 3].map((count) => {
  let at = 0;
  for (let message = 0; message < count; message++) at += 4 + login.readUIntBE(at + 1, 3);
  return login.subarray(0, at);
});

describe("answers of an SMB 2 server", () => {
  test("to a negotiation: version 2.1, and that NTLM is required", () => {
    const answer = Buffer.from(smbAnswer(negotiation) ?? []);
    assert.equal(answer.readUInt32BE(0), answer.length - 4);
    assert.equal(answer.readUInt16LE(4 + 64 + 4), 0x0210);
    assert.ok(answer.includes(Buffer.from("2b06010401823702020a", "hex")));
  });

  test("to the beginning of a login: a challenge; to its response, and to a cut message: nothing", () => {
    const answer = Buffer.from(smbAnswer(beginning) ?? []);
    assert.equal(answer.readUInt32LE(4 + 8), 0xc0000016);
    assert.ok(answer.includes("NTLMSSP\0\u0002\0\0\0", 0, "latin1"));
    assert.equal(smbAnswer(end), undefined);
    assert.equal(smbAnswer(beginning.subarray(0, -1)), undefined);
  });

  test("to a negotiation of SMB 1 with SMB 2: to begin again with it; to another one nothing", () => {
    const smb1 = (dialect: string) => {
      const body = joined(hex("ff534d4272"), new Uint8Array(28), text(`\u0002NT LM 0.12\0\u0002${dialect}\0`));
      return joined(hex(`000000${body.length.toString(16)}`), body);
    };
    assert.equal(Buffer.from(smbAnswer(smb1("SMB 2.???")) ?? []).readUInt16LE(4 + 64 + 4), 0x02ff);
    assert.equal(smbAnswer(smb1("LANMAN1.0")), undefined);
  });

  test("arbitrary and changed bytes never throw", () => {
    const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
    const changed = fc
      .tuple(fc.constantFrom(negotiation, beginning, end), fc.array(change, { maxLength: 8 }), fc.nat())
      .map(([message, changes, cut]) => {
        const bytes = Buffer.from(message.subarray(0, message.length - (cut % 8 === 0 ? cut % message.length : 0)));
        for (const { at, byte } of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), changed), (bytes) => {
        assert.ok((smbAnswer(bytes)?.length ?? 0) < 512);
      }),
      { numRuns: 2000 },
    );
    // The signature of a login in place of the header's own.
    const short = joined(
      hex("00000040 fe534d42 4000"),
      new Uint8Array(6),
      hex("0100"),
      new Uint8Array(34),
      text("NTLMSSP\0\u0001\0\0\0"),
      new Uint8Array(4),
    );
    assert.equal(smbAnswer(short), undefined);
  });
});
