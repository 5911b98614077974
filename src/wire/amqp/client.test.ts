import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { amqpSecrets, parse } from "./client.ts";
import { readLogin } from "./login.ts";

// As amqplib and rhea send them.
const amqp091 = hex("414d5150 00000901");
// The bytes after a server's answer: the user alice, with the password s3cret.
const login = fixture(import.meta.url, "amqp-publish-login.bin");
const sasl10 = hex("414d5150 03010000");

describe("amqp", () => {
  test("the versions are distinguished", () => {
    equalFacts(parse(amqp091), match({ version: "0-9-1" }));
    equalFacts(parse(sasl10), match({ version: "1.0", layer: "sasl" }));
    equalFacts(parse(hex("414d5150 00010000")), match({ version: "1.0", layer: "amqp" }));
  });

  test("a login shows the user and the client, and its password is hidden", () => {
    const client = "rabbitmq-c 0.11.0";
    equalFacts(parse(login), match({ version: "0-9-1", mechanism: "PLAIN", user: "alice", client }));
    equalFacts(
      amqpSecrets(login).map(({ text: secret }) => secret),
      ["s3cret"],
    );
    const table = joined(hex("05"), text("LOGIN"), text("S"), hex("00000003"), text("bob"));
    const plain = joined(hex("000a000b 00000000 08"), text("AMQPLAIN"), hex("00000010"), table, hex("0000"));
    const amqPlain = joined(amqp091, hex(`01 0000 000000${plain.length.toString(16)}`), plain, hex("ce"));
    equalFacts(parse(amqPlain), match({ version: "0-9-1", mechanism: "AMQPLAIN", user: "bob" }));
    assert.equal(amqpSecrets(amqPlain).length, 1);
  });

  test("an unknown version is shown in numbers", () => {
    equalFacts(parse(hex("414d5150 00000909")), match({ version: "0.0.9.9" }));
  });

  test("a word that begins the same is something else", () => {
    assert.equal(parse(text("AMQPING\r\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [amqp091, sasl10], streams: [login] });
});

describe("amqp behind the header", () => parserProperties(readLogin, { valid: [], streams: [login.subarray(8)] }));
