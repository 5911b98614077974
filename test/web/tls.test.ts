import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import https from "node:https";
import net from "node:net";
import path from "node:path";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import tls from "node:tls";
import type { Log } from "../../src/core/log.ts";
import { hashPassword } from "../../src/web/access/password-hash.ts";
import { sessionRoutes } from "../../src/web/api/session.ts";
import { webSchema, webSettings } from "../../src/web/schema.ts";
import { WebServer } from "../../src/web/server.ts";
import { CertificateWorkshop, type IssuedCertificate, whyNoOpenssl } from "../harness/certificate-authority.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { ManualClock } from "../notify/manual-clock.ts";

class Fixture implements AsyncDisposable {
  readonly folder = temporaryFolder();
  readonly workshop = new CertificateWorkshop();
  readonly clock = new ManualClock();
  readonly messages: string[] = [];
  server: WebServer | undefined;
  port = 0;

  get files() {
    return { certificate: path.join(this.folder.path, "web.pem"), key: path.join(this.folder.path, "web.key") };
  }

  put({ chainFile, keyFile }: IssuedCertificate): void {
    copyFileSync(chainFile, this.files.certificate);
    copyFileSync(keyFile, this.files.key);
  }

  async start(): Promise<void> {
    this.port = await freePort();
    const section = { listen: `127.0.0.1:${this.port}`, tls: this.files, users: { ann: { password: await password } } };
    const settings = webSettings(webSchema.parse(section));
    const { listen } = settings;
    assert.ok(listen !== undefined);
    const keep = (message: string, fields?: object) => void this.messages.push(`${message} ${JSON.stringify(fields)}`);
    const log: Log = { debug: keep, info: keep, warn: keep, error: keep };
    this.server = new WebServer({
      settings: { ...settings, listen },
      clock: this.clock,
      log,
      routes: (app, { accounts, isSecure }) => sessionRoutes(app, { accounts, isSecure, basePath: settings.basePath }),
    });
    await this.server.start();
  }

  /** Moves the clock until the files have been read again that many times. The other sleeper looks at slow clients. */
  async look(times = 1): Promise<void> {
    for (let done = 0; done < times; done += 1) {
      while (this.clock.sleepers < 2) await nextTurn();
      this.clock.advance(30_000);
      await nextTurn();
    }
    while (this.clock.sleepers < 2) await nextTurn();
  }

  /** The common name of the certificate that a new client gets. */
  async served(): Promise<string | string[] | undefined> {
    const socket = tls.connect({ port: this.port, host: "127.0.0.1", rejectUnauthorized: false });
    await once(socket, "secureConnect");
    const name = socket.getPeerCertificate().subject.CN;
    socket.destroy();
    return name;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server?.[Symbol.asyncDispose]();
    this.workshop[Symbol.dispose]();
    this.folder[Symbol.dispose]();
  }
}

const password = hashPassword("secret");

/** Everything that the server sends to a client without TLS until it closes the connection. */
function plainAnswer(port: number, request: string): Promise<string> {
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    const socket = net.connect(port, "127.0.0.1", () => socket.end(request, "latin1"));
    socket.on("data", (part: Buffer) => received.push(part));
    socket.on("error", () => {});
    socket.once("close", () => resolve(Buffer.concat(received).toString("latin1")));
  });
}

function ask(
  port: number,
  options: https.RequestOptions & { readonly text?: string },
): Promise<{ readonly status: number | undefined; readonly cookie: string; readonly headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const { text, ...rest } = options;
    const request = https.request({ host: "127.0.0.1", port, rejectUnauthorized: false, ...rest }, (response) => {
      response.resume();
      response.once("end", () =>
        resolve({
          status: response.statusCode,
          cookie: response.headers["set-cookie"]?.[0] ?? "",
          headers: response.headers,
        }),
      );
    });
    request.once("error", reject);
    request.end(text);
  });
}

