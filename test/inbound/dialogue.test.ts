import assert from "node:assert/strict";
import type net from "node:net";
import { describe, test } from "node:test";
import { Decoy, ownAddress, readAll } from "./decoy.ts";

const ample = { client_time: "10ms", banner_time: "20s" };

/** Sends each text once the decoy's output matches the pattern before it; returns everything that the decoy sent. */
async function talk(socket: net.Socket, turns: readonly (readonly [after: RegExp, reply: string])[]): Promise<string> {
  let received = "";
  let fresh = "";
  let next = 0;
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1");
    fresh += chunk.toString("latin1");
    const turn = turns[next];
    if (turn === undefined || !turn[0].test(fresh)) return;
    next += 1;
    fresh = "";
    socket.write(Buffer.from(turn[1], "latin1"));
  });
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  assert.equal(next, turns.length, `the decoy sent ${JSON.stringify(received)}`);
  return received;
}

describe("a dialogue behind the banner", () => {
  test("SMTP: name, recipients and user are recorded, no mail is accepted, and the password is not stored", async () => {
    await using decoy = await Decoy.start({ banner: "smtp", capture: ample });
    const output = await talk(await decoy.connect(), [
      [/^220 /, "EHLO client.example\r\n"],
      [/250 8BITMIME/, "AUTH LOGIN\r\n"],
      [/^334 /, "YWxpY2U=\r\n"],
      [/^334 /, "czNjcmV0\r\n"],
      [/^535 /, "MAIL FROM:<a@example.org>\r\n"],
      [/^250 /, "RCPT TO:<b@example.org>\r\n"],
      [/^250 /, "DATA\r\n"],
      [/^554 /, "QUIT\r\n"],
    ]);
    assert.doesNotMatch(output, /^354/m);
    const { identification, payload, end, phase } = await decoy.one();
    assert.equal(identification.protocol, "smtp");
    const facts = identification.smtp ?? {};
    assert.deepEqual(
      [facts["name"], facts["user"], facts["from"], facts["to"]],
      ["client.example", "alice", "a@example.org", "b@example.org"],
    );
    assert.equal(identification.maskedBytes, 8);
    assert.ok(!Buffer.from(payload).includes("czNjcmV0"));
    assert.ok(!JSON.stringify(identification).includes("s3cret"));
    assert.deepEqual([end, phase], ["heard", "after-banner"]);
  });

  test("Telnet: each login is refused, and the third one ends the dialogue", async () => {
    await using decoy = await Decoy.start({ banner: "telnet", passwords: true, capture: ample });
    const attempts = ["root", "admin", "guest"].flatMap((user): (readonly [RegExp, string])[] => [
      [/login: $/, `${user}\r\n`],
      [/Password: $/, `${user}-pw\r\0`],
    ]);
    const output = await talk(await decoy.connect(), attempts);
    assert.match(output, /Login incorrect\r\n$/);
    const { identification } = await decoy.one();
    assert.deepEqual(identification.telnet, { user: "root", users: ["root", "admin", "guest"] });
    assert.deepEqual(identification.passwords, ["root-pw", "admin-pw", "guest-pw"]);
  });

  test("a client that speaks the banner's protocol at once is answered too", async () => {
    await using decoy = await Decoy.start({ banner: "pop3", capture: { client_time: "20s", banner_time: "20s" } });
    const socket = await decoy.connect();
    socket.write("USER alice\r\nPASS s3cret\r\n");
    const output = await talk(socket, [[/^\+OK Dovecot.*\+OK\r\n-ERR .*\r\n$/s, "QUIT\r\n"]]);
    assert.match(output, /\+OK Logging out\r\n$/);
    const { identification, phase } = await decoy.one();
    assert.deepEqual(identification.pop3, { command: "USER", user: "alice", following: ["PASS", "QUIT"] });
    assert.equal(phase, "client-first");
  });

  test("another protocol behind the banner is recorded as before", async () => {
    await using decoy = await Decoy.start({ banner: "telnet", capture: ample });
    const output = await talk(await decoy.connect(), [[/login: $/, "GET / HTTP/1.0\r\nHost: a\r\n\r\n"]]);
    assert.match(output, /login: $/);
    assert.equal((await decoy.one()).identification.protocol, "http");
  });

  test("without dialogue only the first answer is recorded, and a password in it is still masked", async () => {
    await using decoy = await Decoy.start({ banner: "pop3", dialogue: false, capture: ample });
    await talk(await decoy.connect(), [[/^\+OK/, `APOP alice ${"0".repeat(32)}\r\n`]]);
    const { identification, payload } = await decoy.one();
    assert.deepEqual(identification.pop3, { command: "APOP", user: "alice" });
    assert.equal(Buffer.from(payload).toString(), `APOP alice ${"*".repeat(32)}\r\n`);
  });
});

