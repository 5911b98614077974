import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { RealServerPlan } from "../real-server.ts";
import { certificate, isRoot, key, write } from "./plan-files.ts";

/** Mail servers. */

export type Encryption = "none" | "starttls" | "tls";

export const dovecot = (protocol: "imap" | "pop3", encryption: Encryption = "none"): RealServerPlan => ({
  program: "dovecot",
  arguments: (port, folder) => [
    "-F",
    "-c",
    write(folder, "dovecot.conf", [
      `protocols = ${protocol}`,
      `base_dir = ${folder}/run`,
      `state_dir = ${folder}/state`,
      ...(encryption === "none" ? ["ssl = no"] : ["ssl = yes", `ssl_cert = <${certificate}`, `ssl_key = <${key}`]),
      "listen = 127.0.0.1",
      "log_path = /dev/stderr",
      `service ${protocol}-login {`,
      `  inet_listener ${protocol} {`,
      `    port = ${encryption === "tls" ? 0 : port}`,
      "  }",
      `  inet_listener ${protocol}s {`,
      `    port = ${encryption === "tls" ? port : 0}`,
      "  }",
      "}",
      "passdb {",
      "  driver = static",
      "  args = password=secret",
      "}",
    ]),
  ],
});

/** Why OpenSMTPD cannot be started here. */
export const opensmtpdNeedsRoot = isRoot ? undefined : "OpenSMTPD needs the superuser";

/** Its socket and its queue have fixed paths: a separate mount namespace gives it its own. */
export const opensmtpd = (encryption: "none" | "starttls" = "none"): RealServerPlan => ({
  program: "unshare",
  arguments(port, folder) {
    const [own, ownKey] = [path.join(folder, "certificate.pem"), path.join(folder, "key.pem")];
    for (const [from, to] of [
      [certificate, own],
      [key, ownKey],
    ] as const) {
      copyFileSync(from, to);
      chmodSync(to, 0o600);
    }
    const configuration = write(folder, "smtpd.conf", [
      `pki mx.example.org cert "${own}"`,
      `pki mx.example.org key "${ownKey}"`,
      `listen on 127.0.0.1 port ${port} hostname mx.example.org${encryption === "none" ? "" : " tls pki mx.example.org"}`,
      'action "keep" maildir "/nonexistent"',
      'match from local for local action "keep"',
    ]);
    return [
      "--mount",
      "sh",
      "-c",
      'mount -t tmpfs none /run && mkdir -p /var/spool/smtpd && mount -t tmpfs -o mode=711 none /var/spool/smtpd && exec smtpd -d -f "$0"',
      configuration,
    ];
  },
  environment: { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` },
});

/**
 * Debian installs only one mail server, so Postfix is unpacked in a separate folder:
 * `dpkg -x postfix_*.deb FOLDER`.
 */
const postfixFolder = process.env["HARBINGER_POSTFIX"] ?? "/usr/local/lib/harbinger-test-servers/postfix";
const postfixPrograms = path.join(postfixFolder, "usr/lib/postfix");

/** Why Postfix cannot be started here. */
export const postfixMissing = existsSync(path.join(postfixPrograms, "sbin/master"))
  ? isRoot
    ? undefined
    : "Postfix needs the superuser"
  : `no Postfix is unpacked in ${postfixFolder}`;

export const postfix = (...settings: readonly string[]): RealServerPlan => ({
  program: path.join(postfixPrograms, "sbin/master"),
  arguments(port, folder) {
    const queue = path.join(folder, "queue");
    const data = path.join(folder, "data");
    for (const name of ["active", "pid", "private", "public", "maildrop", "incoming", "deferred", "defer", "hold"]) {
      mkdirSync(path.join(queue, name), { recursive: true });
    }
    mkdirSync(data);
    // The account "daemon" of every Debian.
    for (const name of [data, path.join(queue, "private"), path.join(queue, "public")]) chownSync(name, 1, 1);
    write(folder, "main.cf", [
      "compatibility_level = 3.6",
      `queue_directory = ${queue}`,
      `data_directory = ${data}`,
      `daemon_directory = ${postfixPrograms}/sbin`,
      `command_directory = ${postfixFolder}/usr/sbin`,
      `shlib_directory = ${postfixPrograms}`,
      `meta_directory = ${postfixFolder}/usr/share/postfix`,
      "mail_owner = daemon",
      "default_privs = nobody",
      "setgid_group = mail",
      "inet_interfaces = 127.0.0.1",
      "inet_protocols = ipv4",
      "myhostname = mx.example.org",
      "mydestination =",
      "alias_maps =",
      `maillog_file = ${folder}/log`,
      `maillog_file_prefixes = ${folder}`,
      "import_environment = MAIL_CONFIG MAIL_LOGTAG TZ LANG=C LD_LIBRARY_PATH",
      "smtpd_relay_restrictions = reject_unauth_destination",
      ...settings,
    ]);
    write(folder, "master.cf", [
      `127.0.0.1:${port} inet n - n - - smtpd`,
      "tlsmgr unix - - n 1000? 1 tlsmgr",
      "rewrite unix - - n - - trivial-rewrite",
      "anvil unix - - n - 1 anvil",
      "proxymap unix - - n - - proxymap",
      "postlog unix-dgram n - n - 1 postlogd",
    ]);
    return ["-c", folder, "-d", "-s"];
  },
  environment: { LD_LIBRARY_PATH: postfixPrograms },
});

/** With STARTTLS and no other change. */
export const postfixTls: readonly string[] = [
  "smtpd_tls_security_level = may",
  `smtpd_tls_cert_file = ${certificate}`,
  `smtpd_tls_key_file = ${key}`,
];
