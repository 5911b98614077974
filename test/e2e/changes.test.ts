import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { connect, createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { describe, test } from "node:test";
import tls from "node:tls";
import { missing, programPath, startServer } from "../check-servers/real-server.ts";
import { CertificateWorkshop, type IssuedCertificate, utc, whyNoOpenssl } from "../harness/certificate-authority.ts";
import { type CliResult, harbinger, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { postgresMissing, startPostgres, turnTlsOn } from "../harness/postgres-server.ts";

/** A separate network on loopback, so that servers of several tests can have the same port. */
function network(): string {
  const part = () => 1 + Math.floor(Math.random() * 250);
  return `127.${part()}.${part()}`;
}

interface Listening extends AsyncDisposable {
  readonly port: number;
}

async function listen(server: Server, address: string, port = 0): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, address, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return {
    port: bound.port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function tlsServer({ key, chain }: IssuedCertificate): tls.Server {
  return tls.createServer({ key, cert: chain }).on("tlsClientError", () => {});
}

/** A web server whose `Server` header can be changed. */
class WebServer {
  name = "nginx/1.22.1";
  readonly server = http.createServer((_request, response) => {
    response.setHeader("Server", this.name).end("hello");
  });
}

function watch(folder: string, keys: Record<string, unknown>): void {
  const watches = { lab: { label: "Lab", report_on: "changes", ...keys } };
  writeFileSync(path.join(folder, "harbinger.yaml"), JSON.stringify({ reports: { json: true }, watches }));
}

/** Runs once, and returns the content of its report: `kind endpoint`, with the detail, or the evidence. */
async function run(folder: string): Promise<Map<string, string>> {
  const before = new Set(reports(folder));
  const result = await harbinger(["--mode", "cron"], { directory: folder, limitMs: hangLimitMs });
  assert.equal(result.status, 0, result.stderr);
  const written = reports(folder).filter((name) => !before.has(name));
  const reported = new Map<string, string>();
  for (const name of written)
    for (const [key, text] of findings(path.join(folder, "reports", name))) reported.set(key, text);
  return reported;
}

function reports(folder: string): readonly string[] {
  try {
    return readdirSync(path.join(folder, "reports")).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}

interface ReportedHost {
  readonly address: string;
  readonly port: number;
  readonly detail?: string;
  readonly evidence?: string;
}

function findings(file: string): readonly [string, string][] {
  const { sections } = JSON.parse(readFileSync(file, "utf8")) as { sections: readonly Record<string, unknown>[] };
  return sections.flatMap((section) =>
    Object.entries(section).flatMap(([kind, listed]) =>
      Array.isArray(listed) && kind !== "failures" && kind !== "notes"
        ? (listed as readonly ReportedHost[]).map(({ address, port, detail, evidence }): [string, string] => [
            `${kind.replaceAll("_", "-")} ${address} ${port}`,
            detail ?? evidence ?? "",
          ])
        : [],
    ),
  );
}

function keysOf(reported: ReadonlyMap<string, string>): readonly string[] {
  return [...reported.keys()].sort();
}

describe("certificates", { skip: whyNoOpenssl() ?? false, concurrency: 2 }, () => {
  test("are reported when they expire, change or appear, once each, and a run without changes reports nothing", async () => {
    using folder = temporaryFolder();
    using workshop = new CertificateWorkshop();
    const net = network();
    const root = workshop.issue({ name: "Root", isAuthority: true });
    const intermediate = workshop.issue({ name: "Intermediate", isAuthority: true, issuer: root });
    const chained = tlsServer(workshop.issue({ name: "chained.test", issuer: intermediate }));
    const selfSigned = tlsServer(workshop.issue({ name: "self.test" }));
    const shared = workshop.issue({ name: "expired.test", validFrom: utc(-40), validTo: utc(-3.5) });
    const expired = tlsServer(shared);
    const twin = tlsServer(shared);
    const expiring = tlsServer(workshop.issue({ name: "expiring.test", validTo: utc(6.5) }));
    const soon = workshop.issue({ name: "Soon", isAuthority: true, validTo: utc(0.5), issuer: root });
    const under = tlsServer(workshop.issue({ name: "under.test", issuer: soon }));
    await using first = await listen(chained, `${net}.1`);
    const { port } = first;
    await using _second = await listen(selfSigned, `${net}.2`, port);
    await using _third = await listen(expired, `${net}.3`, port);
    await using _fourth = await listen(expiring, `${net}.4`, port);
    await using _fifth = await listen(under, `${net}.5`, port);
    await using _sixth = await listen(twin, "::1", port);
    watch(folder.path, { targets: [`${net}.1-6`, "::1"], ports: [port], checks: ["cert"] });

    const found = await run(folder.path);
    assert.deepEqual(keysOf(found), [
      `certificate-expired ${net}.3 ${port}`,
      `certificate-expired ::1 ${port}`,
      `certificate-expiring ${net}.4 ${port}`,
      `certificate-expiring ${net}.5 ${port}`,
      ...[`${net}.1`, `${net}.2`, `${net}.3`, `${net}.4`, `${net}.5`, "::1"].map((host) => `new ${host} ${port}`),
    ]);
    const detail = (reported: ReadonlyMap<string, string>, key: string) => reported.get(`${key} ${port}`) ?? "";
    const date = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    assert.match(
      detail(found, `certificate-expired ${net}.3`),
      new RegExp(
        `^O=Harbinger test only, CN=expired\\.test; self-signed; until ${date(-3.5)} UTC, ended 3 days ago; SHA-256 [0-9A-F:]{95}$`,
      ),
    );
    assert.match(
      detail(found, `certificate-expiring ${net}.4`),
      new RegExp(`^7 days or less: .*CN=expiring\\.test; self-signed; until ${date(6.5)} UTC, 6 days left; SHA-256 `),
    );
    assert.match(detail(found, `certificate-expiring ${net}.5`), /^1 day or less: issuer in the chain: .*CN=Soon; /);
    assert.match(
      detail(found, `new ${net}.1`),
      /^2 certificates saved .*\n1\. .*CN=chained\.test; issued by .*CN=Inter/,
    );
    assert.match(detail(found, `new ${net}.1`), /\n2\. .*CN=Intermediate; issued by .*CN=Root/);
    assert.match(detail(found, `new ${net}.2`), /CN=self\.test; self-signed/);
    assert.match(detail(found, `new ${net}.3`), new RegExp(`\\nalso on \\[::1\\]:${port}$`));

    // Another certificate with another key; one that is renewed with its key; a server that begins to use TLS.
    const other = workshop.issue({ name: "self.test" });
    selfSigned.setSecureContext({ key: other.key, cert: other.chain });
    const renewed = workshop.issue({ name: "expired.test", keyOf: shared });
    expired.setSecureContext({ key: renewed.key, cert: renewed.chain });
    const silent = createServer((socket) => socket.end());
    await using plain = await listen(silent, `${net}.6`, port);
    const changed = await run(folder.path);
    assert.deepEqual(keysOf(changed), [
      `certificate-changed ${net}.2 ${port}`,
      `certificate-changed ${net}.3 ${port}`,
      `new ${net}.6 ${port}`,
    ]);
    assert.match(
      detail(changed, `certificate-changed ${net}.2`),
      /^another fingerprint and key: was .*CN=self\.test, until .*; is .*CN=self\.test; self-signed; until /,
    );
    assert.match(
      detail(changed, `certificate-changed ${net}.3`),
      /^another fingerprint: was .*CN=expired\.test, until .*; is .*CN=expired\.test; self-signed; /,
    );
    // It does not use TLS: a missing certificate is not worth a line.
    assert.equal(detail(changed, `new ${net}.6`), "");
    assert.deepEqual(keysOf(await run(folder.path)), []);

    await plain[Symbol.asyncDispose]();
    await using _seventh = await listen(tlsServer(workshop.issue({ name: "late.test" })), `${net}.6`, port);
    const appeared = await run(folder.path);
    assert.deepEqual(keysOf(appeared), [`certificate-new ${net}.6 ${port}`]);
    assert.match(detail(appeared, `certificate-new ${net}.6`), /CN=late\.test; self-signed; until [\d-]+ UTC;/);
    assert.deepEqual(keysOf(await run(folder.path)), []);
  });

  test("are also found behind STARTTLS, and a server that is unreachable for a while is not reported", {
    skip: postgresMissing() ?? false,
  }, async () => {
    using folder = temporaryFolder();
    using workshop = new CertificateWorkshop();
    const address = `${network()}.7`;
    const port = 5432;
    watch(folder.path, { targets: [address], ports: [port], checks: ["service", "cert"] });
    {
      await using server = await startPostgres({ address, port });
      await turnTlsOn(server.url, workshop.issue({ name: "database.test", validTo: utc(13.5) }));
      const found = await run(folder.path);
      assert.deepEqual(keysOf(found), [`certificate-expiring ${address} ${port}`, `new ${address} ${port}`]);
      assert.match(
        found.get(`certificate-expiring ${address} ${port}`) ?? "",
        /^14 days or less: .*CN=database\.test;/,
      );
    }
    {
      // Another service for a while, which has no certificate and sends nothing.
      await using _silent = await listen(
        createServer((socket) => socket.end()),
        address,
        port,
      );
      assert.deepEqual(keysOf(await run(folder.path)), []);
    }
    await using server = await startPostgres({ address, port });
    await turnTlsOn(server.url, workshop.issue({ name: "database.test" }));
    const changed = await run(folder.path);
    assert.deepEqual(keysOf(changed), [`certificate-changed ${address} ${port}`]);
    assert.deepEqual(keysOf(await run(folder.path)), []);
  });
});

describe("an identified service", { concurrency: 2 }, () => {
  test("is reported when its version changes, once", async () => {
    using folder = temporaryFolder();
    const address = `${network()}.1`;
    const web = new WebServer();
    await using listening = await listen(web.server, address);
    const { port } = listening;
    watch(folder.path, { targets: [address], ports: [port], checks: ["service"] });
    assert.deepEqual(keysOf(await run(folder.path)), [`new ${address} ${port}`]);
    web.name = "nginx/1.24.0";
    assert.deepEqual(
      await run(folder.path),
      new Map([[`changed ${address} ${port}`, "was nginx 1.22.1, is nginx 1.24.0"]]),
    );
    assert.deepEqual(keysOf(await run(folder.path)), []);
    const hosts = await harbinger(["hosts", "--json"], { directory: folder.path });
    assert.match(hosts.stdout, /"nginx".*"1\.24\.0"/);
  });

  test("is reported when it can be used without a login, and when that ends", {
    skip: missing("redis-server") ?? false,
  }, async () => {
    using folder = temporaryFolder();
    const address = "127.0.0.1";
    await using server = await startServer({
      program: programPath("redis-server"),
      arguments: (free) => ["--port", `${free}`, "--save", "", "--bind", address, "--requirepass", "secret"],
    });
    const { port } = server;
    watch(folder.path, { targets: [address], ports: [port], checks: ["exposure"] });
    const found = await run(folder.path);
    assert.deepEqual(keysOf(found), [`new ${address} ${port}`]);
    assert.match(found.get(`new ${address} ${port}`) ?? "", /^protected: Redis/);
    await setPassword(port, "");
    const opened = await run(folder.path);
    assert.deepEqual(keysOf(opened), [`exposed ${address} ${port}`]);
    assert.match(
      opened.get(`exposed ${address} ${port}`) ?? "",
      /^Redis [\d.]+: .*without a password.*, was protected$/,
    );
    assert.deepEqual(keysOf(await run(folder.path)), []);
    await setPassword(port, "secret");
    const shut = await run(folder.path);
    assert.deepEqual(keysOf(shut), [`changed ${address} ${port}`]);
    assert.match(shut.get(`changed ${address} ${port}`) ?? "", /^was exposed as Redis, is protected: Redis: /);
    assert.deepEqual(keysOf(await run(folder.path)), []);
  });
});

/** Sets or removes the password of a Redis server, as its administrator does. */
function setPassword(port: number, password: string): Promise<void> {
  const command = (...words: readonly string[]) =>
    `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let replies = "";
    socket.once("error", reject).setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      replies += chunk;
      // The first reply shows whether a login was needed.
      if (replies.split("\r\n").length < 3) return;
      socket.end();
      if (replies.endsWith("+OK\r\n")) resolve();
      else reject(new Error(replies));
    });
    socket.write(command("AUTH", "secret") + command("CONFIG", "SET", "requirepass", password));
  });
}

describe("an examination that is killed halfway", () => {
  test("loses no change, and the next runs report each one once", async () => {
    using folder = temporaryFolder();
    await using stack = new AsyncDisposableStack();
    const net = network();
    const webs = Array.from({ length: 60 }, () => new WebServer());
    let port = 0;
    for (const [index, web] of webs.entries()) {
      ({ port } = stack.use(await listen(web.server, `${net}.${index + 1}`, port)));
    }
    watch(folder.path, { targets: [`${net}.1-61`], ports: [port], checks: ["service"] });
    assert.equal((await run(folder.path)).size, 60);
    for (const web of webs) web.name = "nginx/1.24.0";
    // It accepts and sends nothing, so that the examination cannot end.
    const tarpit = await listen(createServer(), `${net}.61`, port);
    const killed = startHarbinger(["--mode", "cron", "--verbose"], { directory: folder.path });
    await killed.waitForOutput(/recorded what checks found.*"news":[1-9]/);
    killed.process.kill("SIGKILL");
    const ended: CliResult = await killed.ended;
    assert.equal(ended.signal, "SIGKILL");
    await tarpit[Symbol.asyncDispose]();

    const reported = await run(folder.path);
    assert.deepEqual(
      keysOf(reported).filter((key) => !key.startsWith("new")),
      webs.map((_, index) => `changed ${net}.${index + 1} ${port}`).sort(),
    );
    const all = reports(folder.path).flatMap((name) => findings(path.join(folder.path, "reports", name)));
    assert.equal(new Set(all.map(([key]) => key)).size, all.length, "nothing twice over all reports");
    const quiet = await run(folder.path);
    assert.deepEqual(
      keysOf(quiet).filter((key) => !key.startsWith("gone")),
      [],
    );
  });
});
