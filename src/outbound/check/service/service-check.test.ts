import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { describe, test } from "node:test";
import { checkContext } from "../../../../test/check/check-context.ts";
import { page, plainAndTls } from "../../../../test/check/plain-and-tls.ts";
import { bytes, type Script, scriptedServer, text } from "../../../../test/check-servers/scripted-server.ts";
import { exposureCheck } from "../exposure/exposure-check.ts";
import { serviceCheck } from "./service-check.ts";

async function check(
  port: number,
  timeoutMs = 15_000,
  { host = "127.0.0.1", signal = new AbortController().signal } = {},
) {
  return await serviceCheck.create(checkContext).run({ host, port, timeoutMs, options: {} }, signal);
}

async function lineFor(...scripts: readonly Script[]): Promise<string> {
  await using server = await scriptedServer(scripts);
  return (await check(server.port)).output;
}

describe("service check", { concurrency: 4 }, () => {
  test("a server that sends a greeting is recognised by it", async () => {
    assert.equal(
      await lineFor({ greeting: text("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n") }),
      "OpenSSH 9.2p1 (SSH)",
    );
    assert.equal(await lineFor({ greeting: text("220 (vsFTPd 3.0.3)\r\n") }), "vsFTPd 3.0.3 (FTP)");
    assert.equal(await lineFor({ greeting: text("* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n") }), "Dovecot (IMAP)");
  });

  test("a greeting that fits SMTP and FTP is distinguished by the commands of the server", async () => {
    const smtp: Script = {
      greeting: text("220 example.org ready\r\n"),
      steps: [{ request: /EHLO \S+\r\n/, reply: text("250 example.org\r\n") }],
    };
    assert.equal(await lineFor(smtp), "SMTP");
    const ftp: Script = {
      greeting: text("220 example.org ready\r\n"),
      steps: [{ request: /EHLO \S+\r\n/, reply: text("500 what?\r\n") }],
    };
    const knowsFeatures: Script = {
      greeting: text("220 example.org ready\r\n"),
      steps: [{ request: /FEAT\r\n/, reply: text("211 none\r\n") }],
    };
    assert.equal(await lineFor(ftp, knowsFeatures), "FTP");
  });

  test("a server that waits for the client is recognised on any port", async () => {
    // It answers as MQTT does if the first packet is a CONNECT, and closes otherwise.
    const broker: Script = {
      steps: [{ request: bytes("101b00044d515454"), reply: bytes("20020005") }],
    };
    assert.equal(await lineFor(broker), "MQTT");
  });

  test("a Redis in protected mode, which refuses other hosts unasked and closes the connection, is recognised", async () => {
    // The text of Redis explains in more than a thousand letters what to do.
    const denial = `-DENIED Redis is running in protected mode because ${"it is so. ".repeat(110)}\r\n`;
    const server = net.createServer((socket) => {
      socket.on("error", () => {});
      socket.end(denial, "latin1", () => socket.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const place = server.address();
    assert.ok(typeof place === "object" && place !== null);
    try {
      for (let round = 0; round < 10; round += 1) {
        assert.equal((await check(place.port)).output, "Redis");
        const exposure = await exposureCheck
          .create(checkContext)
          .run({ host: "127.0.0.1", port: place.port, timeoutMs: 15_000, options: {} }, new AbortController().signal);
        assert.match(exposure.output, /^protected: Redis: refuses clients from other hosts \(protected mode\)/);
      }
    } finally {
      server.close();
    }
  });

  test("an unknown greeting is shown, safe and short", async () => {
    const line = await lineFor({ greeting: text(`hello\x1b[31m password=hunter2 ${"x".repeat(5000)}\r\n`) });
    assert.match(line, /^unknown service: hello/);
    assert.ok(!line.includes("\u001b") && !line.includes("hunter2"), line);
    assert.ok(line.length < 400);
  });

  test("a server that closes each connection at once is asked nothing, and one that does so for lack of room is SSH", async () => {
    for (const [words, said] of [
      ["", "unknown service, not asked (it closes each connection at once), and silent"],
      ["Exceeded MaxStartups\r\n", "OpenSSH (SSH)"],
    ] as const) {
      let connections = 0;
      await using server = net.createServer((socket) => {
        connections += 1;
        socket.on("error", () => {});
        socket.end(words);
        socket.resume();
      });
      await once(server.listen(0, "127.0.0.1"), "listening");
      const place = server.address();
      assert.ok(typeof place === "object" && place !== null);
      assert.equal((await check(place.port)).output, said);
      assert.ok(connections <= 3, `${connections} connections`);
    }
  });

  test("a server that closes while another client is there is asked when it has room again", async () => {
    // It has room again after the second connection, and speaks MQTT.
    let connections = 0;
    await using server = net.createServer((socket) => {
      connections += 1;
      socket.on("error", () => {});
      if (connections <= 2) socket.end();
      else socket.on("data", (data) => socket.end(data[0] === 0x10 ? Buffer.from("20020005", "hex") : ""));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const place = server.address();
    assert.ok(typeof place === "object" && place !== null);
    assert.equal((await check(place.port)).output, "MQTT");
  });

  test("a silent server on the usual port of one that greets has four connections at once at most", async () => {
    let [now, most, all] = [0, 0, 0];
    await using server = net.createServer((socket) => {
      all += 1;
      now += 1;
      most = Math.max(most, now);
      socket.on("error", () => {});
      socket.on("close", () => {
        now -= 1;
      });
      socket.resume();
    });
    const host = "127.94.19.22";
    await once(server.listen(2222, host), "listening");
    await check(2222, 8000, { host });
    assert.ok(most <= 4 && all > 4, `${most} of ${all} connections at once`);
  });

  test("a silent server costs no more than the time limit", async () => {
    await using server = await scriptedServer([{}]);
    const started = performance.now();
    const result = await check(server.port, 2500);
    assert.equal(result.passed, false);
    assert.equal(result.output, "unknown service, not fully tested (time ran out), and silent so far");
    assert.ok(performance.now() - started < 25_000);
  });

  test("an endless greeting ends with the byte limit", async () => {
    await using server = await scriptedServer([{ greeting: new Uint8Array(4_000_000).fill(0x2e) }]);
    const result = await check(server.port);
    assert.match(result.output, /^unknown service: \.\.\./);
  });

  // On a usual port of TLS, and on any other.
  for (const tlsPort of [8443, undefined]) {
    const where = tlsPort === undefined ? "any port" : `port ${tlsPort}`;
    const at = (address: string) => (tlsPort === undefined ? undefined : { address, port: tlsPort });
    const plain = page(400, "<center>The plain HTTP request was sent to HTTPS port</center>", {
      Server: "nginx/1.22.1",
    });
    const secure = page(200, "hello", { Server: "nginx/1.22.1" });

    test(`a TLS server on ${where} that is too busy for the first handshake is recognised inside TLS`, async () => {
      const place = at("127.94.19.1");
      await using server = await plainAndTls({ plain, secure, at: place, tlsDelayMs: 2800 });
      const { output, facts } = await check(server.port, 60_000, { host: place?.address });
      assert.deepEqual([output, facts["protocol"]], ["nginx 1.22.1 (HTTPS)", "https"], JSON.stringify(facts));
    });

    test(`a web server on ${where} that requires TLS, but never completes the handshake, is still a web server`, async () => {
      const place = at("127.94.19.2");
      await using server = await plainAndTls({ plain, secure, at: place, tlsDelayMs: 600_000 });
      const { output, passed, facts } = await check(server.port, 5000, { host: place?.address });
      assert.deepEqual([output, passed, facts["protocol"]], ["nginx 1.22.1", true, "http"]);
      assert.match(String(facts["evidence"]), /^HTTP\/1\.1 400 Bad Request; Server: nginx/);
    });
  }

  test("a closed port is reported, and an aborted check ends at once", async () => {
    const closed = await scriptedServer([{}]);
    await closed[Symbol.asyncDispose]();
    const result = await check(closed.port);
    assert.deepEqual([result.passed, result.output], [false, "port is closed"]);
    await using silent = await scriptedServer([{}]);
    const aborted = await check(silent.port, 15_000, { signal: AbortSignal.abort() });
    assert.equal(aborted.passed, false);
  });
});