describe("pages over HTTPS", { skip: whyNoOpenssl() }, () => {
  test("have a cookie that other hosts of the domain cannot set", async () => {
    await using web = new Fixture();
    web.put(web.workshop.issue({ name: "first" }));
    await web.start();
    const { status, cookie } = await ask(web.port, {
      method: "POST",
      path: "/api/v1/session",
      headers: { "content-type": "application/json" },
      text: JSON.stringify({ name: "ann", password: "secret" }),
    });
    assert.equal(status, 200);
    assert.match(cookie, /^__Host-harbinger-session=/);
    assert.match(cookie, /; Secure/);
    assert.match(cookie, /; Path=\//);
    assert.match(web.messages.join("\n"), /serving the pages .*https:\/\/127\.0\.0\.1/);
  });

  test("use a renewed certificate without ending open connections", async () => {
    await using web = new Fixture();
    web.put(web.workshop.issue({ name: "first" }));
    await web.start();
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    const asked = () => ask(web.port, { path: "/api/v1/session", agent });
    assert.equal((await asked()).status, 200);
    const opened = Object.values(agent.freeSockets)[0]?.[0];
    assert.equal(await web.served(), "first");
    web.put(web.workshop.issue({ name: "second" }));
    await web.look();
    assert.equal(await web.served(), "second");
    assert.equal((await asked()).status, 200);
    assert.ok(opened !== undefined);
    assert.equal(Object.values(agent.freeSockets)[0]?.[0], opened, "the connection is the same one");
    agent.destroy();
  });

  test("keep the old certificate while the new one is wrong, and name the file", async () => {
    await using web = new Fixture();
    const first = web.workshop.issue({ name: "first" });
    web.put(first);
    await web.start();
    const second = web.workshop.issue({ name: "second" });
    copyFileSync(second.chainFile, web.files.certificate);
    await web.look();
    assert.doesNotMatch(web.messages.join("\n"), /keep the previous/, "the key may be replaced a moment later");
    await web.look(5);
    assert.equal(await web.served(), "first");
    const reported = web.messages.filter((message) => message.includes("keep the previous certificate"));
    assert.equal(reported.length, 1, "reported once");
    assert.match(reported[0] ?? "", /web\.key: this key does not belong to the certificate/);
    await assert.rejects(async () => await web.server?.prepareRenewal(), { code: "config", message: /web\.key/ });
    copyFileSync(second.keyFile, web.files.key);
    const renew = await web.server?.prepareRenewal();
    assert.equal(await web.served(), "first", "prepared only");
    renew?.();
    assert.equal(await web.served(), "second");
    assert.equal(await web.server?.prepareRenewal(), undefined);
  });

  test("keep the old certificate while the new one is half-written, and take one that a link was turned to", async () => {
    await using web = new Fixture();
    const [first, second] = ["first", "second"].map((name) => web.workshop.issue({ name }));
    assert.ok(first !== undefined && second !== undefined);
    // As renewal programs do it: the names stay, and what they lead to is replaced.
    const lead = (to: IssuedCertificate) => {
      for (const [link, file] of [
        [web.files.certificate, to.chainFile],
        [web.files.key, to.keyFile],
      ] as const) {
        symlinkSync(file, `${link}.new`);
        renameSync(`${link}.new`, link);
      }
    };
    lead(first);
    await web.start();
    lead(second);
    await web.look();
    assert.equal(await web.served(), "second");
    for (const [file, whole] of [
      [web.files.certificate, readFileSync(second.chainFile)],
      [web.files.key, readFileSync(second.keyFile)],
    ] as const) {
      rmSync(file);
      for (const part of [0, 40, Math.floor(whole.length / 2)]) {
        writeFileSync(file, whole.subarray(0, part));
        await web.look(2);
        assert.equal(await web.served(), "second", `${part} bytes of ${file}`);
      }
      assert.ok(web.messages.some((message) => message.includes(`${file}: `)));
      writeFileSync(file, whole);
      await web.look(2);
    }
  });

  test("speak TLS 1.2 and later, before and after a renewal, and claim nothing for the other ports of the host", async () => {
    await using web = new Fixture();
    web.put(web.workshop.issue({ name: "first" }));
    await web.start();
    const version = (wanted: "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3") =>
      new Promise<string | null>((resolve) => {
        const socket = tls.connect(
          {
            ...{ port: web.port, host: "127.0.0.1", rejectUnauthorized: false },
            ...{ minVersion: wanted, maxVersion: wanted, ciphers: "DEFAULT@SECLEVEL=0" },
          },
          () => {
            resolve(socket.getProtocol());
            socket.destroy();
          },
        );
        socket.once("error", () => resolve(null));
      });
    for (let round = 1; round <= 2; round += 1) {
      const spoken = [];
      for (const wanted of ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const) spoken.push(await version(wanted));
      assert.deepEqual(spoken, [null, null, "TLSv1.2", "TLSv1.3"], `round ${round}`);
      web.put(web.workshop.issue({ name: "second" }));
      await web.look();
    }
    const answer = await ask(web.port, { path: "/api/v1/session" });
    assert.equal(answer.headers["strict-transport-security"], undefined);
    assert.equal(answer.headers["cache-control"], "no-store");
  });

  test("tell a client that speaks plain HTTP to use HTTPS, and nobody else", async () => {
    await using web = new Fixture();
    web.put(web.workshop.issue());
    await web.start();
    for (const request of [
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      "HEAD /api/v1/session HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n\r\n",
      `POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n${"x".repeat(9)}`,
    ]) {
      const [head = "", body] = (await plainAnswer(web.port, request)).split("\r\n\r\n");
      assert.match(head, /^HTTP\/1\.1 400 Bad Request\r\n/);
      assert.match(head, /\r\nConnection: close$/);
      assert.equal(body, "This port speaks HTTPS: begin the address with https:// instead of http://\n");
    }
    for (const other of ["\u0016\u0003\u0001\u0000\u0005hello", "SSH-2.0-x\r\n", "\u0000"])
      assert.doesNotMatch(await plainAnswer(web.port, other), /HTTP/, JSON.stringify(other));
    assert.equal((await ask(web.port, { path: "/api/v1/session" })).status, 200);
  });

  test("cannot be served with files that are missing, or that are something else", async () => {
    await using web = new Fixture();
    const issued = web.workshop.issue();
    await assert.rejects(web.start(), { code: "config", message: /web\.pem: this file cannot be read \(ENOENT\)/ });
    web.put(issued);
    writeFileSync(web.files.certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    await assert.rejects(web.start(), { message: /web\.pem: this file contains an unusable certificate/ });
    web.put(issued);
    writeFileSync(web.files.key, "nothing");
    await assert.rejects(web.start(), { message: /web\.key: this file contains no private key/ });
  });
});
