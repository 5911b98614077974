import { chmodSync, mkdirSync } from "node:fs";
import { answersHttp, type RealServerPlan } from "../real-server.ts";
import { write } from "./plan-files.ts";

/** Services that are often exposed: registries, downloads, proxies, administration. */

export const dockerRegistry: RealServerPlan = {
  program: "docker-registry",
  arguments: (port, folder) => [
    "serve",
    write(folder, "registry.yml", [
      "version: 0.1",
      `storage: { filesystem: { rootdirectory: ${folder}/images } }`,
      `http: { addr: "127.0.0.1:${port}" }`,
    ]),
  ],
};

export const transmission = (authentication: boolean): RealServerPlan => ({
  program: "transmission-daemon",
  arguments: (port, folder) => [
    ...["-f", "-g", folder, "-p", String(port), "-r", "127.0.0.1", "-P", "0", "-O", "-M"],
    ...(authentication ? ["-t", "-u", "owner", "-v", "test-only"] : ["-T"]),
  ],
});

export const aria2 = (authentication: boolean): RealServerPlan => ({
  program: "aria2c",
  arguments: (port) => [
    ...["--enable-rpc", `--rpc-listen-port=${port}`, "--no-conf", "--quiet"],
    ...(authentication ? ["--rpc-secret=test-only"] : []),
  ],
});

export const caddy: RealServerPlan = {
  program: "caddy",
  arguments: (port, folder) => [
    "run",
    "--config",
    write(folder, "Caddyfile", [
      `{\n admin 127.0.0.1:${port}\n auto_https off\n}`,
      `http:// {\n bind unix/${folder}/web.sock\n respond "hello"\n}`,
    ]),
  ],
  environment: { HOME: "/nonexistent", XDG_CONFIG_HOME: "/nonexistent", XDG_DATA_HOME: "/nonexistent" },
  isReady: async (port) => await answersHttp(port, "/config/"),
};

export const squid = (isOpen: boolean): RealServerPlan => ({
  program: "squid",
  arguments: (port, folder) => {
    const logs = `${folder}/logs`;
    mkdirSync(logs);
    // It drops root before it writes.
    chmodSync(logs, 0o777);
    const file = write(folder, "squid.conf", [
      `http_port 127.0.0.1:${port}`,
      `http_access ${isOpen ? "allow" : "deny"} all`,
      ...["pid_filename none", "access_log none", `cache_log ${logs}/cache.log`, `coredump_dir ${logs}`],
      ...["pinger_enable off", "shutdown_lifetime 0 seconds", "dns_nameservers 127.0.0.1"],
    ]);
    // Its shared memory is named after it.
    return ["-N", "-n", `harbinger${port}`, "-f", file];
  },
});

export const tinyproxy = (isOpen: boolean): RealServerPlan => ({
  program: "tinyproxy",
  arguments: (port, folder) => [
    "-d",
    "-c",
    write(folder, "tinyproxy.conf", [
      ...[`Port ${port}`, "Listen 127.0.0.1", "Timeout 60"],
      isOpen ? "Allow 127.0.0.1" : "BasicAuth owner test-only",
    ]),
  ],
});

export const privoxy: RealServerPlan = {
  program: "privoxy",
  arguments: (port, folder) => [
    "--no-daemon",
    write(folder, "privoxy.conf", [`listen-address 127.0.0.1:${port}`, "confdir /etc/privoxy"]),
  ],
};

export const pgbouncer: RealServerPlan = {
  program: "pgbouncer",
  arguments: (port, folder) => [
    ...(process.getuid?.() === 0 ? ["-u", "nobody"] : []),
    write(folder, "pgbouncer.ini", [
      "[databases]\nnowhere = host=127.0.0.1 port=1",
      `[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nauth_type = md5\nunix_socket_dir =`,
      `auth_file = ${write(folder, "users.txt", ['"owner" "test-only"'])}`,
    ]),
  ],
};

export const miniDlna: RealServerPlan = {
  program: "minidlnad",
  arguments: (port, folder) => {
    mkdirSync(`${folder}/media`);
    const settings = [`port=${port}`, "network_interface=lo", `media_dir=${folder}/media`, `db_dir=${folder}`];
    return ["-S", "-f", write(folder, "minidlna.conf", [...settings, `log_dir=${folder}`]), "-P", `${folder}/pid`];
  },
};

export const cockpit: RealServerPlan = {
  program: "cockpit-ws",
  arguments: (port) => ["--no-tls", "-a", "127.0.0.1", "-p", String(port)],
};

export const microsocks = (...settings: readonly string[]): RealServerPlan => ({
  program: "microsocks",
  arguments: (port) => ["-i", "127.0.0.1", "-p", String(port), ...settings],
});

/** @param rule its rule for clients that it accepted */
export const dante = (rule: string): RealServerPlan => ({
  program: "danted",
  arguments: (port, folder) => [
    "-f",
    write(folder, "danted.conf", [
      ...[`logoutput: stderr`, `internal: 127.0.0.1 port = ${port}`, "external: lo"],
      ...["socksmethod: none", "clientmethod: none", "user.privileged: root", "user.unprivileged: nobody"],
      "client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }",
      rule,
    ]),
    ...["-p", `${folder}/pid`],
  ],
});

/** Its only relay is this machine, where none runs, so it contacts no other host. */
export const tor: RealServerPlan = {
  program: "tor",
  arguments: (port, folder) => [
    ...["-f", write(folder, "torrc", [`SocksPort 127.0.0.1:${port}`, `DataDirectory ${folder}/data`])],
    ...["--UseBridges", "1", "--Bridge", "127.0.0.1:1", "--Log", "err stderr"],
  ],
};
