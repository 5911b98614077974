import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findProgram } from "../../src/platform/programs.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { createHomeNetwork, type HomeNetwork } from "../harness/home-network.ts";
import { launcherOf } from "../harness/launchers.ts";
import { repository } from "./markdown.ts";

/**
 * Where the commands of the pages run: a separate network without a route to others, with the hosts that the pages name, a mail
 * server at mail.example.org port 25, and an ntfy server at ntfy.example.org port 80. Each page has one.
 */
export interface Sandbox extends AsyncDisposable {
  /** Where the commands are. */
  readonly folder: string;
  /** Runs a script of bash to its end, on the machine of the pages or on another host of their network. */
  run(script: string, host?: string): Promise<Outcome>;
  /** Starts a long-running command; resolves as soon as it reports that it runs. It is ended with the sandbox. */
  stay(command: string): Promise<{ readonly printed: () => string }>;
}

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly output: string;
}

const hosts = [
  { name: "admin", mac: "02:00:00:00:00:05", addresses: ["192.168.1.5/24", "192.168.50.5/24"] },
  {
    name: "router",
    mac: "e8:df:70:00:00:01",
    addresses: ["192.168.1.1/24", "192.168.50.1/24"],
    ports: { 80: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" },
  },
  {
    name: "nas",
    mac: "00:11:32:00:00:10",
    addresses: ["192.168.1.10/24", "192.168.50.10/24", "192.168.50.30/24", "192.168.1.7/24"],
    ports: { 22: "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n" },
  },
  {
    name: "telephone",
    mac: "da:a1:19:00:00:60",
    addresses: ["192.168.1.23/24", "192.168.50.20/24"],
  },
  { name: "services", mac: "02:00:00:00:00:25", addresses: ["192.168.1.25/24"] },
];

/** @param place a folder for this sandbox only; the caller removes it */
export async function openSandbox(place: string): Promise<Sandbox> {
  await using opening = new AsyncDisposableStack();
  const network = opening.use(await createHomeNetwork(hosts));
  opening.defer(nameHosts(network));
  opening.defer(await startServices(network, place));
  const bin = path.join(place, "programs");
  mkdirSync(bin);
  for (const name of ["harbinger", "portwatcher"] as const) {
    symlinkSync(launcherOf(name), path.join(bin, name));
  }
  const folder = path.join(place, "work");
  mkdirSync(folder);
  for (const name of ["bin", "bench", "package.json"])
    symlinkSync(path.join(repository, name), path.join(folder, name));
  return new RunningSandbox({ network, bin, folder, resources: opening.move() });
}

/** What `ip netns exec` mounts as /etc/hosts. */
function nameHosts(network: HomeNetwork): () => void {
  const [, args] = network.command("true", []);
  const folder = `/etc/netns/${args[2]}`;
  mkdirSync(folder, { recursive: true });
  const names = ["mail", "smtp", "ntfy"].map((name) => `192.168.1.25 ${name}.example.org`);
  writeFileSync(path.join(folder, "hosts"), ["127.0.0.1 localhost", "::1 localhost", ...names, ""].join("\n"));
  writeFileSync(path.join(folder, "resolv.conf"), "");
  return () => rmSync(folder, { recursive: true });
}

async function startServices(network: HomeNetwork, folder: string): Promise<() => Promise<void>> {
  const program = path.join(repository, "test/harness/inbox-process.ts");
  const inbox = path.join(folder, "inbox.jsonl");
  const [command, args] = network.on("services", process.execPath, [program, inbox, "0.0.0.0", "25", "80"]);
  const server = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  await Promise.race([
    once(server.stdout, "data"),
    once(server, "exit").then(() => Promise.reject(new Error("the mail server of the sandbox did not start"))),
  ]);
  return () => end(server, "SIGKILL");
}

/** The output of a running command: it listens, or it waits for the next time. */
const staysWords = /\blistening\b|waiting for the next/i;
const limitMs = hangLimitMs;

class RunningSandbox implements Sandbox {
  readonly folder: string;
  readonly #network: HomeNetwork;
  readonly #bin: string;
  readonly #resources: AsyncDisposableStack;
  readonly #staying: ChildProcess[] = [];

  constructor(options: {
    readonly network: HomeNetwork;
    readonly bin: string;
    readonly folder: string;
    readonly resources: AsyncDisposableStack;
  }) {
    this.folder = options.folder;
    this.#network = options.network;
    this.#bin = options.bin;
    this.#resources = options.resources;
  }

  async run(script: string, host = "admin"): Promise<Outcome> {
    const child = this.#start(`set -euo pipefail\n${script}`, host);
    let stdout = "";
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    const limit = setTimeout(() => child.kill("SIGKILL"), limitMs);
    const [status]: (number | null)[] = await once(child, "close");
    clearTimeout(limit);
    return { status: status ?? null, stdout, output };
  }

  async stay(command: string) {
    const child = this.#start(`exec env ${command}`);
    this.#staying.push(child);
    let output = "";
    const stays = new Promise<void>((resolve, reject) => {
      const look = (text: string) => {
        output += text;
        if (staysWords.test(output)) resolve();
      };
      child.stdout?.setEncoding("utf8").on("data", look);
      child.stderr?.setEncoding("utf8").on("data", look);
      child.once("close", (status) => reject(new Error(`it ended with status ${String(status)}:\n${output}`)));
      setTimeout(() => reject(new Error(`it does not say that it stays:\n${output}`)), limitMs).unref();
    });
    await stays;
    return { printed: () => output };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#staying.map((child) => end(child, "SIGTERM")));
    this.#endDaemons();
    await this.#resources.disposeAsync();
  }

  /** Background processes of a page are still in its network. */
  #endDaemons(): void {
    const [, args] = this.#network.command("true", []);
    const pids = execFileSync("ip", ["netns", "pids", args[2] ?? ""], { encoding: "utf8" });
    for (const pid of pids.split("\n").filter((line) => line !== "")) process.kill(Number(pid), "SIGKILL");
  }

  #start(script: string, host = "admin"): ChildProcess {
    const [command, args] = this.#network.on(host, "bash", ["-c", script]);
    return spawn(command, args, {
      cwd: this.folder,
      env: {
        PATH: [this.#bin, path.join(repository, "node_modules/.bin"), process.env["PATH"]].join(path.delimiter),
        HOME: this.folder,
        LANG: "C.UTF-8",
        NO_COLOR: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  const force = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await exited;
  clearTimeout(force);
}

/** Why there can be no sandbox here, or `false`. */
export function whyNoSandbox(): string | false {
  const missing = ["bash", "curl", "openssl", "ssh", "jq", "rsyslogd", "haproxy"].filter(
    (program) => findProgram(program) === undefined,
  );
  return missing.length > 0 && `not installed: ${missing.join(", ")}`;
}
