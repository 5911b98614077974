import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { describe, test } from "node:test";
import pg from "pg";
import { startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { cuttingProxy } from "../harness/cutting-proxy.ts";
import { freePort } from "../harness/free-port.ts";
import { HttpServer } from "../harness/http-server.ts";
import { openPort } from "../harness/open-port.ts";
import { postgresMissing, startPostgres } from "../harness/postgres-server.ts";
import { MailServer } from "../harness/smtp-server.ts";

const skip = postgresMissing();
/** An address that no other test uses: each connection to the decoys is counted, and tests run in parallel. */
const decoyHost = "127.88.0.100";
const busy = /another process is using this database: harbinger run \(process \d+ on .+\), since \d{4}-/;

/** Two configurations for one database: the second also has its own watch, and another decoy. */
async function laboratory(folder: string, urls: { readonly first: string; readonly second: string }) {
  const mail = await MailServer.start();
  const push = await HttpServer.start();
  const watched = await freePort();
  const decoys = { first: await freePort(decoyHost), second: await freePort(decoyHost) };
  const watch = (recipient: string) =>
    `{ targets: [127.78.0.0/28], ports: ${watched}, label: ${recipient}, email: ${recipient}@example.org, schedule: "* * * * * *", report_on: changes }`;
  for (const name of ["first", "second"] as const) {
    writeFileSync(
      path.join(folder, `${name}.yaml`),
      `store: "${urls[name]}"
watches: { lan: ${watch("ann")}${name === "second" ? `, lab: ${watch("bob")}` : ""} }
listeners: { ${name}: { host: ${decoyHost}, ports: ${decoys[name]} } }
alerts: { ignore: { loopback: false }, budget: false }
enrich: { rdns: { enabled: false } }
email: { smtp_server: 127.0.0.1, smtp_port: ${mail.port}, tls: none, from_address: harbinger@example.org }
notify: { first_retry: 1s, ntfy: { server: "${push.url}", topic: knocks } }
logging: { file: ${name}.log }
`,
    );
  }
  const start = (name: "first" | "second") =>
    startHarbinger(["run", "--config", `${name}.yaml`], { directory: folder });
  /** Hosts that were reported to each recipient; repetitions of one message count once. */
  const reportedTo = (recipient: string) =>
    [
      ...new Map(
        mail.received.map(({ to, mail: { messageId, text } }) => [`${to} ${messageId}`, { to, text }]),
      ).values(),
    ]
      .filter(({ to }) => to.includes(`${recipient}@example.org`))
      .flatMap(({ text }) => [...new Set([...(text ?? "").matchAll(/127\.78\.0\.\d+/g)].map(([host]) => host))])
      .sort();
  const alerted = () => push.accepted.map(({ body }) => /^Peer IP: (.*?)\r?$/m.exec(body)?.[1]);
  return {
    ...{ mail, push, watched, decoys, start, reportedTo, alerted },
    async [Symbol.asyncDispose]() {
      await mail[Symbol.asyncDispose]();
      await push[Symbol.asyncDispose]();
    },
  };
}

async function connectTo(port: number, peer: string): Promise<void> {
  const socket = net.connect({ port, host: decoyHost, localAddress: peer });
  socket.resume().end("knock\n");
  await once(socket, "close");
}

describe("two processes with one PostgreSQL database", { skip: skip ?? false }, () => {
  test("that start at the same moment with an empty one: one runs, the others report which one", async () => {
    using folder = temporaryFolder();
    await using postgres = await startPostgres();
    const processes = [1, 2, 3].map((number) => {
      writeFileSync(
        path.join(folder.path, `${number}.yaml`),
        `store: "${postgres.url}"
watches: { w${number}: { targets: [127.77.${number}.1], ports: 22, schedule: "0 0 * * *" } }
reports: { directory: reports-${number} }
logging: { file: ${number}.log }
`,
      );
      return startHarbinger(["run", "--config", `${number}.yaml`], { directory: folder.path });
    });
    const complete = Promise.any(processes.map((each) => each.waitForOutput("scan complete")));
    const ended = await new Promise<number>((resolve) => {
      let count = 0;
      for (const each of processes) void each.ended.then(() => ++count === 2 && resolve(count));
    });
    assert.equal(ended, 2);
    await complete;
    for (const each of processes) each.process.kill("SIGTERM");
    const results = await Promise.all(processes.map((each) => each.ended));
    const texts = results.map(({ stderr }) => stderr).join("\n---\n");
    assert.deepEqual(results.map(({ status }) => status).toSorted(), [0, 1, 1], texts);
    for (const { status, stderr } of results) {
      if (status === 1) assert.match(stderr, busy);
      else assert.match(stderr, /scan complete/);
      assert.doesNotMatch(stderr, /ERROR|WARN/);
    }
  });

  test("the second takes over when the first is killed: nothing is lost, nothing is reported twice", async () => {
    using folder = temporaryFolder();
    await using postgres = await startPostgres();
    await using lab = await laboratory(folder.path, { first: postgres.url, second: postgres.url });
    await using _one = await openPort("127.78.0.1", lab.watched);
    const first = lab.start("first");
    await first.waitForOutput("listening");
    await lab.mail.until(({ accepted }) => accepted.length === 1);

    // In delivery when it is killed: the server has it, and the answer never arrives.
    lab.mail.fault = { stage: "content", kind: "hang" };
    await using _two = await openPort("127.78.0.2", lab.watched);
    await lab.mail.hanging();
    await connectTo(lab.decoys.first, "127.88.0.1");
    await lab.push.until(({ accepted }) => accepted.length === 1);
    const second = lab.start("second");
    // It waits for its turn.
    await someoneHasTheLock(postgres.url, "harbinger");
    first.process.kill("SIGKILL");
    lab.mail.fault = undefined;
    await second.waitForOutput("repeating deliveries that were interrupted");
    await using _three = await openPort("127.78.0.3", lab.watched);
    await connectTo(lab.decoys.second, "127.88.0.2");
    await lab.push.until(({ accepted }) => accepted.length === 2);
    await lab.mail.until(() => lab.reportedTo("ann").length >= 3 && lab.reportedTo("bob").length >= 3);
    second.process.kill("SIGTERM");
    const { status, stderr } = await second.ended;
    assert.equal(status, 0, stderr);
    const all = ["127.78.0.1", "127.78.0.2", "127.78.0.3"];
    assert.deepEqual([lab.reportedTo("ann"), lab.reportedTo("bob")], [all, all]);
    assert.deepEqual(lab.alerted(), ["127.88.0.1", "127.88.0.2"]);
    assert.doesNotMatch(stderr, /ERROR/);
  });

  test("the second takes over when the first is disconnected; the first keeps its connections, and works again afterwards", async () => {
    using folder = temporaryFolder();
    await using postgres = await startPostgres();
    await using proxy = await cuttingProxy(postgres.port);
    const through = postgres.url.replace(`:${postgres.port}/`, `:${proxy.port}/`);
    await using lab = await laboratory(folder.path, { first: through, second: postgres.url });
    await using _one = await openPort("127.78.0.1", lab.watched);
    const first = lab.start("first");
    await first.waitForOutput("listening");
    await lab.mail.until(({ accepted }) => accepted.length === 1);

    const restore = proxy.refuse();
    const second = lab.start("second");
    await second.waitForOutput("listening");
    restore();
    await connectTo(lab.decoys.first, "127.88.0.1");
    await first.waitForOutput("lost the database lock; it is now held by harbinger run");
    await using _two = await openPort("127.78.0.2", lab.watched);
    await lab.mail.until(() => lab.reportedTo("ann").length >= 2 && lab.reportedTo("bob").length >= 2);
    second.process.kill("SIGKILL");
    await first.waitForOutput("took the database lock again");
    await lab.push.until(({ accepted }) => accepted.length === 1);
    await using _three = await openPort("127.78.0.3", lab.watched);
    await lab.mail.until(() => lab.reportedTo("ann").length >= 3);
    first.process.kill("SIGTERM");
    const { status, stderr } = await first.ended;
    assert.equal(status, 0, stderr);
    const all = ["127.78.0.1", "127.78.0.2", "127.78.0.3"];
    const texts = lab.mail.received.map(({ to, mail: { subject, text } }) => `${to}: ${subject}\n${text}`).join("\n");
    assert.deepEqual([lab.reportedTo("ann"), lab.reportedTo("bob")], [all, all.slice(0, 2)], texts);
    assert.deepEqual(lab.alerted(), ["127.88.0.1"]);
  });
});

/** Until a process that waits for the lock has connected. */
async function someoneHasTheLock(url: string, application: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (let count = 0; count < 2; ) {
    const { rows } = await client.query<{ count: number }>(
      "select count(*)::int as count, pg_sleep(0.05) from pg_stat_activity where application_name like $1 || ' run%'",
      [application],
    );
    count = rows[0]?.count ?? 0;
  }
  await client.end();
}
