import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { freePort } from "../../harness/free-port.ts";
import { answersHttp, programPath, type RealServerPlan } from "../real-server.ts";
import { certificate, isRoot, key, write } from "./plan-files.ts";

/** Databases, and a directory. */

export const mariadb = (...settings: readonly string[]): RealServerPlan => ({
  program: "mariadbd",
  arguments(port, folder) {
    const owner = isRoot ? ["--user=root"] : [];
    const data = path.join(folder, "data");
    execFileSync(
      programPath("mariadb-install-db"),
      ["--no-defaults", `--datadir=${data}`, "--skip-test-db", "--auth-root-authentication-method=normal", ...owner],
      // A starting server removes all temporary tables of the folder, those of other servers too.
      { stdio: "pipe", env: { ...process.env, TMPDIR: folder } },
    );
    return [
      "--no-defaults",
      `--datadir=${data}`,
      `--tmpdir=${folder}`,
      `--socket=${folder}/socket`,
      `--pid-file=${folder}/pid`,
      "--bind-address=127.0.0.1",
      `--port=${port}`,
      ...owner,
      ...settings,
    ];
  },
});

export const slapd = (...settings: readonly string[]): RealServerPlan => ({
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

/** With STARTTLS and no other change. */
export const slapdTls: readonly string[] = [`TLSCertificateFile ${certificate}`, `TLSCertificateKeyFile ${key}`];

export const influxdb = (authentication: boolean): RealServerPlan => ({
  program: "influxd",
  arguments: async (port, folder) => [
    "-config",
    write(folder, "influxdb.conf", [
      "reporting-disabled = true",
      `bind-address = "127.0.0.1:${await freePort()}"`,
      "[meta]",
      `dir = "${folder}/meta"`,
      "[data]",
      `dir = "${folder}/data"`,
      `wal-dir = "${folder}/wal"`,
      "[monitor]",
      "store-enabled = false",
      "[http]",
      `bind-address = "127.0.0.1:${port}"`,
      `auth-enabled = ${authentication}`,
    ]),
  ],
  async isReady(port) {
    if (!(await answersHttp(port, "/ping"))) return false;
    // Without an administrator it refuses every client, which is another answer.
    const query = "q=CREATE%20USER%20admin%20WITH%20PASSWORD%20'secret'%20WITH%20ALL%20PRIVILEGES";
    const response = await fetch(`http://127.0.0.1:${port}/query?${query}`, { method: "POST" });
    await response.body?.cancel();
    return response.ok;
  },
});

export const clickhouse = (password: string): RealServerPlan => ({
  program: "clickhouse-server",
  arguments: async (port, folder) => {
    const users = write(folder, "users.xml", [
      "<yandex><profiles><default/></profiles><quotas><default/></quotas><users><default>",
      `<password>${password}</password><networks><ip>::/0</ip></networks>`,
      "<profile>default</profile><quota>default</quota></default></users></yandex>",
    ]);
    const configuration = write(folder, "config.xml", [
      "<yandex><logger><level>error</level><console>1</console></logger><listen_host>127.0.0.1</listen_host>",
      `<http_port>${port}</http_port><tcp_port>${await freePort()}</tcp_port>`,
      `<interserver_http_port>${await freePort()}</interserver_http_port>`,
      `<path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path><user_files_path>${folder}/user/</user_files_path>`,
      `<users_config>${users}</users_config><default_profile>default</default_profile>`,
      "<default_database>default</default_database><mark_cache_size>5368709120</mark_cache_size></yandex>",
    ]);
    return [`--config-file=${configuration}`];
  },
});

const derbyJars = ["derby", "derbyclient", "derbynet", "derbytools"].map((name) => `/usr/share/java/${name}.jar`);

export const derby = (...properties: readonly string[]): RealServerPlan => ({
  program: "java",
  arguments: (port, folder) => [
    ...["-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", `-Dderby.system.home=${folder}`, ...properties],
    ...["-cp", derbyJars.join(":"), "org.apache.derby.drda.NetworkServerControl", "start"],
    ...["-h", "127.0.0.1", "-p", `${port}`, "-noSecurityManager"],
  ],
});
