import { mkdirSync } from "node:fs";
import path from "node:path";
import type { RealServerPlan } from "../real-server.ts";
import { certificate, key, write } from "./plan-files.ts";

/** Servers of files. */

export const vsftpd = (...settings: readonly string[]): RealServerPlan => ({
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

/** With AUTH TLS and no other change. */
export const vsftpdTls: readonly string[] = [
  "ssl_enable=YES",
  `rsa_cert_file=${certificate}`,
  `rsa_private_key_file=${key}`,
];

export const rsync = (...settings: readonly string[]): RealServerPlan => ({
  program: "rsync",
  arguments: (port, folder) => [
    "--daemon",
    "--no-detach",
    "--address=127.0.0.1",
    `--port=${port}`,
    `--config=${write(folder, "rsyncd.conf", ["use chroot = no", "[backup]", `path = ${folder}`, "comment = Nightly", ...settings])}`,
  ],
});

export const samba = (...settings: readonly string[]): RealServerPlan => ({
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
      ...settings,
      ...["private dir", "lock directory", "state directory", "cache directory", "pid directory", "ncalrpc dir"].map(
        (name) => `${name} = ${folder}`,
      ),
    ])}`,
  ],
});
