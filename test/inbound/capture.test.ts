import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { Decoy, readAll } from "./decoy.ts";

const quick = { capture: { client_time: "100ms", banner_time: "150ms" } };
/** For connections that are ended by something other than time. */
const slow = { capture: { client_time: "30s", banner_time: "30s" } };

describe("the capture of a connection", () => {
  test("a request is recorded with its bytes, its name and both ends", async () => {
    await using decoy = await Decoy.start(slow);
    const socket = await decoy.connect();
    const localPort = socket.localPort;
    socket.write("GET /a HTTP/1.1\r\nHost: x.example\r\n\r\n");
    await readAll(socket);
    const connection = await decoy.one();
    assert.equal(connection.identification.protocol, "http");
    assert.equal(connection.identification.http?.host, "x.example");
    assert.equal(connection.phase, "client-first");
    assert.equal(connection.end, "heard");
    assert.equal(connection.bytes, 36);
    assert.equal(Buffer.from(connection.payload).toString(), "GET /a HTTP/1.1\r\nHost: x.example\r\n\r\n");
    assert.deepEqual(connection.peer, { address: "127.0.0.1", port: localPort });
    assert.deepEqual(connection.local, { address: "127.0.0.1", port: decoy.port });
    assert.equal(connection.via, undefined);
  });

  test("fragments are joined until the message is complete", async () => {
    await using decoy = await Decoy.start(slow);
    const socket = await decoy.connect();
    socket.setNoDelay(true);
    for (const part of ["GET / HT", "TP/1.1\r\nHo", "st: a.example\r\n", "User-Agent: b\r\n\r\n"]) {
      await new Promise<void>((resolve) => socket.write(part, () => setImmediate(resolve)));
    }
    await readAll(socket);
    const { identification } = await decoy.one();
    assert.equal(identification.http?.userAgent, "b");
  });

  test("a slow client is read until the time limit, and its bytes are parsed a bounded number of times", async () => {
    await using decoy = await Decoy.start({ capture: { client_time: "400ms" } });
    const socket = await decoy.connect();
    socket.setNoDelay(true);
    const line = `GET /${"a".repeat(5000)}`;
    let at = 0;
    const drip = () => {
      if (socket.destroyed || at >= line.length) return;
      socket.write(line[at++] ?? "", () => setImmediate(drip));
    };
    drip();
    await readAll(socket);
    const connection = await decoy.one();
    assert.ok(connection.end === "time-limit" || connection.end === "byte-limit", connection.end);
    assert.ok(connection.payload.length <= 4096);
    assert.ok(decoy.looks < 60, `${decoy.looks} looks`);
  });

  test("bytes past the limit are counted and not kept", async () => {
    await using decoy = await Decoy.start({ capture: { max_bytes: 64, client_time: "30s" } });
    const socket = await decoy.connect();
    socket.write(`GET /${"a".repeat(500)}`);
    await readAll(socket);
    const connection = await decoy.one();
    assert.equal(connection.end, "byte-limit");
    assert.equal(connection.payload.length, 64);
    assert.equal(connection.bytes, 505);
  });

  test("a silent client is recorded at the time limit", async () => {
    await using decoy = await Decoy.start(quick);
    const socket = await decoy.connect();
    assert.equal(await readAll(socket), "");
    const connection = await decoy.one();
    assert.equal(connection.end, "time-limit");
    assert.equal(connection.phase, "silent");
    assert.equal(connection.bytes, 0);
    assert.equal(connection.identification.protocol, "none");
    assert.ok(connection.durationMs >= 99, `${connection.durationMs} ms`);
  });

  test("a client that connects and leaves is recorded as closed, one that aborts as reset", async () => {
    await using decoy = await Decoy.start(slow);
    (await decoy.connect()).end();
    assert.equal((await decoy.one()).end, "client-closed");
    const rude = await decoy.connect();
    // It was accepted: its first byte has been read, and capture waits for more.
    await new Promise<void>((resolve) => rude.write("G", () => resolve()));
    while (decoy.looks < 3) await new Promise((resolve) => setImmediate(resolve));
    rude.resetAndDestroy();
    const [, second] = await decoy.seen(2);
    assert.equal(second?.end, "reset");
    assert.equal(second?.bytes, 1);
  });

  test("a client that waits gets the banner, and its answer is the payload", async () => {
    const capture = { client_time: "50ms", banner_time: "30s" };
    await using decoy = await Decoy.start({ banner: "ftp", dialogue: false, capture });
    const socket = await decoy.connect();
    const [greeting] = await once(socket, "data");
    assert.match(String(greeting), /^220 /);
    socket.write("USER anonymous\r\n");
    await readAll(socket);
    const connection = await decoy.one();
    assert.equal(connection.phase, "after-banner");
    assert.equal(connection.identification.protocol, "ftp");
    assert.equal(Buffer.from(connection.payload).toString(), "USER anonymous\r\n");
  });

  test("a client that does not answer the banner is silent", async () => {
    await using decoy = await Decoy.start({ ...quick, banner: "220 hello\r\n" });
    const socket = await decoy.connect();
    assert.equal(await readAll(socket), "220 hello\r\n");
    const connection = await decoy.one();
    assert.equal(connection.phase, "silent");
    assert.equal(connection.end, "time-limit");
  });

  test("a client that sends SSH first gets an identification, so that it sends its algorithms", async () => {
    await using decoy = await Decoy.start({ capture: { client_time: "30s", banner_time: "100ms" } });
    const socket = await decoy.connect();
    socket.write("SSH-2.0-scanner\r\n");
    assert.match(await readAll(socket), /^SSH-2\.0-OpenSSH_\S+.*\r\n$/);
    const connection = await decoy.one();
    assert.equal(connection.phase, "client-first");
    assert.equal(connection.identification.ssh?.ident, "SSH-2.0-scanner");
  });

  test("a client that requests encryption of PostgreSQL is refused, so that it sends its user", async () => {
    await using decoy = await Decoy.start(slow);
    const socket = await decoy.connect();
    socket.write(Buffer.from("0000000804d2162f", "hex"));
    const [refusal] = await once(socket, "data");
    assert.equal(String(refusal), "N");
    socket.write(Buffer.concat([Buffer.from("0000001400030000", "hex"), Buffer.from("user\0alice\0\0")]));
    assert.equal(await readAll(socket), "");
    const connection = await decoy.one();
    assert.equal(connection.phase, "client-first");
    assert.deepEqual(connection.identification.postgresql, { request: "ssl", version: "3.0", user: "alice" });
  });

  test("a client that sends an rsync greeting gets a greeting and a login prompt, so that it sends module and user", async () => {
    await using decoy = await Decoy.start(slow);
    const socket = await decoy.connect();
    socket.write("@RSYNCD: 31.0\n");
    const [greeting] = await once(socket, "data");
    assert.match(String(greeting), /^@RSYNCD: \d+\.\d .*\n$/);
    socket.write("backup\n");
    const [question] = await once(socket, "data");
    assert.match(String(question), /^@RSYNCD: AUTHREQD \S+\n$/);
    socket.write("alice c2VjcmV0\n");
    await readAll(socket);
    const { identification, payload } = await decoy.one();
    assert.deepEqual(identification.rsync, { version: "31.0", module: "backup", user: "alice" });
    assert.match(Buffer.from(payload).toString(), /\nalice \*{8}\n$/);
  });

  test("an incomplete message is not answered", async () => {
    await using decoy = await Decoy.start({ capture: { client_time: "100ms" } });
    const socket = await decoy.connect();
    socket.write(Buffer.from("000000290003000075736572", "hex"));
    assert.equal(await readAll(socket), "");
    const { identification } = await decoy.one();
    assert.deepEqual(identification.postgresql, { request: "startup", version: "3.0" });
  });

  test("classic: the first bytes are read, then the banner is sent and the connection closed", async () => {
    await using decoy = await Decoy.start({ banner: "go away\n", capture: { mode: "classic", client_time: "100ms" } });
    const speaker = await decoy.connect();
    speaker.write("SSH-2.0-x\r\n");
    const silent = await decoy.connect();
    assert.equal(await readAll(speaker), "go away\n");
    assert.equal(await readAll(silent), "go away\n");
    const seen = await decoy.seen(2);
    assert.deepEqual(seen.map(({ phase }) => phase).sort(), ["client-first", "silent"]);
  });

  test("stopping ends open connections and records them", async () => {
    await using decoy = await Decoy.start(slow);
    const socket = await decoy.connect();
    await new Promise<void>((resolve) => socket.write("GET", () => resolve()));
    while (decoy.looks < 2) await new Promise((resolve) => setImmediate(resolve));
    await decoy.stop();
    const connection = await decoy.one();
    assert.equal(connection.end, "shutdown");
    assert.equal(decoy.counters.open, 0);
  });
});

