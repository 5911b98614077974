import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import path from "node:path";
import { test } from "node:test";
import { listening } from "../check/run-check.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { repository } from "./markdown.ts";
import { SampleTree, sampleBlocks } from "./sample-tree.ts";

/** A server that sends `answer(line)` for each line. */
function answering(answer: (line: string) => string) {
  const server = createServer((socket) => {
    socket.setEncoding("latin1").on("data", (text: string) => socket.write(answer(text.trim()), "latin1"));
  });
  return listening(server);
}

test("the modules that docs/extending-check.md shows compile, keep the rules, and check a server", async () => {
  using tree = new SampleTree();
  using folder = temporaryFolder();
  const page = readFileSync(path.join(repository, "docs/extending-check.md"), "utf8");

  const files = tree.apply(sampleBlocks(page));

  assert.deepEqual(files, [
    "src/outbound/check/memcached-version/memcached-version-check.ts",
    "src/core/check.ts",
    "src/outbound/check/registry.ts",
    "src/outbound/check/exposure/http-stores.ts",
    "src/wire/nsq/server.ts",
    "src/outbound/check/service/protocols/nsq.ts",
    "src/outbound/check/service/protocols.ts",
  ]);
  assert.equal(await tree.problems(files), "");

  const run = (...args: string[]) => harbinger(["check", ...args], { directory: folder.path, launcher: tree.launcher });

  await using memcached = await answering((line) => (line === "version" ? "VERSION 1.6.18\r\n" : "ERROR\r\n"));
  const port = String(memcached.port);
  const recent = await run("memcached-version", "127.0.0.1", port, "--json");
  assert.equal(recent.status, 0, recent.stderr);
  const { passed, facts }: Record<string, unknown> = Object(JSON.parse(recent.stdout));
  assert.deepEqual([passed, facts], [true, { version: "1.6.18" }]);
  const old = await run("memcached-version", "127.0.0.1", port, "--at-least", "2");
  assert.deepEqual([old.status, old.stdout], [1, "Memcached 1.6.18 is older than 2\n"]);
  const wrong = await run("memcached-version", "127.0.0.1", port, "--at-least", "0");
  assert.equal(wrong.status, 2, wrong.stdout);
  assert.match(wrong.stderr, /--at-least takes a number from 1 to 99/);
  const help = await run("memcached-version", "--help");
  assert.match(help.stdout, /--at-least <major> +pass only with this major version/);
  assert.match((await run("memcached-versoin", "127.0.0.1", port)).stderr, /Did you mean memcached-version\?/);

  const collections = '{"result":{"collections":[{"name":"photos"}]},"status":"ok","time":0.00001}';
  await using qdrant = await listening(
    createHttpServer((_request, response) => {
      response.setHeader("Content-Type", "application/json");
      response.end(collections);
    }),
  );
  const listed = await run("qdrant", "127.0.0.1", String(qdrant.port));
  assert.equal(listed.status, 0, listed.stderr);
  assert.match(listed.stdout, /^exposed: Qdrant: lists its collections/);

  const settings = '{"max_rdy_count":2500,"version":"1.2.1","auth_required":false}';
  const size = Buffer.alloc(8);
  size.writeUInt32BE(settings.length + 4);
  await using nsq = await answering((line) =>
    line.includes("IDENTIFY") ? `${size.toString("latin1")}${settings}` : "",
  );
  const opened = await run("nsq", "127.0.0.1", String(nsq.port));
  assert.match(opened.stdout, /^exposed: NSQ 1\.2\.1: accepts clients without authentication/);
  const identified = await run("service", "127.0.0.1", String(nsq.port));
  assert.equal(identified.stdout, "NSQ 1.2.1\n");
});
