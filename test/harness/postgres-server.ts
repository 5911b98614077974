import { execFileSync, spawn } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { findProgram } from "../../src/platform/programs.ts";
import { freePort } from "./free-port.ts";

export interface PostgresServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Ends the server as a crash would, and waits until it is gone. */
  kill(): Promise<void>;
  /**
   * Ends the server and starts it again, with its data and on its port. `fast` rolls back open transactions and closes every
   * connection; `crash` leaves everything for recovery at the start.
   * @param pauseMs how long it is down
   */
  restart(how: "fast" | "crash", pauseMs?: number): Promise<void>;
}

/** Why no PostgreSQL server can be started here, or `undefined` if it can. */
export function postgresMissing(): string | undefined {
  return programFolder() === undefined
    ? "PostgreSQL's server programs (initdb, postgres) are not installed"
    : undefined;
}

/**
 * A real server with its own empty cluster, on a free port of the loopback unless one is given. It ends with the returned
 * object.
 */
export async function startPostgres(
  options: { readonly address?: string; readonly port?: number } = {},
): Promise<PostgresServer> {
  const programs = programFolder();
  if (programs === undefined) throw new Error(postgresMissing());
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-postgres-"));
  const data = path.join(folder, "data");
  const owner = serverUser();
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const identity = owner === undefined ? {} : { uid: owner.uid, gid: owner.gid };
  execFileSync(
    path.join(programs, "initdb"),
    ["-D", data, "-U", "harbinger", "-A", "trust", "-E", "UTF8", "--no-sync"],
    {
      ...identity,
      cwd: folder,
      stdio: "pipe",
    },
  );
  const address = options.address ?? "127.0.0.1";
  const port = options.port ?? (await freePort());
  const settings = ["-c", `listen_addresses=${address}`, "-c", "fsync=off", "-c", `unix_socket_directories=${folder}`];
  const begin = () =>
    startServer(path.join(programs, "postgres"), ["-D", data, "-p", String(port), ...settings], {
      ...identity,
      cwd: folder,
    });
  let server: RunningServer;
  try {
    server = await begin();
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const end = async (signal: NodeJS.Signals) => {
    await server.end(signal);
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    url: `postgres://harbinger@${address}:${port}/postgres`,
    port,
    kill: () => end("SIGQUIT"),
    async restart(how, pauseMs = 0) {
      await server.end(how === "fast" ? "SIGINT" : "SIGQUIT");
      if (pauseMs > 0) await delay(pauseMs);
      server = await begin();
    },
    [Symbol.asyncDispose]: () => end("SIGINT"),
  };
}

interface RunningServer {
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Resolves when it accepts connections. */
async function startServer(
  program: string,
  parameters: readonly string[],
  options: { readonly uid?: number; readonly gid?: number; readonly cwd: string },
): Promise<RunningServer> {
  const server = spawn(program, parameters, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  let log = "";
  await new Promise<void>((resolve, reject) => {
    server.stderr.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-10_000);
      if (log.includes("ready to accept connections")) resolve();
    });
    server.once("exit", () => reject(new Error(`postgres ended at start:\n${log}`)));
  });
  return {
    async end(signal) {
      server.kill(signal);
      await Promise.race([ended, delay(10_000, undefined, { ref: false })]);
    },
  };
}

/** The server's user writes the certificate and key, so that it owns them. */
export async function turnTlsOn(
  url: string,
  certificate: { readonly chain: string; readonly key: string },
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const [file, text] of [
    ["server.crt", certificate.chain],
    ["server.key", certificate.key],
  ] as const) {
    const base64 = Buffer.from(text).toString("base64");
    await client.query(`copy (select '${base64}') to program 'base64 -d >${file} && chmod 600 ${file}'`);
  }
  await client.query("alter system set ssl = on");
  await client.query("select pg_reload_conf()");
  for (let attempt = 0; attempt < 500; attempt++) {
    const { rows } = await client.query<{ ssl: string }>("select current_setting('ssl') as ssl, pg_sleep(0.02)");
    if (rows[0]?.ssl === "on") break;
  }
  await client.end();
}

function programFolder(): string | undefined {
  const onPath = findProgram("initdb");
  if (onPath !== undefined) return path.dirname(onPath);
  // Debian installs each version's server programs outside the search path.
  const root = "/usr/lib/postgresql";
  try {
    const newest = readdirSync(root).sort((a, b) => Number(b) - Number(a))[0];
    return newest === undefined ? undefined : path.join(root, newest, "bin");
  } catch {
    return undefined;
  }
}

/** PostgreSQL refuses to run as root, so it runs as its own system user then. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "latin1" }));
  return { uid: id("-u"), gid: id("-g") };
}
