import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { explainMailFailure } from "./explain.ts";
import { isPermanent, readMailError } from "./mail-error.ts";
import type { SmtpServer } from "./smtp-session.ts";

const server: SmtpServer = {
  host: "mail.example.org",
  port: 587,
  tls: "starttls",
  login: { user: "me", password: "pw" },
};

const cases: readonly [string, Record<string, unknown>, Partial<SmtpServer>, RegExp][] = [
  ["name not found", { code: "ENOTFOUND" }, {}, /no host named mail\.example\.org.*spelt right/],
  ["no name server", { code: "EDNS", originalCode: "EAI_AGAIN" }, {}, /cannot be resolved now/],
  ["nothing listens", { code: "ESOCKET", originalCode: "ECONNREFUSED" }, {}, /refuses connections.*587.*465.*25/],
  ["no route", { code: "EHOSTUNREACH" }, {}, /no route to mail server mail\.example\.org:587/],
  ["no answer", { code: "ETIMEDOUT" }, { port: 25 }, /firewall block port 25\?.*try 587/],
  ["no greeting", { code: "ETIMEDOUT", timeoutType: "GREETING_TIMEOUT" }, {}, /tls: implicit/],
  [
    "no greeting over TLS",
    { code: "ETIMEDOUT", timeoutType: "GREETING_TIMEOUT" },
    { tls: "implicit" },
    /a mail server\?/,
  ],
  ["no handshake", { code: "ETIMEDOUT", timeoutType: "UPGRADE_TIMEOUT" }, {}, /complete the TLS handshake/],
  ["silence later", { code: "ETIMEDOUT", timeoutType: "SOCKET_TIMEOUT" }, {}, /stopped answering/],
  ["plain on 465", { code: "ECONNECTION" }, { port: 465 }, /port 465 requires TLS from the first byte/],
  [
    "TLS on 587",
    { code: "ESOCKET", originalCode: "ERR_SSL_WRONG_VERSION_NUMBER" },
    { tls: "implicit" },
    /tls: starttls/,
  ],
  ["old TLS", { code: "ERR_SSL_UNSUPPORTED_PROTOCOL" }, {}, /insecure versions of TLS/],
  ["self-signed", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, {}, /self-signed.*ca_file.*tls_verify: false/],
  ["unknown authority", { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }, {}, /not signed by a trusted authority.*ca_file/],
  ["expired", { code: "CERT_HAS_EXPIRED" }, {}, /has expired/],
  ["not yet valid", { code: "CERT_NOT_YET_VALID" }, {}, /clock of this machine/],
  ["another name", { code: "ERR_TLS_CERT_ALTNAME_INVALID" }, {}, /use one of its names/],
  ["no login offered", { code: "ENOAUTH" }, {}, /offers no login/],
  ["no login without TLS", { code: "ENOAUTH" }, { tls: "none" }, /tls: starttls/],
  ["out of descriptors", { code: "EMFILE" }, {}, /cannot open more connections/],
  [
    "STARTTLS on 465",
    { code: "ETLS", command: "STARTTLS", responseCode: 502, response: "502 no" },
    { port: 465 },
    /tls: implicit/,
  ],
  [
    "no STARTTLS",
    { code: "ETLS", command: "STARTTLS", responseCode: 502, response: "502 no" },
    {},
    /use_tls: false, or tls: none instead of use_tls/,
  ],
  [
    "login requires TLS",
    { code: "EAUTH", command: "AUTH PLAIN", responseCode: 538, response: "538 no" },
    {},
    /without encryption/,
  ],
  [
    "login method not supported",
    { code: "EAUTH", command: "AUTH PLAIN", responseCode: 504, response: "504 no" },
    {},
    /PLAIN, LOGIN or CRAM-MD5/,
  ],
  [
    "full mailbox",
    { code: "EENVELOPE", command: "RCPT TO", responseCode: 552, response: "552 full" },
    {},
    /mailbox is full/,
  ],
  [
    "TLS library",
    {
      code: "ERR_SSL_X",
      message: "00:error:0A000438:SSL routines:ssl3_read_bytes:tlsv1 alert internal error:../deps/x.c:918:",
    },
    {},
    /TLS handshake with mail server mail\.example\.org:587 failed: tlsv1 alert internal error$/,
  ],
];
for (const [name, fields, overrides, words] of cases) {
  test(`${name}: the explanation names the cause and the remedy`, () => {
    const { message = "raw text", ...rest } = fields;
    const error = Object.assign(new Error(String(message)), rest);

    assert.match(explainMailFailure(error, { ...server, ...overrides }), words);
  });
}

test("if every address of a host failed, the first failure is explained", () => {
  const error = new AggregateError([Object.assign(new Error("refused"), { code: "ECONNREFUSED" }), new Error("other")]);

  assert.match(explainMailFailure(error, server), /refuses connections/);
});

test("any thrown value is explained, and the explanation adds no password", () => {
  const anyError = fc
    .record({
      message: fc.string(),
      code: fc.anything(),
      command: fc.oneof(
        fc.constantFrom("CONN", "AUTH PLAIN", "MAIL FROM", "RCPT TO", "DATA", "STARTTLS"),
        fc.anything(),
      ),
      responseCode: fc.oneof(fc.integer({ min: 200, max: 599 }), fc.anything()),
      response: fc.anything(),
    })
    .map(({ message, ...rest }) => Object.assign(new Error(message), rest));
  fc.assert(
    fc.property(fc.oneof(anyError, fc.anything({ withNullPrototype: true })), (error) => {
      const words = explainMailFailure(error, { ...server, login: { user: "me", password: "\u0001pass\u0001" } });
      assert.ok(words.length > 5);
      assert.ok(!words.includes("\u0001pass\u0001"));
      assert.equal(typeof isPermanent(readMailError(error)), "boolean");
    }),
  );
});