describe("the answer where no banner is given", () => {
  const skip = process.platform === "linux" ? false : "an address of its own needs Linux";

  test("on the port of a server that speaks first: the greeting of such a server, and its dialogue", {
    skip,
  }, async () => {
    await using decoy = await Decoy.start({ host: ownAddress, ports: [4190], capture: ample });
    const login = Buffer.from("\0alice\0s3cret").toString("base64");
    const output = await talk(await decoy.connect({ host: ownAddress }), [
      [/^"IMPLEMENTATION" .*OK "Ready\."\r\n$/s, `AUTHENTICATE "PLAIN" "${login}"\r\n`],
      [/^NO /, "LOGOUT\r\n"],
    ]);
    assert.match(output, /OK "Logout completed\."\r\n$/);
    const { identification, phase } = await decoy.one();
    assert.deepEqual(identification.sieve, {
      command: "AUTHENTICATE",
      mechanism: "PLAIN",
      user: "alice",
      following: ["LOGOUT"],
    });
    assert.equal(phase, "after-banner");
  });

  for (const [why, entry] of [
    ["on any other port", {}],
    ["where the owner wants silence", { host: ownAddress, ports: [4190], banner: "" }],
    ["in classic mode", { host: ownAddress, ports: [4190], capture: { ...ample, mode: "classic" } }],
  ] as const) {
    test(`nothing ${why}`, { skip }, async () => {
      await using decoy = await Decoy.start({ capture: ample, ...entry });
      const host = "host" in entry ? entry.host : "127.0.0.1";
      assert.equal(await readAll(await decoy.connect({ host })), "");
      assert.equal((await decoy.one()).end, "time-limit");
    });
  }
});

describe("a hostile client in a dialogue", () => {
  test("hundreds of commands at once get a few answers and a goodbye", async () => {
    await using decoy = await Decoy.start({ banner: "ftp", capture: { ...ample, max_bytes: 65_536 } });
    const output = await talk(await decoy.connect(), [[/^220/, "USER a\r\nPASS secret\r\n".repeat(500)]]);
    assert.ok(output.length < 1000, `${output.length} characters`);
    const { payload, identification } = await decoy.one();
    assert.ok(!Buffer.from(payload).includes("secret"));
    assert.equal(identification.ftp?.["user"], "a");
  });

  test("megabytes without a line end are cut off", async () => {
    await using decoy = await Decoy.start({ banner: "smtp", capture: ample });
    await talk(await decoy.connect(), [
      [/^220/, "EHLO a\r\n"],
      [/250 8BIT/, `AUTH PLAIN ${"A".repeat(2_000_000)}`],
    ]);
    const { end, payload } = await decoy.one();
    assert.equal(end, "byte-limit");
    assert.equal(payload.length, 4096);
    assert.match(Buffer.from(payload).toString(), /^EHLO a\r\nAUTH PLAIN \*+$/);
  });

  test("one that sends slowly is cut off at the time limit, and parsed a bounded number of times", async () => {
    await using decoy = await Decoy.start({ banner: "imap", capture: { client_time: "10ms", banner_time: "150ms" } });
    const socket = await decoy.connect();
    socket.setNoDelay(true);
    const drip = () => {
      if (!socket.destroyed) socket.write("\0", () => setImmediate(drip));
    };
    await talk(socket, [
      [/^\* OK/, "a NOOP\r\n"],
      [/NOOP completed/, "b LOGIN alice {4000}\r\n"],
      [/^\+ OK/, "\0"],
    ]).catch(() => {});
    drip();
    const { end, identification } = await decoy.one();
    assert.ok(["time-limit", "byte-limit"].includes(end), end);
    assert.equal(identification.protocol, "imap");
    assert.ok(decoy.looks < 100, `${decoy.looks} looks`);
  });

  test("one that sends slowly after a long line is parsed only a few times: each time reads the line again", async () => {
    await using decoy = await Decoy.start({ banner: "telnet", capture: ample });
    const socket = await decoy.connect();
    socket.setNoDelay(true);
    socket.resume();
    socket.write(`root\r\n${"x".repeat(3800)}`);
    let dripped = 0;
    const drip = () => {
      dripped += 1;
      if (socket.destroyed) return;
      if (dripped > 200) socket.end();
      else socket.write("\xff", "latin1", () => setImmediate(drip));
    };
    drip();
    const { identification } = await decoy.one();
    assert.deepEqual(identification["telnet"], { user: "root" });
    assert.ok(decoy.looks <= 16, `${decoy.looks} looks`);
  });

  test("an HTTP request to a news server stays one, and its password is masked", async () => {
    await using decoy = await Decoy.start({ banner: "200 news.example.org ready\r\n", capture: ample });
    const socket = await decoy.connect();
    socket.resume();
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YWxpY2U6czNjcmV0\r\n\r\n");
    const { payload, identification } = await decoy.one();
    assert.equal(identification.protocol, "http");
    assert.equal(identification.http?.user, "alice");
    assert.match(Buffer.from(payload).toString(), /Basic \*{16}\r\n/);
  });

  test("one that closes its half early is recorded and masked", async () => {
    await using decoy = await Decoy.start({ banner: "imap", capture: ample });
    const socket = await decoy.connect();
    socket.once("data", () => socket.end("a LOGIN alice s3cr"));
    await new Promise<void>((resolve) => socket.once("close", () => resolve()));
    const { payload, identification } = await decoy.one();
    assert.equal(identification.protocol, "imap");
    assert.equal(Buffer.from(payload).toString(), "a LOGIN alice ****");
    assert.ok(!JSON.stringify(identification).includes("s3cr"));
  });
});

