import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { Verdict } from "../../src/core/check.ts";
import { createExposureCheck } from "../../src/outbound/check/exposure/exposure-check.ts";
import { createServiceCheck } from "../../src/outbound/check/service/service-check.ts";
import { postgresMissing, startPostgres } from "../harness/postgres-server.ts";
import { missing, programPath, type RealServerPlan, startServer } from "./real-server.ts";

/** The checks against real servers, each started here in every setting that matters; a missing program is a skip. */
interface Expectation {
  readonly title: string;
  readonly needs: readonly string[];
  readonly plan: RealServerPlan;
  /** The line of the service check. */
  readonly service: RegExp;
  readonly verdict: Verdict;
  readonly reason?: RegExp;
  /** `--service`, where the port alone would not say what to ask. */
  readonly entry?: string;
}

const certificate = fileURLToPath(new URL("../harness/certificates/localhost.pem", import.meta.url));
const key = fileURLToPath(new URL("../harness/certificates/test-only-key.pem", import.meta.url));
const isRoot = process.getuid?.() === 0;
const write = (folder: string, name: string, lines: readonly string[]) => {
  const file = path.join(folder, name);
  writeFileSync(file, `${lines.join("\n")}\n`);
  chmodSync(file, 0o644);
  return file;
};

const redis = (...settings: readonly string[]): RealServerPlan => ({
  program: "redis-server",
  arguments: (port, folder) => ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder, ...settings],
});
const mosquitto = (anonymous: boolean): RealServerPlan => ({
  program: "mosquitto",
  arguments: (port, folder) => [
    "-c",
    write(folder, "mosquitto.conf", [`listener ${port} 127.0.0.1`, `allow_anonymous ${anonymous}`]),
  ],
});
const nats = (...settings: readonly string[]): RealServerPlan => ({
  program: "nats-server",
  arguments: (port) => ["-a", "127.0.0.1", "-p", `${port}`, ...settings],
});
const nginx = (tls: boolean): RealServerPlan => ({
  program: "nginx",
  arguments: (port, folder) => [
    "-p",
    folder,
    "-c",
    write(folder, "nginx.conf", [
      "daemon off; master_process off; error_log stderr; pid nginx.pid;",
      "events {} http { access_log off;",
      ...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder};`),
      tls ? `ssl_certificate ${certificate}; ssl_certificate_key ${key};` : "",
      `server { listen 127.0.0.1:${port}${tls ? " ssl" : ""}; location / { return 200 "<title>Hello</title>"; } } }`,
    ]),
  ],
});
const vsftpd = (...settings: readonly string[]): RealServerPlan => ({
  program: "vsftpd",
  arguments(port, folder) {
    mkdirSync(path.join(folder, "empty"));
    return [
      write(folder, "vsftpd.conf", [
        "listen=YES",
        "listen_address=127.0.0.1",
        `listen_port=${port}`,
        "background=NO",
        `anon_root=${folder}/empty`,
        `secure_chroot_dir=${folder}/empty`,
        "seccomp_sandbox=NO",
        ...settings,
      ]),
    ];
  },
});
const rsync = (...settings: readonly string[]): RealServerPlan => ({
  program: "rsync",
  arguments: (port, folder) => [
    "--daemon",
    "--no-detach",
    "--address=127.0.0.1",
    `--port=${port}`,
    `--config=${write(folder, "rsyncd.conf", ["use chroot = no", "[backup]", `path = ${folder}`, "comment = Nightly", ...settings])}`,
  ],
});
const slapd = (...settings: readonly string[]): RealServerPlan => ({
  program: "slapd",
  arguments(port, folder) {
    mkdirSync(path.join(folder, "data"));
    const configuration = write(folder, "slapd.conf", [
      "include /etc/ldap/schema/core.schema",
      `pidfile ${folder}/slapd.pid`,
      "modulepath /usr/lib/ldap",
      "moduleload back_mdb",
      ...settings,
      "database mdb",
      'suffix "dc=example,dc=org"',
      'rootdn "cn=admin,dc=example,dc=org"',
      `directory ${folder}/data`,
    ]);
    const entries = write(folder, "entries.ldif", [
      "dn: dc=example,dc=org",
      "objectClass: dcObject",
      "objectClass: organization",
      "dc: example",
      "o: Example",
      "",
      "dn: ou=people,dc=example,dc=org",
      "objectClass: organizationalUnit",
      "ou: people",
    ]);
    execFileSync(programPath("slapadd"), ["-f", configuration, "-l", entries], { stdio: "pipe" });
    return ["-f", configuration, "-h", `ldap://127.0.0.1:${port}`, "-d", "0"];
  },
});
const sshd: RealServerPlan = {
  program: "sshd",
  arguments(port, folder) {
    execFileSync(programPath("ssh-keygen"), ["-q", "-t", "ed25519", "-N", "", "-f", `${folder}/key`]);
    mkdirSync("/run/sshd", { recursive: true });
    const configuration = write(folder, "sshd_config", [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${folder}/key`,
    ]);
    return ["-D", "-e", "-f", configuration];
  },
};
const etcd: RealServerPlan = {
  program: "etcd",
  arguments: async (port, folder) => [
    `--data-dir=${folder}/data`,
    `--listen-client-urls=http://127.0.0.1:${port}`,
    `--advertise-client-urls=http://127.0.0.1:${port}`,
    "--listen-peer-urls=http://127.0.0.1:0",
    "--unsafe-no-fsync",
  ],
  environment: { ETCD_UNSUPPORTED_ARCH: process.arch },
};
const xvnc = (security: string, ...more: readonly string[]): RealServerPlan => ({
  program: "Xvnc",
  arguments: (port, folder) => {
    if (security === "VncAuth") {
      const password = execFileSync(programPath("vncpasswd"), ["-f"], { input: "secret12\n" });
      writeFileSync(path.join(folder, "passwd"), password);
    }
    return [
      `:${100 + (port % 20000)}`,
      "-rfbport",
      `${port}`,
      "-interface",
      "127.0.0.1",
      "-SecurityTypes",
      security,
      "-nolisten",
      "tcp",
      ...(security === "VncAuth" ? ["-rfbauth", path.join(folder, "passwd")] : []),
      ...more,
    ];
  },
});
const memcached = (): RealServerPlan => ({
  program: "memcached",
  arguments: (port) => ["-l", "127.0.0.1", "-p", `${port}`, "-U", "0", ...(isRoot ? ["-u", "nobody"] : [])],
});

const mariadb: RealServerPlan = {
  program: "mariadbd",
  arguments(port, folder) {
    const owner = isRoot ? ["--user=root"] : [];
    const data = path.join(folder, "data");
    execFileSync(
      programPath("mariadb-install-db"),
      ["--no-defaults", `--datadir=${data}`, "--skip-test-db", "--auth-root-authentication-method=normal", ...owner],
      { stdio: "pipe" },
    );
    return [
      "--no-defaults",
      `--datadir=${data}`,
      `--socket=${folder}/socket`,
      `--pid-file=${folder}/pid`,
      "--bind-address=127.0.0.1",
      `--port=${port}`,
      ...owner,
    ];
  },
};
const dovecot = (protocol: "imap" | "pop3"): RealServerPlan => ({
  program: "dovecot",
  arguments: (port, folder) => [
    "-F",
    "-c",
    write(folder, "dovecot.conf", [
      `protocols = ${protocol}`,
      `base_dir = ${folder}/run`,
      `state_dir = ${folder}/state`,
      "ssl = no",
      "listen = 127.0.0.1",
      "log_path = /dev/stderr",
      `service ${protocol}-login {`,
      `  inet_listener ${protocol} {`,
      `    port = ${port}`,
      "  }",
      `  inet_listener ${protocol}s {`,
      "    port = 0",
      "  }",
      "}",
      "passdb {",
      "  driver = static",
      "  args = password=secret",
      "}",
    ]),
  ],
});
const xrdp: RealServerPlan = {
  program: "xrdp",
  arguments(port, folder) {
    const configuration = write(folder, "xrdp.ini", [
      "[Globals]",
      "ini_version=1",
      "fork=false",
      `port=tcp://.:${port}`,
      "security_layer=negotiate",
      "crypt_level=high",
      `certificate=${certificate}`,
      `key_file=${key}`,
      "[Logging]",
      `LogFile=${folder}/xrdp.log`,
      "[Xvnc]",
      "name=Xvnc",
      "lib=libvnc.so",
    ]);
    return ["--nodaemon", "--config", configuration];
  },
};
const samba: RealServerPlan = {
  program: "smbd",
  arguments: (port, folder) => [
    "--foreground",
    "--no-process-group",
    "--debug-stdout",
    `--port=${port}`,
    `--configfile=${write(folder, "smb.conf", [
      "[global]",
      "interfaces = 127.0.0.1",
      "bind interfaces only = yes",
      "disable spoolss = yes",
      ...["private dir", "lock directory", "state directory", "cache directory", "pid directory", "ncalrpc dir"].map(
        (name) => `${name} = ${folder}`,
      ),
    ])}`,
  ],
};

const expectations: readonly Expectation[] = [
  {
    title: "Redis without a password",
    needs: ["redis-server"],
    plan: redis(),
    service: /^redis \d+\.\d+\.\d+$/,
    verdict: "exposed",
  },
  {
    title: "Redis with a password",
    needs: ["redis-server"],
    plan: redis("--requirepass", "secret"),
    service: /^redis$/,
    verdict: "protected",
  },
  {
    title: "Memcached",
    needs: ["memcached"],
    plan: memcached(),
    service: /^memcached \d+\.\d+/,
    verdict: "exposed",
  },
  {
    title: "Mosquitto with anonymous access",
    needs: ["mosquitto"],
    plan: mosquitto(true),
    service: /^mqtt Mosquitto \d+\.\d+/,
    verdict: "exposed",
  },
  {
    title: "Mosquitto without anonymous access",
    needs: ["mosquitto"],
    plan: mosquitto(false),
    service: /^mqtt$/,
    verdict: "protected",
  },
  {
    title: "NATS without a token",
    needs: ["nats-server"],
    plan: nats(),
    service: /^nats nats-server \d+\.\d+/,
    verdict: "exposed",
  },
  {
    title: "NATS with a token",
    needs: ["nats-server"],
    plan: nats("--auth", "secret"),
    service: /^nats nats-server \d+\.\d+/,
    verdict: "protected",
  },
  {
    title: "nginx",
    needs: ["nginx"],
    plan: nginx(false),
    service: /^http nginx\/?.*\d+\.\d+/,
    verdict: "inconclusive",
  },
  {
    title: "nginx with TLS",
    needs: ["nginx"],
    plan: nginx(true),
    service: /^https nginx \d+\.\d+/,
    verdict: "inconclusive",
  },
  {
    title: "vsftpd that lets the name anonymous in",
    needs: ["vsftpd"],
    plan: vsftpd("anonymous_enable=YES", "no_anon_password=YES"),
    service: /^ftp vsFTPd \d+\.\d+/,
    verdict: "exposed",
  },
  {
    title: "vsftpd without anonymous access",
    needs: ["vsftpd"],
    plan: vsftpd("anonymous_enable=NO", "local_enable=YES"),
    service: /^ftp vsFTPd \d+\.\d+/,
    verdict: "inconclusive",
    reason: /asks for a password/,
  },
  {
    title: "rsync with an open module",
    needs: ["rsync"],
    plan: rsync(),
    service: /^rsync$/,
    verdict: "exposed",
    reason: /backup/,
  },
  {
    title: "rsync with a password",
    needs: ["rsync"],
    plan: rsync("auth users = admin", "secrets file = /dev/null"),
    service: /^rsync$/,
    verdict: "protected",
  },
  {
    title: "slapd with an anonymous bind",
    needs: ["slapd", "slapadd"],
    plan: slapd(),
    service: /^ldap OpenLDAP/,
    verdict: "exposed",
    reason: /shows entries/,
  },
  {
    title: "slapd without an anonymous bind",
    needs: ["slapd", "slapadd"],
    plan: slapd("disallow bind_anon", "require authc"),
    service: /^ldap/,
    verdict: "protected",
  },
  {
    title: "OpenSSH",
    needs: ["sshd", "ssh-keygen"],
    plan: sshd,
    service: /^ssh OpenSSH \d+\.\d+p\d+$/,
    verdict: "protected",
  },
  {
    title: "etcd",
    needs: ["etcd"],
    plan: etcd,
    service: /^http/,
    verdict: "exposed",
    entry: "etcd",
  },
  {
    title: "VNC without a password",
    needs: ["Xvnc"],
    plan: xvnc("None"),
    service: /^vnc/,
    verdict: "exposed",
  },
  {
    title: "VNC with a password",
    needs: ["Xvnc", "vncpasswd"],
    plan: xvnc("VncAuth"),
    service: /^vnc/,
    verdict: "protected",
  },
  {
    title: "MariaDB",
    needs: ["mariadbd", "mariadb-install-db"],
    plan: mariadb,
    service: /^mariadb \d+\.\d+\.\d+$/,
    verdict: "protected",
  },
  {
    title: "Dovecot, IMAP",
    needs: ["dovecot"],
    plan: dovecot("imap"),
    service: /^imap Dovecot$/,
    verdict: "protected",
  },
  {
    title: "Dovecot, POP3",
    needs: ["dovecot"],
    plan: dovecot("pop3"),
    service: /^pop3 Dovecot$/,
    verdict: "protected",
  },
  {
    title: "xrdp",
    needs: ["xrdp"],
    plan: xrdp,
    service: /^rdp/,
    verdict: "inconclusive",
    reason: /login screen/,
  },
  {
    title: "Samba",
    needs: ["smbd"],
    plan: samba,
    service: /^smb/,
    verdict: "inconclusive",
    reason: /signing is not required/,
  },
];

// Most of the time of a check is waiting.
describe("real servers", { concurrency: 4 }, () => {
  for (const { title, needs, plan, service, verdict, reason, entry } of expectations) {
    const absent = missing(...needs);
    test(title, absent === undefined ? {} : { skip: absent }, async () => {
      await using server = await startServer(plan);
      const request = { host: "127.0.0.1", port: server.port, timeoutMs: 15_000, options: {} };
      const signal = new AbortController().signal;
      const found = await createServiceCheck().run(request, signal);
      assert.match(found.output, service, JSON.stringify(found));
      const judged = await createExposureCheck().run(
        { ...request, options: entry === undefined ? {} : { service: entry } },
        signal,
      );
      assert.equal(judged.verdict, verdict, JSON.stringify(judged));
      if (reason !== undefined) assert.match(judged.output, reason);
    });
  }
});

const noPostgres = postgresMissing();
test("PostgreSQL: trust, then SCRAM", noPostgres === undefined ? {} : { skip: noPostgres }, async () => {
  await using server = await startPostgres();
  const request = { host: "127.0.0.1", port: server.port, timeoutMs: 15_000, options: { service: "postgresql" } };
  const signal = new AbortController().signal;
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    await client.query("CREATE ROLE postgres SUPERUSER LOGIN PASSWORD 'secret'");
    const found = await createServiceCheck().run(request, signal);
    assert.match(found.output, /^postgresql \d+/, JSON.stringify(found));
    const trusting = await createExposureCheck().run(request, signal);
    assert.equal(trusting.verdict, "exposed", JSON.stringify(trusting));
    const shown = await client.query("SHOW hba_file");
    writeFileSync(String(shown.rows[0]?.hba_file), "host all all 127.0.0.1/32 scram-sha-256\n");
    await client.query("SELECT pg_reload_conf()");
    // The postmaster reads the file when it gets the signal, some time after the query.
    let judged = await createExposureCheck().run(request, signal);
    for (let attempt = 0; attempt < 50 && judged.verdict === "exposed"; attempt++) {
      judged = await createExposureCheck().run(request, signal);
    }
    assert.equal(judged.verdict, "protected", JSON.stringify(judged));
    assert.match(judged.output, /SCRAM-SHA-256/);
  } finally {
    await client.end();
  }
});
