import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { identify } from "../../wire/identify.ts";
import { DialogueSession, dialoguesBehind } from "./dialogue-session.ts";
import { protocolOfBanner } from "./expected-protocol.ts";
import { type CapturedBytes, SecretMasking } from "./secret-masking.ts";

const secret = "s3cretWord";
const base64 = (text: string) => Buffer.from(text, "latin1").toString("base64");
const concealment = new SecretMasking({ passwords: false, identify });

const smtp = "220 mail.example.org ESMTP\r\n";
const ftp = "220 (vsFTPd 3.0.3)\r\n";
const pop3 = "+OK ready\r\n";
const imap = "* OK IMAP4rev1\r\n";
const nntp = "200 news.example.org ready\r\n";
const sieve = '"IMPLEMENTATION" "x"\r\nOK\r\n';
const telnet = "login: ";

/** What is stored and reported of bytes that a client sent to a decoy with this banner. @param cuts the packet ends, in order */
function kept(bytes: Uint8Array, banner?: string, cuts: readonly number[] = []): CapturedBytes {
  if (banner === undefined) return concealment.apply({ payload: bytes, identification: identify(bytes) });
  const greeting = Buffer.from(banner);
  const seen = identify(bytes, protocolOfBanner(greeting));
  const dialogues = dialoguesBehind(greeting);
  assert.ok(dialogues !== undefined);
  const talk = new DialogueSession(dialogues);
  for (const cut of cuts)
    talk.hear(bytes.subarray(0, cut), identify(bytes.subarray(0, cut), protocolOfBanner(greeting)));
  talk.hear(bytes, seen);
  if (!talk.hasBegun) {
    return concealment.apply({ payload: bytes, identification: seen }, talk.secretsWithoutDialogue(bytes, seen));
  }
  return concealment.apply({ payload: bytes, identification: talk.identification(seen) }, talk.secrets);
}

function everything(bytes: Uint8Array, banner?: string, cuts: readonly number[] = []): string {
  const { payload, identification } = kept(bytes, banner, cuts);
  return `${Buffer.from(payload).toString("latin1")}\n${JSON.stringify(identification)}`;
}

function request(headers: string, body = "", target = "/"): string {
  return `POST ${target} HTTP/1.1\r\nHost: decoy\r\n${headers}${headers === "" ? "" : "\r\n"}\r\n${body}`;
}

const proxy = "PROXY TCP4 192.0.2.1 192.0.2.2 50000 21\r\n";
const plain = base64(`\0bob\0${secret}`);

