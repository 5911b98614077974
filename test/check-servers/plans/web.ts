import { answersHttp, type RealServerPlan } from "../real-server.ts";
import { certificate, key, write } from "./plan-files.ts";

/** Web servers, and services that use only HTTP. */

export const nginx = (tls: boolean): RealServerPlan => ({
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

/** Any hash will do, because the tests never log in. */
const users = ["basic_auth_users:", "  admin: $2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"];

const webSettings = (folder: string, authentication: boolean): readonly string[] =>
  authentication ? [`--web.config.file=${write(folder, "web.yml", users)}`] : [];

export const prometheus = (authentication: boolean): RealServerPlan => ({
  program: "prometheus",
  arguments: (port, folder) => [
    `--config.file=${write(folder, "prometheus.yml", ["global: {}"])}`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    ...webSettings(folder, authentication),
  ],
  isReady: async (port) => await answersHttp(port, "/-/ready"),
});

export const alertmanager = (authentication: boolean): RealServerPlan => ({
  program: "prometheus-alertmanager",
  arguments: (port, folder) => [
    `--config.file=${write(folder, "alertmanager.yml", ["route: { receiver: x }", "receivers: [{ name: x }]"])}`,
    `--storage.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--cluster.listen-address=",
    ...webSettings(folder, authentication),
  ],
  isReady: async (port) => await answersHttp(port, "/-/ready"),
});

export const pushgateway = (authentication: boolean): RealServerPlan => ({
  program: "prometheus-pushgateway",
  arguments: (port, folder) => [`--web.listen-address=127.0.0.1:${port}`, ...webSettings(folder, authentication)],
  isReady: async (port) => await answersHttp(port, "/-/ready"),
});
