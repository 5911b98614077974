import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import pg from "pg";
import { exposureCheck } from "../../src/outbound/check/exposure/exposure-check.ts";
import { serviceCheck } from "../../src/outbound/check/service/service-check.ts";
import { checkContext } from "../check/check-context.ts";
import { postgresMissing, startPostgres } from "../harness/postgres-server.ts";
import { expectOfRealServers } from "./expectation.ts";
import { clickhouse, derby, influxdb, mariadb, slapd } from "./plans/databases.ts";

const noDerby = existsSync("/usr/share/java/derbynet.jar") ? undefined : "not installed: derby-tools";

expectOfRealServers("real databases", [
  {
    title: "MariaDB",
    needs: ["mariadbd", "mariadb-install-db"],
    plan: mariadb(),
    service: /^MariaDB \d+\.\d+\.\d+$/,
    verdict: "protected",
  },
  {
    title: "slapd with an anonymous bind",
    needs: ["slapd", "slapadd"],
    plan: slapd(),
    service: /^OpenLDAP.* \(LDAP/,
    verdict: "exposed",
    reason: /shows entries of dc=example,dc=org/,
  },
  {
    title: "slapd without an anonymous bind",
    needs: ["slapd", "slapadd"],
    plan: slapd("disallow bind_anon", "require authc"),
    service: /LDAP/,
    verdict: "protected",
  },
  {
    title: "slapd with an anonymous bind that shows only its root",
    needs: ["slapd", "slapadd"],
    plan: slapd('access to dn.base="" by * read', "access to * by users read by * none"),
    service: /^OpenLDAP.* \(LDAP/,
    verdict: "protected",
    reason: /shows no entry of dc=example,dc=org/,
  },
  {
    title: "InfluxDB without users",
    needs: ["influxd"],
    plan: influxdb(false),
    service: /^InfluxDB 1\.\d+/,
    verdict: "exposed",
    reason: /^exposed: InfluxDB 1\.\d+/,
    entry: "influxdb",
  },
  {
    title: "InfluxDB with users",
    needs: ["influxd"],
    plan: influxdb(true),
    service: /^InfluxDB 1\.\d+/,
    verdict: "protected",
    entry: "influxdb",
  },
  {
    title: "ClickHouse without a password",
    needs: ["clickhouse-server"],
    plan: clickhouse(""),
    service: /^HTTP$/,
    verdict: "exposed",
    reason: /^exposed: ClickHouse \d+\.\d+/,
    entry: "clickhouse",
  },
  {
    title: "ClickHouse with a password",
    needs: ["clickhouse-server"],
    plan: clickhouse("secret"),
    service: /^HTTP$/,
    verdict: "protected",
    entry: "clickhouse",
  },
  {
    title: "Derby, which always offers a user name without a password",
    needs: ["java"],
    skip: noDerby,
    plan: derby("-Dderby.connection.requireAuthentication=true", "-Dderby.user.admin=secret"),
    service: /^unknown service/,
    verdict: "inconclusive",
    reason: /^inconclusive: Apache Derby 10\.\d+\.\d+\.\d+ \(DRDA\): offers a user name/,
    entry: "derby",
  },
  {
    title: "Derby that accepts only passwords",
    needs: ["java"],
    skip: noDerby,
    plan: derby("-Dderby.drda.securityMechanism=CLEAR_TEXT_PASSWORD_SECURITY"),
    service: /^unknown service/,
    verdict: "protected",
    entry: "derby",
  },
]);

const noPostgres = postgresMissing();
test("PostgreSQL: trust without the usual role, trust, then SCRAM", { skip: noPostgres }, async () => {
  await using server = await startPostgres();
  const request = { host: "127.0.0.1", port: server.port, timeoutMs: 15_000, options: { service: "postgresql" } };
  const signal = new AbortController().signal;
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    const roleless = await exposureCheck.create(checkContext).run(request, signal);
    assert.equal(roleless.verdict, "exposed", JSON.stringify(roleless));
    assert.match(roleless.output, /accepts the user postgres without a password/);
    await client.query("CREATE ROLE postgres SUPERUSER LOGIN PASSWORD 'secret'");
    const found = await serviceCheck.create(checkContext).run(request, signal);
    assert.match(found.output, /^PostgreSQL \d+/, JSON.stringify(found));
    const trusting = await exposureCheck.create(checkContext).run(request, signal);
    assert.equal(trusting.verdict, "exposed", JSON.stringify(trusting));
    const shown = await client.query("SHOW hba_file");
    writeFileSync(String(shown.rows[0]?.hba_file), "host all all 127.0.0.1/32 scram-sha-256\n");
    await client.query("SELECT pg_reload_conf()");
    // The postmaster reads the file at the signal, some time after the query.
    let judged = await exposureCheck.create(checkContext).run(request, signal);
    for (let attempt = 0; attempt < 50 && judged.verdict === "exposed"; attempt++) {
      judged = await exposureCheck.create(checkContext).run(request, signal);
    }
    assert.equal(judged.verdict, "protected", JSON.stringify(judged));
    assert.match(judged.output, /SCRAM-SHA-256/);
    await client.query("DROP ROLE postgres");
    const asked = await exposureCheck.create(checkContext).run(request, signal);
    assert.equal(asked.verdict, "protected", "a password is asked for before the role is looked for");
  } finally {
    await client.end();
  }
});
