import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import path from "node:path";
import { test } from "node:test";
import tls from "node:tls";
import { certificate, isRoot, key, write } from "../check-servers/plans/plan-files.ts";
import { missing, type RealServerPlan, startServer } from "../check-servers/real-server.ts";
import { listening, runCheck, talking } from "./run-check.ts";

/** Servers that refuse frequent connections, by limits, bans and tarpits: such a refusal does not count as a rejected offer. */

const suites = {
  "ECDHE-ECDSA-AES256-GCM-SHA384": "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305": "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256": "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "ECDHE-ECDSA-AES256-SHA384": "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
  "ECDHE-ECDSA-AES128-SHA256": "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
  "ECDHE-ECDSA-AES128-SHA": "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
};

/** TLS 1.2 with six suites, behind something that inspects each connection first. */
async function serverBehind(guard: (client: Socket, count: number) => boolean, onAlert?: (client: Socket) => void) {
  const inner = await listening(
    tls
      .createServer({
        key: readFileSync(key),
        cert: readFileSync(certificate),
        minVersion: "TLSv1.2",
        maxVersion: "TLSv1.2",
        ciphers: Object.keys(suites).join(":"),
      })
      .on("tlsClientError", () => {}),
  );
  let count = 0;
  const outer = await talking((client) => {
    count += 1;
    if (!guard(client, count)) return;
    const server = connect(inner.port, "127.0.0.1");
    server.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.on("close", () => server.destroy());
    client.on("data", (bytes) => server.write(bytes));
    server.on("data", (bytes) => {
      if (bytes[0] === 21 && onAlert !== undefined) onAlert(client);
      else client.write(bytes);
    });
  });
  return {
    port: outer.port,
    async [Symbol.asyncDispose]() {
      await outer[Symbol.asyncDispose]();
      await inner[Symbol.asyncDispose]();
    },
  };
}

const all = { "TLSv1.2": Object.values(suites) };

function sorted(ciphers: unknown): unknown {
  if (typeof ciphers !== "object" || ciphers === null) return ciphers;
  return Object.fromEntries(Object.entries(ciphers).map(([version, list]) => [version, [...list].sort()]));
}

test("a server that resets all clients for a while after some connections is retried, and listed completely", async () => {
  let quietUntil = 0;
  await using server = await serverBehind((client, count) => {
    const now = performance.now();
    if (count % 6 === 0) quietUntil = now + 300;
    if (now >= quietUntil) return true;
    client.resetAndDestroy();
    return false;
  });
  const seen = await runCheck("tls", server.port, { timeoutMs: 30_000 });
  assert.deepEqual(sorted(seen.facts["ciphers"]), sorted(all), seen.output);
  assert.equal(seen.facts["incomplete"], undefined, seen.output);
});

test("a server that resets for rejected suites is listed completely", async () => {
  await using server = await serverBehind(
    () => true,
    (client) => client.resetAndDestroy(),
  );
  const seen = await runCheck("tls", server.port, { timeoutMs: 30_000 });
  assert.deepEqual(sorted(seen.facts["ciphers"]), sorted(all), seen.output);
  assert.equal(seen.facts["incomplete"], undefined, seen.output);
});

test("a server that bans clients after some connections gets no more, and the list is marked incomplete", async () => {
  let refused = 0;
  await using server = await serverBehind((client, count) => {
    if (count <= 8) return true;
    refused += 1;
    client.destroy();
    return false;
  });
  const seen = await runCheck("tls", server.port, { timeoutMs: 4000 });
  assert.ok(seen.passed);
  assert.equal(seen.facts["incomplete"], true, seen.output);
  assert.match(
    seen.output,
    /incomplete list of versions and ciphers: the server refused \d+ of \d+ connections \(last: /,
  );
  assert.ok(refused < 12, `${refused} more connections to a server that had banned us`);
});

test("a tarpit takes no longer than the time limit of the check, and the list is marked incomplete", async () => {
  await using server = await serverBehind((_client, count) => count <= 6);
  const before = performance.now();
  const seen = await runCheck("tls", server.port, { timeoutMs: 3000 });
  assert.ok(performance.now() - before < 30_000);
  assert.ok(seen.passed);
  assert.equal(seen.facts["incomplete"], true, seen.output);
  assert.match(seen.output, /^incomplete list of versions and ciphers: /m);
});

/** Debian installs only one mail server, so Exim is unpacked in a separate folder. It needs its account. */
const eximFolder = process.env["HARBINGER_EXIM"] ?? "/usr/local/lib/harbinger-test-servers/exim4-daemon-light";
const eximProgram = path.join(eximFolder, "usr/sbin/exim4");
const eximMissing =
  missing("unshare") ??
  (existsSync(eximProgram)
    ? isRoot
      ? undefined
      : "Exim needs the superuser"
    : `no Exim is unpacked in ${eximFolder}`);

const exim = (...settings: readonly string[]): RealServerPlan => ({
  program: "unshare",
  arguments(port, folder) {
    const account = (file: string, line: string) => {
      writeFileSync(path.join(folder, path.basename(file)), `${readFileSync(file, "utf8")}${line}\n`);
      return `mount --bind ${path.join(folder, path.basename(file))} ${file}`;
    };
    const configuration = write(folder, "exim.conf", [
      "exim_user = root",
      "exim_group = root",
      `spool_directory = ${folder}/spool`,
      `log_file_path = ${folder}/%slog`,
      `pid_file_path = ${folder}/pid`,
      "local_interfaces = <; 127.0.0.1",
      `daemon_smtp_ports = ${port}`,
      "tls_advertise_hosts = *",
      `tls_certificate = ${certificate}`,
      `tls_privatekey = ${key}`,
      "primary_hostname = exim.test",
      "host_lookup =",
      "rfc1413_query_timeout = 0s",
      ...settings,
    ]);
    const mounts = [
      account("/etc/passwd", "Debian-exim:x:1:1::/nonexistent:/usr/sbin/nologin"),
      account("/etc/group", "Debian-exim:x:1:"),
    ];
    return ["--mount", "sh", "-c", [...mounts, `exec ${eximProgram} -bdf -C ${configuration}`].join(" && ")];
  },
});

test("Exim with a limit of three connections per address is listed like Exim without a limit", {
  skip: eximMissing,
}, async () => {
  const options = { starttls: "smtp" };
  await using free = await startServer(exim("smtp_accept_max = 200"));
  const whole = await runCheck("tls", free.port, { options, timeoutMs: 60_000 });
  assert.equal(whole.facts["incomplete"], undefined, whole.output);
  assert.match(whole.output, /^TLSv1\.2: (?:TLS_\w+ ?){6,}$/m);
  await using limited = await startServer(exim("smtp_accept_max = 20", "smtp_accept_max_per_host = 3"));
  const seen = await runCheck("tls", limited.port, { options, timeoutMs: 60_000 });
  assert.deepEqual(seen.facts["ciphers"], whole.facts["ciphers"], seen.output);
  assert.equal(seen.facts["incomplete"], undefined, seen.output);
});
