import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import type { Connection } from "../../../src/core/connection.ts";
import { findProgram } from "../../../src/platform/programs.ts";
import { temporaryFolder } from "../../harness/cli.ts";
import { hangLimitMs } from "../../harness/hang-limit.ts";
import { startXServer, whyNoXServer } from "../../harness/x-server.ts";
import { Decoy, ownAddress } from "../decoy.ts";

/** A common client, and what a decoy must report. */
export interface RealClient {
  /** What it does, as the name of the test: `curl requests a page`. */
  readonly does: string;
  readonly program: string;
  /** `PORT` becomes the decoy's port, and `HOST` its address. */
  readonly words: readonly string[];
  /** The decoy's port, if the bytes prove nothing on another. Default: a free one. */
  readonly port?: number;
  /** `PORT` in it becomes the decoy's port. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A file of the client's, by its name in the home folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** The decoy's banner, for clients that wait for one. */
  readonly banner?: string;
  /** The typed text; standard input stays open after it. Without it there is no standard input. */
  readonly typed?: string;
  /** The text typed at each prompt of the client, instead of all of it at once. */
  readonly answers?: { readonly prompt: RegExp; readonly typed: readonly string[] };
  /** It opens a window. */
  readonly needsDisplay?: true;
  readonly expect: (connection: Connection) => void;
}

/** The password of every client: no output may contain it. */
export const password = "hunter2-of-a-test";

/** Registers a test for each: it runs against a separate decoy, and its first connection is checked. */
export function testClients(theme: string, clients: readonly RealClient[]): void {
  describe(theme, () => {
    for (const client of clients) {
      test(client.does, { skip: whyNot(client) ?? false, timeout: hangLimitMs }, async () => {
        const connection = await firstConnection(client);
        client.expect(connection);
        assert.ok(!JSON.stringify(connection.identification).includes(password), "the password is told");
        const payload = Buffer.from(connection.payload).toString("latin1");
        for (const secret of [password, Buffer.from(password).toString("base64").replace(/=+$/, "")]) {
          assert.ok(!payload.includes(secret), "the password is kept");
        }
      });
    }
  });
}

function whyNot(client: RealClient): string | undefined {
  if (findProgram(client.program) === undefined) return `${client.program} is not installed`;
  if (client.port !== undefined && process.platform !== "linux") return "an address of its own needs Linux";
  if ((client.port ?? 1024) < 1024 && process.getuid?.() !== 0) return `port ${client.port} needs root`;
  return client.needsDisplay === true ? whyNoXServer() : undefined;
}

async function firstConnection(client: RealClient): Promise<Connection> {
  // Without the client's own settings, keys and histories.
  using home = temporaryFolder();
  await using screen = client.needsDisplay === true ? await startXServer() : undefined;
  const host = client.port === undefined ? "127.0.0.1" : ownAddress;
  await using decoy = await Decoy.start({
    ...(client.port !== undefined && { host, ports: [client.port] }),
    banner: client.banner ?? "",
    // If something other than time ends the connection, the time limit is ample.
    capture: { client_time: client.banner === undefined ? "30s" : "100ms", banner_time: "30s" },
  });
  const withPlace = (text: string) => text.replaceAll("PORT", `${decoy.port}`).replaceAll("HOST", host);
  const words = client.words.map(withPlace);
  for (const [name, text] of Object.entries(client.files ?? {})) writeFileSync(path.join(home.path, name), text);
  const child = spawn(client.program, words, {
    cwd: home.path,
    env: {
      PATH: process.env["PATH"],
      HOME: home.path,
      LC_ALL: "C",
      ...(screen !== undefined && { DISPLAY: screen.display }),
      ...Object.fromEntries(Object.entries(client.environment ?? {}).map(([name, text]) => [name, withPlace(text)])),
    },
    stdio: [client.typed === undefined && client.answers === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  const output = outputOf(child);
  child.stdin?.on("error", () => {});
  child.stdin?.write(client.typed ?? "");
  if (client.answers !== undefined) answerPrompts(child, client.answers);
  try {
    return await Promise.race([decoy.one(), ended.then(() => afterTheEnd(decoy, client, output))]);
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

/** A client may end before its connection is closed here; one that never connected prints the reason. */
async function afterTheEnd(decoy: Decoy, client: RealClient, output: () => string): Promise<Connection> {
  const { accepted } = decoy.counters;
  if (accepted === 0) throw new Error(`${client.program} ended without a connection:\n${output()}`);
  return await decoy.one();
}

function answerPrompts(child: ChildProcess, { prompt, typed }: NonNullable<RealClient["answers"]>): void {
  let fresh = "";
  let next = 0;
  child.stdout?.on("data", (chunk: string) => {
    fresh += chunk;
    if (!prompt.test(fresh)) return;
    fresh = "";
    child.stdin?.write(typed[next++] ?? "");
  });
}

function outputOf(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(0, 4000);
    });
  }
  return () => text;
}
