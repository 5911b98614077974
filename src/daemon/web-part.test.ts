import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { after, before, test } from "node:test";
import { temporaryFolder } from "../../test/harness/cli.ts";
import { freePort } from "../../test/harness/free-port.ts";
import { idleProgram } from "../../test/harness/nothing-running.ts";
import type { Config } from "../config/config.ts";
import { loadText } from "../config/load.ts";
import type { Log } from "../core/log.ts";
import type { Store } from "../core/store.ts";
import { systemClock } from "../platform/system-clock.ts";
import { openStore } from "../store/open-store.ts";
import { hashPassword } from "../web/access/password-hash.ts";
import { WebPart } from "./web-part.ts";

const folder = temporaryFolder();
let store: Store | undefined;
let hash = "";
before(async () => {
  store = await openStore({ location: `${folder.path}/harbinger.db`, thread: "caller" });
  hash = await hashPassword("secret");
});
after(async () => {
  await store?.[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function configured(web: object): Config {
  const text = JSON.stringify({ web });
  const outcome = loadText(text, "harbinger.yaml", { file: "harbinger.yaml", explicit: true, environment: {} });
  if (outcome.kind === "invalid") throw new Error(JSON.stringify(outcome.problems));
  return outcome.config;
}

function partWith(web: object) {
  const warnings: string[] = [];
  const warn: Log["warn"] = (message, fields) => void warnings.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug() {}, info() {}, warn, error: warn };
  assert.ok(store !== undefined);
  const context = { ...idleProgram, store, clock: systemClock, log, version: "1" };
  const part = new WebPart(configured(web).web, context);
  return { part, warnings };
}

async function reload(part: WebPart, web: object): Promise<void> {
  const replacement = await part.prepare(configured(web));
  replacement?.commit();
  await replacement?.finish?.();
}

/** A reload closes the connections of the server that it replaces. */
const oneRequest = { connection: "close" };

const status = async (port: number, headers: Record<string, string> = {}) =>
  (await fetch(`http://127.0.0.1:${port}/api/v1/health`, { headers: { ...oneRequest, ...headers } })).status;

async function login(port: number): Promise<{ readonly cookie: string }> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/session`, {
    method: "POST",
    headers: { ...oneRequest, "content-type": "application/json" },
    body: JSON.stringify({ name: "ann", password: "secret" }),
  });
  assert.equal(answer.status, 200);
  return { cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "" };
}

async function occupied(): Promise<{ readonly port: number; readonly server: net.Server }> {
  const port = await freePort();
  const server = net.createServer((socket) => socket.destroy()).listen(port, "127.0.0.1");
  await once(server, "listening");
  return { port, server };
}

test("logins survive a reload that does not concern their user, and no other", async () => {
  const [port, nextPort] = [await freePort(), await freePort()];
  const listen = `127.0.0.1:${port}`;
  const ann = { password: hash, role: "operate" };
  const { part } = partWith({ listen, users: { ann } });
  await using _ = part;
  await part.start();
  const cookie = await login(port);
  await reload(part, { listen, users: { ann, bob: { password: hash } }, session: "1h" });
  assert.equal(await status(port, cookie), 200);
  await reload(part, { listen: `127.0.0.1:${nextPort}`, users: { ann } });
  assert.equal(await status(nextPort, cookie), 200);
  await assert.rejects(status(port), "the old address is closed");
  await reload(part, { listen, users: { bob: { password: hash } } });
  assert.equal(await status(port, cookie), 401);
});

test("a login does not come back with its user: a reload without the user, or with another role, has ended it", async () => {
  const port = await freePort();
  const listen = `127.0.0.1:${port}`;
  const bob = { password: hash };
  const before = { listen, users: { ann: { password: hash, role: "operate" }, bob } };
  const { part } = partWith(before);
  await using _ = part;
  await part.start();
  for (const between of [
    { listen, users: { bob } },
    { listen, users: { ann: { password: hash, role: "read" }, bob } },
    { listen },
    { listen: "off", users: { bob } },
  ]) {
    const cookie = await login(port);
    await reload(part, before);
    assert.equal(await status(port, cookie), 200);
    await reload(part, between);
    await reload(part, before);
    assert.equal(await status(port, cookie), 401, JSON.stringify(between));
  }
});

test("a reload to an address that cannot be opened is refused, and the old one stays", async () => {
  const port = await freePort();
  const other = await occupied();
  const { part } = partWith({ listen: `127.0.0.1:${port}` });
  await using _ = part;
  await part.start();
  await assert.rejects(part.prepare(configured({ listen: `127.0.0.1:${other.port}` })), { code: "address-in-use" });
  assert.equal(await status(port), 200);
  const { server } = other;
  server.close();
});

test("a reload that is abandoned leaves the old settings in use", async () => {
  const port = await freePort();
  const listen = `127.0.0.1:${port}`;
  const { part } = partWith({ listen });
  await using _ = part;
  await part.start();
  const replacement = await part.prepare(configured({ listen, users: { ann: { password: hash } } }));
  await replacement?.abandon?.();
  assert.equal(await status(port), 200, "no login is needed");
});

test("a port in use is a warning with a remedy, and the next reload tries again", async () => {
  const { port, server } = await occupied();
  const listen = `127.0.0.1:${port}`;
  const { part, warnings } = partWith({ listen });
  await using _ = part;
  await part.start();
  assert.match(warnings.join("\n"), /no pages and no API .*Set web\.listen to another port, or to off/);
  server.close();
  await once(server, "close");
  await reload(part, { listen });
  assert.equal(await status(port), 200);
});

test("the pages can be switched off and on", async () => {
  const port = await freePort();
  const { part } = partWith({ listen: "off" });
  await using _ = part;
  await part.start();
  await reload(part, { listen: `127.0.0.1:${port}` });
  assert.equal(await status(port), 200);
  await reload(part, { listen: "off" });
  await assert.rejects(status(port));
});
