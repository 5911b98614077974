import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { mariadb, slapd, slapdTls } from "../check-servers/plans/databases.ts";
import { vsftpd, vsftpdTls } from "../check-servers/plans/files.ts";
import {
  dovecot,
  opensmtpd,
  opensmtpdNeedsRoot,
  postfix,
  postfixMissing,
  postfixTls,
} from "../check-servers/plans/mail.ts";
import { certificate, key } from "../check-servers/plans/plan-files.ts";
import { missing, type RealServerPlan, startServer } from "../check-servers/real-server.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { runCheck } from "./run-check.ts";

/** Real servers that switch to TLS inside their protocol. PostgreSQL is in cert.test.ts, where it is started. */
interface StartTlsServer {
  readonly needs: readonly string[];
  readonly skip?: string | undefined;
  readonly protocol: string;
  readonly withTls: RealServerPlan;
  readonly without: RealServerPlan;
  /** Why there is no TLS, as the server reports it. */
  readonly reason: RegExp;
  /** The result of the handshake. */
  readonly outcome?: string;
}

const ftp = ["anonymous_enable=YES", "no_anon_password=YES"];

const servers: Readonly<Record<string, StartTlsServer>> = {
  OpenSMTPD: {
    needs: ["smtpd", "unshare"],
    skip: opensmtpdNeedsRoot,
    protocol: "smtp",
    withTls: opensmtpd("starttls"),
    without: opensmtpd(),
    reason: /^the server does not announce STARTTLS$/,
    // 6.8 cannot sign with OpenSSL 3: its handshakes abort after its certificate, which is shown nevertheless.
    outcome: "(?:verified by the stored truststore|the handshake was refused: )",
  },
  Postfix: {
    needs: [],
    skip: postfixMissing,
    protocol: "smtp",
    withTls: postfix(...postfixTls),
    without: postfix(),
    reason: /^the server does not announce STARTTLS$/,
  },
  "Dovecot, IMAP": {
    needs: ["dovecot"],
    protocol: "imap",
    withTls: dovecot("imap", "starttls"),
    without: dovecot("imap"),
    reason: /^the server refused: a1 BAD /,
  },
  "Dovecot, POP3": {
    needs: ["dovecot"],
    protocol: "pop3",
    withTls: dovecot("pop3", "starttls"),
    without: dovecot("pop3"),
    reason: /^the server refused: -ERR /,
  },
  vsftpd: {
    needs: ["vsftpd"],
    protocol: "ftp",
    withTls: vsftpd(...ftp, ...vsftpdTls),
    without: vsftpd(...ftp),
    reason: /^the server refused: 530 /,
  },
  slapd: {
    needs: ["slapd", "slapadd"],
    protocol: "ldap",
    withTls: slapd(...slapdTls),
    without: slapd(),
    reason: /^the server refused with result code 2$/,
  },
  MariaDB: {
    needs: ["mariadbd", "mariadb-install-db"],
    protocol: "mysql",
    withTls: mariadb(`--ssl-cert=${certificate}`, `--ssl-key=${key}`),
    without: mariadb(),
    reason: /^the server does not announce TLS$/,
  },
};

describe("STARTTLS with real servers", { concurrency: 3 }, () => {
  for (const [name, { needs, skip, protocol, withTls, without, reason, ...more }] of Object.entries(servers)) {
    const outcome = more.outcome ?? "verified by the stored truststore";
    const absent = missing(...needs) ?? skip;
    const options = { starttls: protocol };

    test(`${name} shows its certificate, versions and ciphers`, { skip: absent }, async () => {
      using folder = temporaryFolder();
      await using server = await startServer(withTls);
      const collected = await runCheck("cert", server.port, { directory: folder.path, options });
      assert.ok(collected.passed, collected.output);
      assert.match(collected.output, /^1 certificate saved to ca_certs/);
      const stored = readFileSync(path.join(folder.path, "ca_certs/127.0.0.1-truststore.pem"), "utf8");
      assert.equal(stored, readFileSync(certificate, "utf8"));
      const list = () => runCheck("tls", server.port, { directory: folder.path, options, timeoutMs: 30_000 });
      let seen = await list();
      // If a busy machine answers too late, the list is marked incomplete.
      for (let tries = 1; seen.facts["incomplete"] === true && tries < 3; tries++) seen = await list();
      assert.ok(seen.passed, seen.output);
      assert.match(seen.output, new RegExp(`^TLS detected\\n[\\s\\S]*\\ncertificate: [\\s\\S]*\\n${outcome}`));
      const versions = seen.facts["versions"];
      // vsftpd supports no cipher of older versions that OpenSSL still has.
      assert.ok(Array.isArray(versions) && (name === "vsftpd" || versions.includes("TLSv1.2")), seen.output);
      assert.ok(Array.isArray(versions) && versions.includes("TLSv1.3"), seen.output);
    });

    test(`${name} without TLS is reported with the reason`, { skip: absent }, async () => {
      using folder = temporaryFolder();
      await using server = await startServer(without);
      const seen = await runCheck("tls", server.port, { options });
      const [first, second] = seen.output.split("\n");
      assert.deepEqual([seen.passed, first], [false, "TLS not detected"]);
      assert.match(second ?? "", reason);
      const collected = await runCheck("cert", server.port, { directory: folder.path, options });
      assert.deepEqual(
        [collected.passed, collected.output],
        [false, `No certificate collected: TLS not detected (${second})`],
      );
    });
  }
});
