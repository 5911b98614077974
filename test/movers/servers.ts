import { connect } from "node:net";
import { exposureCatalogue } from "../../src/outbound/check/exposure/catalogue.ts";
import { inFrontOf, kafkaBroker } from "../check/kafka-broker.ts";
import { type Listener, silentServer, talking } from "../check/run-check.ts";
import { httpCases } from "../check-servers/http-cases.ts";
import { httpCaseServer } from "../check-servers/http-server.ts";
import { mosquitto, nats } from "../check-servers/plans/brokers.ts";
import { sshd } from "../check-servers/plans/desktops.ts";
import { memcached } from "../check-servers/plans/stores.ts";
import { protocolCases } from "../check-servers/protocol-cases.ts";
import { startServer } from "../check-servers/real-server.ts";
import { type Script, scriptedServer } from "../check-servers/scripted-server.ts";
import { DnsServer, names } from "../enrich/dns-server.ts";
import { startNginx } from "../harness/nginx.ts";

/**
 * A program: a server for each port of an earlier configuration, real ones where they are cheap, all on loopback. It
 * prints their ports as one line of JSON, and ends with its standard input.
 *
 *     node test/movers/servers.ts CHAIN KEY      the certificate of its HTTPS
 */
export interface MoversServers {
  /** The port that is scanned, and the one on loopback that answers. */
  readonly tcp: readonly (readonly [asked: number, own: number])[];
  readonly udp: readonly (readonly [asked: number, own: number])[];
}

const real = { 22: sshd, 1883: mosquitto(true), 4222: nats(), 11211: memcached() };

/** By the bytes of their cases: the catalogue's name, and which case. */
const scripted: readonly (readonly [port: number, entry: string, verdict: string])[] = [
  [389, "ldap", "exposed"],
  [1433, "mssql", "protected"],
  [1527, "derby", "protected"],
  [2181, "zookeeper", "exposed"],
  [3306, "mysql", "protected"],
  [3389, "rdp", "protected"],
  [5432, "postgresql", "protected"],
  [5701, "hazelcast", "exposed"],
  [8101, "karaf", "protected"],
  [9042, "cassandra", "exposed"],
  [10800, "ignite", "exposed"],
  [27017, "mongodb", "exposed"],
  [41414, "flume", "exposed"],
  [47500, "ignite-discovery", "inconclusive"],
  [61613, "stomp", "protected"],
];

const web: readonly (readonly [port: number, entry: string, verdict: "exposed" | "protected"])[] = [
  [2375, "docker", "exposed"],
  [2379, "etcd", "exposed"],
  [5984, "couchdb", "exposed"],
  [7001, "weblogic", "protected"],
  [7474, "neo4j", "exposed"],
  [8081, "flink", "exposed"],
  [8086, "influxdb", "exposed"],
  [8090, "confluence", "exposed"],
  [8111, "teamcity", "exposed"],
  [8123, "clickhouse", "exposed"],
  [8161, "activemq", "protected"],
  [8181, "karaf-web", "protected"],
  [8888, "jmeter", "exposed"],
  [9000, "graylog", "exposed"],
  [9060, "websphere", "protected"],
  [9870, "hadoop-namenode", "exposed"],
  [9990, "wildfly", "protected"],
  [15672, "rabbitmq-management", "exposed"],
];

async function start(chainFile: string, keyFile: string): Promise<MoversServers> {
  const nginx = await startNginx({ chainFile, keyFile });
  const broker = await kafkaBroker();
  const dns = await DnsServer.start(() => names("host.example.org"));
  const tcp: [number, number][] = [
    [53, (await silentServer()).port],
    [80, nginx.port],
    [443, nginx.tlsPort],
    [8080, nginx.port],
    [9092, broker.port],
    [9093, (await inFrontOf(broker.port)).port],
  ];
  const started = Object.entries(real).map(
    async ([port, plan]) => [Number(port), (await startServer(plan)).port] as const,
  );
  for (const [port, own] of await Promise.all(started)) tcp.push([port, own]);
  for (const [port, name, verdict] of scripted) {
    const cases = protocolCases[name]?.filter((kase) => kase.verdict === verdict) ?? [];
    const kase = cases.find(({ scripts }) => scripts.length === 1) ?? cases[0];
    if (kase === undefined) throw new Error(`no case of ${name}`);
    tcp.push([port, (await byFirstRequest(kase.scripts)).port]);
  }
  for (const [port, name, verdict] of web) {
    const entry = exposureCatalogue.find((candidate) => candidate.name === name);
    const answer = httpCases[name]?.[verdict][0];
    if (entry?.kind !== "http" || answer === undefined) throw new Error(`no case of ${name}`);
    const path = answer.path ?? entry.requests[0]?.path;
    tcp.push([port, (await httpCaseServer(answer, { path, tls: false })).port]);
  }
  return { tcp, udp: [[53, Number(dns.endpoint.split(":")[1])]] };
}

/** Scripts of one case follow each other; here the order of clients is unknown, so the first request chooses. */
async function byFirstRequest(scripts: readonly Script[]): Promise<Listener> {
  if (scripts.length === 1) return await scriptedServer(scripts);
  const own = await Promise.all(
    scripts.map(async (script) => ({ script, port: (await scriptedServer([script])).port })),
  );
  return await talking((socket) => {
    socket.once("data", (first: Buffer) => {
      const chosen = own.find(({ script }) => asksFor(script, first));
      if (chosen === undefined) {
        socket.destroy();
        return;
      }
      const behind = connect(chosen.port, "127.0.0.1");
      behind.on("error", () => socket.destroy());
      socket.on("error", () => behind.destroy());
      behind.write(first);
      socket.pipe(behind).pipe(socket);
    });
  });
}

function asksFor(script: Script, first: Buffer): boolean {
  const request = script.steps?.[0]?.request;
  if (request === undefined) return false;
  return request instanceof RegExp
    ? request.test(first.toString("latin1"))
    : first.subarray(0, request.length).equals(request);
}

if (import.meta.main) {
  const [chainFile, keyFile] = process.argv.slice(2);
  if (chainFile === undefined || keyFile === undefined) throw new Error("usage: servers.ts CHAIN KEY");
  process.stdout.write(`${JSON.stringify(await start(chainFile, keyFile))}\n`);
  process.stdin.resume().on("end", () => process.exit(0));
}