describe("passwords are not stored", () => {
  const cases: readonly (readonly [name: string, sent: string, kept: string])[] = [
    [
      "HTTP Basic",
      "GET / HTTP/1.1\r\nAuthorization: Basic YWxpY2U6czNjcmV0\r\n\r\n",
      "GET / HTTP/1.1\r\nAuthorization: Basic ****************\r\n\r\n",
    ],
    [
      "an HTTP form and query",
      "POST /login?user=a&password=s3cret HTTP/1.1\r\nContent-Length: 29\r\n\r\nlog=a&pwd=s3cret&other=visible",
      "POST /login?user=a&password=****** HTTP/1.1\r\nContent-Length: 29\r\n\r\nlog=a&pwd=******&other=visible",
    ],
    [
      "JSON by HTTP",
      'POST / HTTP/1.1\r\n\r\n{"user":"a","password":"s3c\\"ret","x":1}',
      'POST / HTTP/1.1\r\n\r\n{"user":"a","password":"********","x":1}',
    ],
    ["the user part of a URL", "GET http://a:s3cret@b/ HTTP/1.1\r\n\r\n", "GET http://a:******@b/ HTTP/1.1\r\n\r\n"],
    ["Redis AUTH", "*2\r\n$4\r\nAUTH\r\n$6\r\ns3cret\r\n", "*2\r\n$4\r\nAUTH\r\n$6\r\n******\r\n"],
    ["Redis typed", "AUTH default s3cret\r\n", "AUTH default ******\r\n"],
    ["IRC", "PASS s3cret\r\nNICK wiz\r\n", "PASS ******\r\nNICK wiz\r\n"],
    ["NATS", 'CONNECT {"user":"a","pass":"s3cret"}\r\n', 'CONNECT {"user":"a","pass":"******"}\r\n'],
    ["STOMP", "CONNECT\nlogin:a\npasscode:s3cret\n\n\0", "CONNECT\nlogin:a\npasscode:******\n\n\0"],
    [
      "LDAP",
      "\x30\x14\x02\x01\x01\x60\x0f\x02\x01\x03\x04\x02cn\x80\x06s3cret",
      "\x30\x14\x02\x01\x01\x60\x0f\x02\x01\x03\x04\x02cn\x80\x06******",
    ],
    [
      "MQTT",
      "\x10\x18\0\x04MQTT\x04\xc2\0\x3c\0\x01c\0\x01u\0\x06s3cret",
      "\x10\x18\0\x04MQTT\x04\xc2\0\x3c\0\x01c\0\x01u\0\x06******",
    ],
    ["a line that has no end", "AUTH PLAIN AGFsaWNlAHMzY3JldA", "AUTH PLAIN ******************"],
  ];
  for (const [name, sent, kept] of cases) {
    test(name, async () => {
      await using decoy = await Decoy.start({ capture: { client_time: "150ms" } });
      const socket = await decoy.connect();
      socket.end(Buffer.from(sent, "latin1"));
      socket.resume();
      const { payload, identification, bytes } = await decoy.one();
      assert.equal(Buffer.from(payload).toString("latin1"), kept);
      assert.ok(!JSON.stringify(identification).includes("s3c"), JSON.stringify(identification));
      const masked = [...kept].filter((character, at) => character !== sent.charAt(at));
      assert.equal(identification.maskedBytes, masked.length);
      assert.equal(bytes, sent.length);

      await using asked = await Decoy.start({ passwords: true, capture: { client_time: "150ms" } });
      (await asked.connect()).end(Buffer.from(sent, "latin1")).resume();
      const connection = await asked.one();
      assert.equal(Buffer.from(connection.payload).toString("latin1"), sent);
      // Half of a secret cannot be read.
      const known = name === "a line that has no end" ? undefined : 1;
      assert.equal(connection.identification.passwords?.length, known, JSON.stringify(connection.identification));
    });
  }
});