/** Each contains the password, in plain text or in base64. */
const messages: readonly (readonly [name: string, sent: string, banner?: string])[] = [
  ["PLAIN without the first identity", `EHLO a\r\nAUTH PLAIN ${base64(`bob\0${secret}`)}\r\n`, smtp],
  ["LOGIN with user and password at once", `EHLO a\r\nAUTH LOGIN ${base64("bob")} ${base64(secret)}\r\n`, smtp],
  ["the next step of an unknown mechanism", `EHLO a\r\nAUTH NTLM TlRM\r\n${base64(secret)}\r\n`, smtp],
  ["the same of POP3", `AUTH NTLM\r\n${base64(secret)}\r\n`, pop3],
  ["AUTH=PLAIN", `EHLO a\r\nAUTH=PLAIN ${plain}\r\n`, smtp],
  ["PASS within a dialogue of mail", `EHLO a\r\nUSER bob\r\nPASS ${secret}\r\n`, smtp],
  ["IMAP without a tag", `LOGIN bob ${secret}\r\n`, imap],
  ["IMAP without a tag, later", `a NOOP\r\nLOGIN bob ${secret}\r\n`, imap],
  ["IMAP with more words than are read", `a LOGIN bob ${"x ".repeat(40)}${secret}\r\n`, imap],
  ["IMAP with a word too many", `a AUTHENTICATE PLAIN x ${secret}\r\n`, imap],
  ["a return key of CR alone", `USER bob\rPASS ${secret}\r`, pop3],
  ["a return key of CR NUL", `USER bob\r\0PASS ${secret}\r\0`, ftp],
  ["a password that is changed", `USER bob\r\nSITE PSWD old ${secret}\r\n`, ftp],
  ["a command behind IAC IP", `USER bob\r\n\xff\xf4\xffPASS ${secret}\r\n`, ftp],
  ["mail behind a header of nobody's proxy", `${proxy}EHLO a\r\nAUTH PLAIN ${plain}\r\n`, smtp],
  ["Telnet behind such a header", `${proxy}admin\r\n${secret}\r\n`, telnet],
  ["a key without a scheme", request(`Authorization: ${secret}`)],
  ["a value in the next line", request(`Authorization:\r\n Basic ${base64(`bob:${secret}`)}`)],
  ["a value in the line behind its scheme", request(`Authorization: Basic\r\n\t${base64(`bob:${secret}`)}`)],
  ["Basic without a colon", request(`Authorization: Basic ${base64(secret)}`)],
  ["a second request", `GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nAuthorization: Bearer ${secret}\r\n\r\n`],
  ["XML with an attribute", request("", `<password type="x">${secret}</password>`)],
  ["JSON in lines", request("", `{"password":\n  "${secret}"}`)],
  ["a part with a type", request("", `; name="password"\r\nContent-Type: text/plain\r\n\r\n${secret}\r\n--x`)],
  ["a cookie", request(`Cookie: user=a; password=${secret}`)],
  ["a page that is referred to", request(`Referer: http://decoy/?password=${secret}`)],
  ["a field behind a line that ends like a name", `GET / HTTP/1.1\r\nA: secret\r\nCookie: password=${secret}\r\n\r\n`],
  ["a field within an attribute", request("", `<token x password=${secret}>`)],
  ["a key in a header", request(`X-API-Key: ${secret}`)],
  ["a token in a header", request(`X-Vault-Token: ${secret}`)],
  ["a secret of OAuth", request("", `grant_type=x&client_secret=${secret}`)],
  ["a parameter of a path", request("", "", `/login;password=${secret}`)],
  ["JSON with a list", request("", `{"password" : [\n"x\\"]", ["${secret}"]]}`)],
  ["JSON with escapes in the name", request("", `{"pass\\u0077ord":"x \\u0022${secret}"}`)],
  ["a query with escapes in the name", request("", "", `/?p%61ssword=a%20b%26${secret}`)],
  ["a query with an escaped equals sign", request("", "", `/?passwd%3d${secret}`)],
  ["a parameter auth", request("", "", `/?auth=${secret}&x=1`)],
  ["a signature", request("", "", `/?X-Amz-Credential=a&X-Amz-Signature=${secret}`)],
  ["an address in a parameter", request("", "", `/?to=http%3A%2F%2Fh%2F%3Fpassword%3D${secret}`)],
  ["an address in one in a parameter", request("", "", `/?to=%2Fb%3Fto%3D%252F%253Ftoken%253D${secret}%26x`)],
  ["a user part in a parameter", request("", "", `/?to=http%3A%2F%2Fbob%3A${secret}%40h%2F`)],
  ["the cookie of a session", request(`Cookie: lang=en; session=${secret}`)],
  ["the cookie of another session", request(`Cookie: PHPSESSID=${secret}; x=1`)],
  ["a password in Portuguese", request("", `usuario=a&senha=${secret}`)],
  ["a user part of Origin", request(`Upgrade: websocket\r\nOrigin: http://bob:${secret}@decoy`)],
  ["a user part of Host", `GET / HTTP/1.1\r\nHost: bob:${secret}@decoy\r\n\r\n`],
  ["a user part of CONNECT", `CONNECT bob:${secret}@decoy:443 HTTP/1.1\r\n\r\n`],
  ["a token as a subprotocol", request(`Upgrade: websocket\r\nSec-WebSocket-Protocol: bearer.${secret}`)],
  ["two settings of Redis at once", `CONFIG SET maxmemory 1 requirepass ${secret}\r\n`],
  ["an array of Redis behind a line", `PING\r\n*2\r\n$4\r\nAUTH\r\n$10\r\n${secret}\r\n`],
  ["XMPP without waiting", `<stream:stream to='x' xmlns='jabber:client'><auth mechanism='PLAIN'>${plain}</auth>`],
  ["memcached in text", `set auth 0 0 14\r\nbob ${secret}\r\n`],
  ["the Asterisk manager", `Action: Login\r\nUsername: bob\r\nSecret: ${secret}\r\n\r\n`],
  ["the Asterisk manager without a space", `Action: Login\r\nsecret:${secret}\r\n\r\n`],
  ["the Asterisk manager on a port of mail", `Action: Login\r\nSecret: ${secret}\r\n\r\n`, imap],
  ["text of no protocol", `PASSWORD ${secret}\r\n`],
  ["Telnet with CR CR LF", `root\r\r\n${secret}\r\r\n`, telnet],
  ["Telnet with LF CR", `root\n\r${secret}\n\r`, telnet],
  ["Telnet with an empty password before", `root\r\n\r\n${secret}\r\n`, telnet],
  ["Telnet with two empty passwords before", `root\r\n\r\nadmin\r\n\r\n${secret}\r\n`, telnet],
  ["Telnet with a name that is too long", `${"r".repeat(129)}\r\n${secret}\r\n`, telnet],
  ["Telnet with a control character first", `\x03\r\nroot\r\n${secret}\r\n`, telnet],
  ["Telnet with NUL", `root\0${secret}\0`, telnet],
  ["Telnet with NUL behind an option", `\xff\xfb\x18root\0${secret}\0`, telnet],
  ["a variable of Telnet", `\xff\xfa\x27\0\0USER\x01bob\0PASSWORD\x01${secret}\xff\xf0root\r\n`, telnet],
  ["a login of mail at a login prompt", `AUTHENTICATE PLAIN ${plain}\r\n`, telnet],
  ["HTTP on a port of news", request(`Authorization: Basic ${base64(`bob:${secret}`)}`), nntp],
  ["a form on a port of news", request("", `user=bob&password=${secret}`), nntp],
  ["HEAD on a port of news", `HEAD /?password=${secret} HTTP/1.1\r\n\r\n`, nntp],
  [
    "a mailbox that HTTP looks like",
    `GET LIST HTTP/1.1\r\nAuthorization: Basic ${base64(`bob:${secret}`)}\r\n\r\n`,
    imap,
  ],
  ["ManageSieve on a port of IMAP", `AUTHENTICATE "LOGIN"\r\n"${base64("bob")}"\r\n"${base64(secret)}"\r\n`, imap],
  ["LOGIN with the response of PLAIN", `EHLO a\r\nAUTH LOGIN\r\n${plain}\r\n`, smtp],
  ["LOGIN with the initial response of PLAIN", `EHLO a\r\nAUTH LOGIN ${plain}\r\n${base64(secret)}\r\n`, smtp],
  ["LOGIN with a command for a name", `EHLO a\r\nAUTH LOGIN\r\nAUTH PLAIN ${plain}\r\n`, smtp],
  ["two headers of proxies", `${proxy}${proxy}EHLO a\r\nAUTH LOGIN\r\n${base64("bob")}\r\n${base64(secret)}\r\n`, smtp],
  ["two such headers before HTTP", `${proxy}${proxy}${request(`Authorization: Basic ${base64(`bob:${secret}`)}`)}`],
  ["a broken header", `PROXY TCP4 a\r\nroot\r\nx\r\n${secret}\r\n`, telnet],
  ["an empty line before", `\r\nEHLO a\r\nAUTH LOGIN\r\n${base64("bob")}\r\n${base64(secret)}\r\n`, smtp],
  ["an empty line before news", `\r\nAUTHINFO USER bob\r\nAUTHINFO PASS ${secret}\r\n`, nntp],
  ["an unknown line before", `XFOO\r\nAUTH LOGIN\r\n${base64("bob")}\r\n${base64(secret)}\r\n`, smtp],
  ["an unknown line before a response", `a FOO\r\nb AUTHENTICATE PLAIN\r\n${plain}\r\n`, imap],
  ["an unknown line before a literal", `a FOO\r\nb LOGIN bob {10}\r\n${secret}\r\n`, imap],
  ["a byte order mark", `\xef\xbb\xbfEHLO a\r\nAUTH LOGIN\r\n${base64("bob")}\r\n${base64(secret)}\r\n`, smtp],
  ["SASLAUTH", `CLIENT x\r\nSASLAUTH PLAIN ${plain}\r\n`],
  ["a bare CR within files", `USER bob\rPASS ${secret}\r\n`, ftp],
  ["a bare CR within mail", `EHLO a\rAUTH LOGIN\r${base64("bob")}\r${base64(secret)}\r\n`, smtp],
  ["a bare CR within a mailbox", `a CAPABILITY\ra LOGIN bob ${secret}\r\n`, imap],
  ["a bare CR within news", `AUTHINFO USER bob\rAUTHINFO PASS ${secret}\r\n`, nntp],
  ["a bare CR where FTP is not expected", `USER bob\rPASS ${secret}\r\n`],
  ["user and password in one line", `USER bob PASS ${secret}\r\n`, ftp],
  ["an unknown mechanism of IMAP", `a AUTHENTICATE NTLM\r\n${base64(secret)}\r\n`, imap],
  ["an unknown mechanism of ManageSieve", `AUTHENTICATE "FOO"\r\n"${base64(secret)}"\r\n`, sieve],
  ["a response without a tag", `a CAPABILITY\r\nAUTHENTICATE PLAIN\r\n${plain}\r\n`, imap],
  [
    "a response in two lines",
    `a AUTHENTICATE PLAIN\r\n${base64(`\0bob\0${"L".repeat(52)}`)}\r\n${base64(secret)}\r\n`,
    imap,
  ],
  ["IMAP with a tab", `a LOGIN bob\t${secret}\r\n`, imap],
  ["IMAP without a closing quote", `a LOGIN "bob ${secret}\r\n`, imap],
  ...["{10-}", "~{10}", "{0000010}", "{10} ", "{10}\r"].map(
    (literal) => [`the literal ${JSON.stringify(literal)}`, `a LOGIN bob ${literal}\r\n${secret}\r\n`, imap] as const,
  ),
  ["a literal of a user that is longer than it", `a LOGIN {30}\r\nbob ${secret}\r\nb NOOP\r\n`, imap],
  ["a password of ID", `a ID ("name" "x" "password" "${secret}")\r\n`, imap],
  ["a login of Redis at a mail server", `AUTH ${secret}\r\n`, smtp],
  ["a login of Redis at a file server", `AUTH bob ${secret}\r\n`, ftp],
  ["PLAIN= with the response", `EHLO a\r\nAUTH PLAIN=${plain}\r\n`, smtp],
  ["AUTHINFO SIMPLE", `MODE READER\r\nAUTHINFO SIMPLE\r\nbob ${secret}\r\n`, nntp],
  ["AUTHINFO GENERIC", `MODE READER\r\nAUTHINFO GENERIC plain bob ${secret}\r\n`, nntp],
  ["SITE CPWD", `USER bob\r\nSITE CPWD ${secret}\r\n`, ftp],
  ["PASS and NUL", `USER bob\r\nPASS\0${secret}\r\n`, ftp],
  ["a login of Subversion", `( 2 ( edit-pipeline ) 20:svn://host.example/x ) ( PLAIN ( 28:${plain} ) ) `],
  ["a user part of Subversion", `( 2 ( edit-pipeline ) 29:svn://bob:${secret}@h/x ) `],
];

