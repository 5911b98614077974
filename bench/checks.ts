import { createServer, type Server, type Socket } from "node:net";
import { parseArgs } from "node:util";
import pMap from "p-map";
import { type Address, parseAddress } from "../src/core/address.ts";
import { runCommandLineWithChecks } from "../src/outbound/check/post-command/command-line-with-checks.ts";
import { createPostCommand } from "../src/outbound/check/post-command/post-command.ts";
import { createChecks } from "../src/outbound/check/registry.ts";
import { systemClock } from "../src/platform/system-clock.ts";

/**
 * New hosts with three checks each (port, tls, http): all at once, as a run examines them, against one host after
 * the other, in one run. The hosts are loopback addresses with one slow web server behind them (an answer takes
 * `--delay` ms, as over a network); one host in the middle is a tarpit, which accepts and never sends anything.
 *
 *     node bench/checks.ts                      500 hosts, 20 ms (a minute)
 */
const { values } = parseArgs({
  options: {
    hosts: { type: "string", default: "500" },
    delay: { type: "string", default: "20" },
  },
});

const count = Number(values.hosts);
const delayMs = Number(values.delay);
const script = (name: string) => `python post_command/${name}.py`;
const commandLine =
  `${script("port_check")} {host} {port} && ` +
  `(${script("tls_check")} {host} {port} || ${script("http_check")} {host} {port} http /status)`;

function webServer(socket: Socket): void {
  socket.on("error", () => {});
  if (socket.localAddress === tarpitHost) {
    socket.resume();
    return;
  }
  socket.once("data", (chunk) => {
    const isHttp = chunk.toString("latin1", 0, 4) === "GET ";
    const answer = isHttp
      ? "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nall is well"
      : "HTTP/1.1 400 Bad Request\r\n\r\n";
    setTimeout(() => socket.end(answer), delayMs);
  });
}

async function listen(server: Server, address: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, address, resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return bound.port;
}

function hostAt(index: number): Address {
  const address = parseAddress(`127.20.${index >> 8}.${index & 255}`);
  if (address === undefined) throw new Error("no address");
  return address;
}

const tarpitHost = hostAt(count >> 1);
const web = createServer(webServer);
const port = await listen(web, "0.0.0.0", 0);
const hosts = Array.from({ length: count }, (_, index) => ({ host: hostAt(index), port }));
const checks = createChecks({ directory: process.cwd(), clock: systemClock });

async function measure(name: string, concurrency: number) {
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  let well = 0;
  let othersSeconds = 0;
  let tarpitSaid = "";
  let tarpitSeconds = 0;
  const runPostCommand = createPostCommand({ runCommandLine: runCommandLineWithChecks({ checks }) });
  const { signal } = new AbortController();
  await pMap(
    hosts,
    async (target) => {
      const { evidence = "" } = (await runPostCommand(commandLine, target, signal)) ?? {};
      if (target.host === tarpitHost) {
        tarpitSaid = evidence;
        // In sequence, it is the time since the previous host.
        tarpitSeconds = elapsed() - othersSeconds;
        return;
      }
      if (evidence.includes("all is well")) well += 1;
      othersSeconds = elapsed();
    },
    { concurrency },
  );
  const seconds = elapsed();
  const figures = [`${seconds.toFixed(2)} s`, `all but the tarpit after ${othersSeconds.toFixed(2)} s`];
  process.stdout.write(`${name.padEnd(32)} ${figures.join(", ")}; ${well} of ${count - 1} answered\n`);
  if (well !== count - 1) process.exitCode = 1;
  return { seconds, othersSeconds, tarpitSaid, tarpitSeconds };
}

process.stdout.write(`${count} hosts, port, tls and http each, answers after ${delayMs} ms, one host a tarpit\n`);
const parallel = await measure("64 hosts at once", 64);
const serial = await measure("one host after the other", 1);
const times = (a: number, b: number) => (a / b).toFixed(1);
const others = times(serial.seconds - serial.tarpitSeconds, parallel.othersSeconds);
process.stdout.write(`${times(serial.seconds, parallel.seconds)} times as fast; without the tarpit ${others} times\n`);
process.stdout.write(`the tarpit: ${parallel.tarpitSaid.replaceAll("\n", " / ")}\n`);
web.close();
process.exit();
