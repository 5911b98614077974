import { existsSync } from "node:fs";
import { expectOfRealServers } from "./expectation.ts";
import { certificate, key } from "./plans/plan-files.ts";
import { etcd, etcdWithUsers, memcached, redis, redisTls, zookeeper } from "./plans/stores.ts";

const etcdTls = [`--cert-file=${certificate}`, `--key-file=${key}`];
const noZookeeper = existsSync("/usr/share/java/zookeeper.jar") ? undefined : "not installed: zookeeper";

expectOfRealServers("real stores", [
  {
    title: "Redis without a password",
    needs: ["redis-server"],
    plan: redis(),
    service: /^Redis \d+\.\d+\.\d+$/,
    verdict: "exposed",
  },
  {
    title: "Redis with a password",
    needs: ["redis-server"],
    plan: redis("--requirepass", "secret"),
    service: /^Redis$/,
    verdict: "protected",
    reason: /requires a password/,
  },
  {
    title: "Redis without a password, by TLS",
    needs: ["redis-server"],
    plan: redisTls("--tls-auth-clients", "no"),
    service: /^Redis \d+\.\d+\.\d+ \(TLSv1\.3\)$/,
    verdict: "exposed",
  },
  ...["TLSv1.2", "TLSv1.3"].flatMap((version) => {
    const server = {
      title: `Redis by ${version} that requires a client certificate`,
      needs: ["redis-server"],
      plan: redisTls("--tls-protocols", version),
      service: /^unknown service, it requires a client certificate$/,
      verdict: "protected",
      reason: /requires a client certificate/,
    } as const;
    return [server, { ...server, title: `${server.title}, asked as Redis`, entry: "redis" }];
  }),
  {
    title: "Memcached",
    needs: ["memcached"],
    plan: memcached(),
    service: /^Memcached \d+\.\d+/,
    verdict: "exposed",
  },
  {
    title: "Memcached with users",
    needs: ["memcached"],
    plan: memcached("admin:secret"),
    service: /^Memcached$/,
    verdict: "protected",
    reason: /requires authentication/,
  },
  {
    title: "etcd",
    needs: ["etcd"],
    plan: etcd(),
    service: /^HTTP$/,
    verdict: "exposed",
    entry: "etcd",
  },
  {
    title: "etcd with users",
    needs: ["etcd"],
    plan: etcdWithUsers(),
    service: /^HTTP$/,
    verdict: "protected",
    entry: "etcd",
  },
  {
    title: "etcd with users, and with version 2 of its store, which has none of them",
    needs: ["etcd"],
    plan: etcdWithUsers("--enable-v2"),
    service: /^HTTP$/,
    verdict: "exposed",
    entry: "etcd",
  },
  {
    title: "etcd that requires a client certificate",
    needs: ["etcd"],
    plan: etcd(...etcdTls, "--client-cert-auth", `--trusted-ca-file=${certificate}`),
    service: /^unknown service, it requires a client certificate$/,
    verdict: "protected",
    reason: /requires a client certificate/,
    entry: "etcd",
  },
  {
    title: "ZooKeeper",
    needs: ["java"],
    skip: noZookeeper,
    plan: zookeeper(),
    service: /^ZooKeeper \d+\.\d+\.\d+$/,
    verdict: "exposed",
    reason: /lists its root/,
  },
  {
    title: "ZooKeeper that requires authentication",
    needs: ["java"],
    skip: noZookeeper,
    plan: zookeeper(
      "sessionRequireClientSASLAuth=true",
      "authProvider.sasl=org.apache.zookeeper.server.auth.SASLAuthenticationProvider",
    ),
    service: /^ZooKeeper \d+\.\d+\.\d+$/,
    verdict: "protected",
  },
]);