describe("behind a proxy", () => {
  const trusted = { ...quick, proxy_protocol: { trusted: "127.0.0.0/8" } };
  const header = "PROXY TCP4 192.0.2.7 198.51.100.2 4711 22\r\n";

  test("the client is the one that a trusted proxy names, and the proxy is recorded with it", async () => {
    await using decoy = await Decoy.start(trusted);
    const socket = await decoy.connect();
    socket.write(`${header}GET / HTTP/1.0\r\n\r\n`);
    await readAll(socket);
    const connection = await decoy.one();
    assert.deepEqual(connection.peer, { address: "192.0.2.7", port: 4711 });
    assert.equal(connection.via?.address, "127.0.0.1");
    assert.equal(connection.identification.protocol, "http");
    assert.equal(connection.bytes, 18);
    assert.equal(connection.payload.length, 18);
  });

  test("a header in pieces, then silence: a silent client with its own address", async () => {
    await using decoy = await Decoy.start(trusted);
    const socket = await decoy.connect();
    socket.setNoDelay(true);
    socket.write(header.slice(0, 9), () => setImmediate(() => socket.write(header.slice(9))));
    await readAll(socket);
    const connection = await decoy.one();
    assert.equal(connection.peer.address, "192.0.2.7");
    assert.equal(connection.phase, "silent");
    assert.equal(connection.bytes, 0);
  });

  test("an invalid header is kept as payload of the proxy itself, and counted", async () => {
    await using decoy = await Decoy.start(trusted);
    const socket = await decoy.connect();
    socket.write("GET / HTTP/1.0\r\n\r\n");
    await readAll(socket);
    const connection = await decoy.one();
    assert.equal(connection.peer.address, "127.0.0.1");
    assert.equal(connection.via, undefined);
    assert.equal(connection.identification.protocol, "http");
    assert.equal(decoy.counters.invalidProxyHeaders, 1);
  });

  test("a header does not count against max_bytes, however long, and the bytes after it do", async () => {
    await using decoy = await Decoy.start({
      ...trusted,
      capture: { ...quick.capture, max_bytes: 64 },
    });
    const six =
      "PROXY TCP6 2a02:db8:1111:2222:3333:4444:5555:6666 2a02:db8:1111:2222:3333:4444:5555:7777 65535 65535\r\n";
    const addresses = Buffer.from("c0000207c633640212670016", "hex");
    const longest = Buffer.alloc(65_535 - 12, 0);
    const second = Buffer.concat([Buffer.from("0d0a0d0a000d0a515549540a2111ffff", "hex"), addresses, longest]);
    for (const sent of [Buffer.from(six), second]) {
      const socket = await decoy.connect();
      socket.write(Buffer.concat([sent, Buffer.from("A".repeat(200))]));
      await readAll(socket);
    }
    const connections = await decoy.seen(2);
    assert.deepEqual(
      connections.map(({ peer, payload, bytes }) => [peer.address, Buffer.from(payload).toString(), bytes]),
      ["2a02:db8:1111:2222:3333:4444:5555:6666", "192.0.2.7"].map((peer) => [peer, "A".repeat(64), 200]),
    );
  });

  test("health checks of the proxy without a byte are counted and not recorded; those with a byte are recorded as the proxy's", async () => {
    await using decoy = await Decoy.start(trusted);
    const local = "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
    for (const sent of ["", local, "PROXY UNKNOWN\r\n", "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n"]) {
      const socket = await decoy.connect();
      socket.end(sent);
      await readAll(socket);
    }
    const socket = await decoy.connect();
    socket.write(`${local}GET / HTTP/1.0\r\n\r\n`);
    await readAll(socket);
    const connection = await decoy.one();
    assert.equal(decoy.counters.healthChecks, 4);
    assert.equal(connection.peer.address, "127.0.0.1");
    assert.deepEqual(connection.via, connection.peer);
    assert.equal(connection.bytes, 18);
  });

  test("a header from any other client is payload, and does not change the peer", async () => {
    await using decoy = await Decoy.start({ ...quick, proxy_protocol: { trusted: "10.0.0.0/8" } });
    const socket = await decoy.connect();
    socket.write(`${header}GET / HTTP/1.0\r\n\r\n`);
    await readAll(socket);
    const connection = await decoy.one();
    assert.equal(connection.peer.address, "127.0.0.1");
    assert.equal(connection.identification.proxy?.source?.address, "192.0.2.7");
  });

  test("limits count the real clients, not the proxy", async () => {
    await using decoy = await Decoy.start({ ...trusted, ...slow, limits: { per_address: 1 } });
    const first = await decoy.connect();
    first.write(header);
    const other = await decoy.connect();
    other.write(header.replace("192.0.2.7", "192.0.2.8"));
    const second = await decoy.connect();
    second.write(header);
    await readAll(second);
    const connection = await decoy.one();
    assert.equal(connection.end, "over-limit");
    assert.equal(connection.peer.address, "192.0.2.7");
    assert.equal(decoy.counters.open, 2);
    first.destroy();
    other.destroy();
  });
});