describe("what is stored of a client's first bytes", () => {
  for (const [name, sent, banner] of messages) {
    test(`no password: ${name}`, () => {
      const reported = everything(Buffer.from(sent, "latin1"), banner);
      const forms = [
        secret,
        base64(secret),
        base64(`\0bob\0${secret}`),
        base64(`bob\0${secret}`),
        base64(`bob:${secret}`),
      ];
      for (const form of forms) assert.ok(!reported.toLowerCase().includes(form.toLowerCase()), reported);
    });
  }

  test("no half of a password, wherever the client stops", () => {
    for (const [name, sent, banner] of messages) {
      const at = sent.indexOf(secret);
      if (at === -1 || name === "an array of Redis behind a line") continue;
      for (let length = 4; length < secret.length; length++) {
        const reported = everything(Buffer.from(sent.slice(0, at + length), "latin1"), banner);
        // The value of `set` is recognised by its line, and a user part by the @ after it.
        const isTold =
          reported.includes(secret.slice(0, length)) && !/user part of (?:Host|CONNECT)|memcached|attribute/.test(name);
        assert.ok(!isTold, `${name}: ${reported}`);
      }
    }
  });

  test("HTTP/2: headers, the query and bodies", () => {
    const value = `Bearer ${secret}`;
    const path = `/a?token=${secret}`;
    // RFC 7541: GET, http, a path, an authorization that is never indexed.
    const block = Buffer.concat([
      Buffer.from([0x82, 0x86, 0x04, path.length]),
      Buffer.from(path),
      Buffer.from([0x1f, 0x08, value.length]),
      Buffer.from(value),
    ]);
    const frame = (type: number, payload: Buffer) =>
      Buffer.concat([Buffer.from([0, 0, payload.length, type, type === 1 ? 4 : 1, 0, 0, 0, 1]), payload]);
    const opening = Buffer.concat([
      Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      frame(1, block),
      frame(0, Buffer.from(`user=a&password=${secret}`)),
    ]);
    const reported = everything(opening);
    assert.ok(!reported.includes(secret), reported);
    assert.match(reported, /"path":"\/a\?token=\*+"/);
    const cut = opening.length - 35 - `user=a&password=`.length;
    assert.ok(!everything(opening.subarray(0, cut)).includes("s3cr"));
  });

  test("SASL of memcached's binary protocol is masked", () => {
    const header = Buffer.from(`8021000500000000${"00000013"}${"00".repeat(12)}`, "hex");
    assert.ok(!everything(Buffer.concat([header, Buffer.from(`PLAIN\0b\0${secret}`)])).includes(secret));
  });

  test("text with two bytes per character is kept up to its first word", () => {
    for (const [sent, banner] of [
      [`USER bob\r\nPASS ${secret}\r\n`, ftp],
      [`a LOGIN bob ${secret}\r\n`, imap],
      [`root\r\n${secret}\r\n`, telnet],
    ] as const) {
      const marked = Buffer.from(`\ufeff${sent}`, "utf16le");
      for (const bytes of [Buffer.from(sent, "utf16le"), marked, Buffer.from(marked).swap16()]) {
        assert.ok(!everything(bytes, banner).replaceAll("\0", "").includes(secret), sent);
      }
    }
  });

  describe("no password, whatever the line ends, the bytes before it and the packet boundaries", () => {
    const ends = fc.constantFrom("\r\n", "\n", "\r", "\r\r\n", "\n\r", "\r\0", "\r\n\r\n");
    const cuts = fc.array(fc.nat(), { maxLength: 4 });
    const header = fc.constantFrom("", "", proxy, proxy + proxy, "PROXY TCP4 a\r\n");
    const logins = [
      [`PASS ${secret}`],
      [`ACCT ${secret}`],
      [`SITE CPWD ${secret}`],
      [`AUTH PLAIN ${plain}`],
      ["AUTH PLAIN", plain],
      ["AUTH LOGIN", base64("bob"), base64(secret)],
      ["AUTH LOGIN", plain],
      ["AUTH NTLM", base64(secret)],
      [`AUTH ${secret}`],
      [`a LOGIN bob ${secret}`],
      [`a LOGIN "bob" "${secret}"`],
      ["a LOGIN bob {10}", secret],
      ["a LOGIN {3}", "bob {10}", secret],
      ["a AUTHENTICATE PLAIN", plain],
      [`AUTHINFO PASS ${secret}`],
      ["AUTHINFO SASL PLAIN", plain],
      [`AUTHENTICATE "PLAIN" "${plain}"`],
      ['AUTHENTICATE "PLAIN" {28+}', plain],
      [`SASLAUTH PLAIN ${plain}`],
      [`Secret:${secret}`],
    ];
    const others = fc.constantFrom(
      ..."EHLO a|MAIL FROM:<a@b>|DATA|NOOP|USER bob|FOO| |CAPA|HELP|MODE READER|GROUP a|STARTTLS|AUTH|AUTH LOGIN|*".split(
        "|",
      ),
      ...'a NOOP|b FOO|a ID NIL|a {5+}|{3}|a LOGIN {3}|a LOGIN "x|"|a AUTHENTICATE LOGIN|b APPEND x {10}|\xff\xf4'.split(
        "|",
      ),
    );

    function assertHidden(text: string, banner: string | undefined, places: readonly number[]): void {
      const packets = places.map((place) => place % text.length).sort((one, other) => one - other);
      const reported = everything(Buffer.from(text, "latin1"), banner, packets).toLowerCase();
      for (const form of [secret, base64(secret).slice(0, -3), plain.slice(8, -3)]) {
        assert.ok(!reported.includes(form.toLowerCase()), reported);
      }
    }

    test("of line protocols", () => {
      const sent = fc.record({
        before: fc.array(others, { maxLength: 3 }),
        login: fc.constantFrom(...logins),
        end: ends,
        header,
        cuts,
        banner: fc.constantFrom(undefined, smtp, ftp, pop3, imap, nntp, sieve),
      });
      fc.assert(
        fc.property(sent, ({ before, login, end, header: first, cuts: places, banner }) => {
          const text = [...before, ...login].map((line) => line + end).join("");
          assertHidden(first + text, banner, places);
        }),
        { numRuns: 3000 },
      );
    });

    test("of Telnet", () => {
      const option = fc.constantFrom("", "\xff\xfb\x18", "\xff\xfd\x03");
      fc.assert(
        fc.property(option, ends, header, cuts, (begin, end, first, places) => {
          assertHidden(`${first}${begin}root${end}${secret}${end}`, telnet, places);
        }),
        { numRuns: 500 },
      );
    });
  });

  test("as many bytes are counted as are masked, in whatever order the secrets are found", () => {
    const payload = Buffer.from("abcdefghij");
    const { payload: masked, identification } = concealment.apply({ payload, identification: identify(payload) }, [
      { start: 6, end: 8 },
      { start: 0, end: 2 },
      { start: 1, end: 4 },
    ]);
    assert.equal(Buffer.from(masked).toString(), "****ef**ij");
    assert.equal(identification.maskedBytes, 6);
  });

  test("a user named like the password is reported", () => {
    const { identification } = kept(Buffer.from("USER admin\r\nPASS admin\r\n"), ftp);
    assert.equal(identification["ftp"]?.["user"], "admin");
  });

  test("a mail server that gets an unknown line first still reports the user", () => {
    const reported = kept(Buffer.from(`\r\nEHLO a\r\nAUTH LOGIN\r\n${base64("bob")}\r\n${base64(secret)}\r\n`), smtp);
    assert.equal(reported.identification["smtp"]?.["user"], "bob");
    const plainAsName = kept(Buffer.from(`EHLO a\r\nAUTH LOGIN\r\n${plain}\r\n`), smtp);
    assert.equal(plainAsName.identification["smtp"]?.["user"], "bob");
  });

  test("the user, the host and the path are kept", () => {
    const sent = request(`Authorization: Basic ${base64(`bob:${secret}`)}`, "", `/a?password=${secret}&x=1`);
    equalFacts(kept(Buffer.from(sent)).identification.http, {
      method: "POST",
      path: `/a?password=${"*".repeat(secret.length)}&x=1`,
      host: "decoy",
      version: "1.1",
      authorization: "basic",
      user: "bob",
    });
    const { identification } = kept(Buffer.from(`${proxy}admin\r\n${secret}\r\n`), telnet);
    assert.equal(identification["telnet"]?.["user"], "admin");
  });

  test("with NTLM the domain and the machine are kept, too", () => {
    const message = "NTLMSSP\0\u0001\0\0\0\0\u0032\0\0\u0004\0\u0004\0\u0020\0\0\0\u0003\0\u0003\0\u0024\0\0\0CORPPC7";
    const { http } = kept(Buffer.from(request(`Authorization: NTLM ${base64(message)}`, "", "/"))).identification;
    assert.deepEqual([http?.authorization, http?.domain, http?.workstation], ["ntlm", "CORP", "PC7"]);
  });

  test("any bytes keep their length, and nothing throws", () => {
    const pieces = messages.map(([, sent]) => sent);
    const bytes = fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary" })), { maxLength: 4 })
      .map((parts) => Buffer.from(parts.join(""), "latin1"));
    fc.assert(
      fc.property(bytes, fc.constantFrom(undefined, smtp, ftp, pop3, imap, telnet), (sent, banner) => {
        assert.equal(kept(sent, banner).payload.length, sent.length);
      }),
    );
  });
});

