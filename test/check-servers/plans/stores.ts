import { converseOnce } from "../converse-once.ts";
import type { RealServerPlan } from "../real-server.ts";
import { answersHttp } from "../real-server.ts";
import { certificate, isRoot, key, write } from "./plan-files.ts";

/** Key-value stores. */

export const redis = (...settings: readonly string[]): RealServerPlan => ({
  program: "redis-server",
  arguments: (port, folder) => ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder, ...settings],
});

/** With TLS only. */
export const redisTls = (...settings: readonly string[]): RealServerPlan => ({
  program: "redis-server",
  arguments: (port, folder) => [
    ...["--port", "0", "--tls-port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder],
    ...["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate],
    ...settings,
  ],
});

export const memcached = (users?: string): RealServerPlan => ({
  program: "memcached",
  arguments: (port, folder) => [
    ...["-l", "127.0.0.1", "-p", `${port}`, "-U", "0"],
    ...(isRoot ? ["-u", "nobody"] : []),
    ...(users === undefined ? [] : ["-Y", write(folder, "users", [users])]),
  ],
});

export const etcd = (...settings: readonly string[]): RealServerPlan => ({
  program: "etcd",
  arguments: (port, folder) => {
    const scheme = settings.some((setting) => setting.startsWith("--cert-file")) ? "https" : "http";
    return [
      `--data-dir=${folder}/data`,
      `--listen-client-urls=${scheme}://127.0.0.1:${port}`,
      `--advertise-client-urls=${scheme}://127.0.0.1:${port}`,
      "--listen-peer-urls=http://127.0.0.1:0",
      "--unsafe-no-fsync",
      ...settings,
    ];
  },
  environment: { ETCD_UNSUPPORTED_ARCH: process.arch },
});

/** Users are enabled once it serves. */
export const etcdWithUsers = (...settings: readonly string[]): RealServerPlan => ({
  ...etcd(...settings),
  async isReady(port) {
    if (!(await answersHttp(port, "/health"))) return false;
    await post(port, "/v3/auth/user/add", { name: "root", password: "secret" });
    await post(port, "/v3/auth/role/add", { name: "root" });
    await post(port, "/v3/auth/user/grant", { user: "root", role: "root" });
    await post(port, "/v3/auth/enable", {});
    return true;
  },
});

async function post(port: number, path: string, body: Readonly<Record<string, string>>): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  await response.body?.cancel();
}

const zookeeperJar = "/usr/share/java/zookeeper.jar";

export const zookeeper = (...settings: readonly string[]): RealServerPlan => ({
  program: "java",
  arguments: (port, folder) => [
    ...["-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"],
    ...["-cp", zookeeperJar, "org.apache.zookeeper.server.quorum.QuorumPeerMain"],
    write(folder, "zoo.cfg", [
      "tickTime=2000",
      `dataDir=${folder}/data`,
      `clientPort=${port}`,
      "clientPortAddress=127.0.0.1",
      "admin.enableServer=false",
      ...settings,
    ]),
  ],
  // Its port is open before it serves.
  isReady: async (port) => (await converseOnce(port, "srvr\n")).startsWith("Zookeeper version"),
});