describe("fields whose names are written with escapes", () => {
  const names = ["password", "passwd", "pwd", "token", "auth", "api_key", "client_secret", "X-Amz-Signature"];
  /** Each character as it is, or escaped as URLs do it. */
  const escapedName = (some: readonly string[]) =>
    fc
      .tuple(fc.constantFrom(...some), fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }))
      .map(([name, escapes]) =>
        [...name].map((character, at) => (escapes[at] === true ? percent(character) : character)).join(""),
      );
  // RTSP and others name sessions with a colon, which are no logins.
  const queryName = escapedName([...names, "session"]);
  const jsonName = escapedName(names).map((name) => name.replace(/%(..)/g, "\\u00$1"));
  const value = fc.constantFrom(secret, `a%20${secret}`, `%26${secret}`, `${secret}%3D`);

  function percent(text: string): string {
    return [...text].map((character) => `%${Buffer.from(character).toString("hex")}`).join("");
  }

  test("do not let a password through", () => {
    fc.assert(
      fc.property(queryName, value, fc.nat({ max: 2 }), fc.constantFrom("=", "%3d"), (name, given, depth, equals) => {
        let query = `${name}${equals}${given}`;
        for (let level = 0; level < depth; level += 1) query = `to=${encodeURIComponent(`http://h/?a=b&${query}`)}`;
        const shown = everything(Buffer.from(request("", "", `/x?first=kept&${query}`)));
        assert.doesNotMatch(shown, new RegExp(secret));
        assert.match(shown, /first=kept/);
      }),
    );
    fc.assert(
      fc.property(jsonName, fc.constantFrom(" ", "", "\n  "), fc.nat({ max: 3 }), (name, space, depth) => {
        const text = `${"[".repeat(depth)}"a b", "${secret}"${"]".repeat(depth)}`;
        const body = `{"user":"kept", "${name}"${space.trim()}:${space}${depth === 0 ? `"${secret}"` : text}}`;
        const shown = everything(Buffer.from(request("Content-Type: application/json", body)));
        assert.doesNotMatch(shown, new RegExp(secret));
        assert.match(shown, /"user":"kept"/);
      }),
    );
  });

  test("are not seen where there are none", () => {
    for (const [sent, kept] of [
      [request("", "author=ann&authority=x"), "author=ann&authority=x"],
      [request("", "", "/?X-Amz-Credential=AKIAEXAMPLE&design=1&sidebar=2"), "AKIAEXAMPLE&design=1&sidebar=2"],
      ["DESCRIBE rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\nSession: 12345\r\n\r\n", "Session: 12345"],
      [request("Session-Expires: 1800"), "Session-Expires: 1800"],
    ] as const)
      assert.ok(everything(Buffer.from(sent)).includes(kept), kept);
  });
});
