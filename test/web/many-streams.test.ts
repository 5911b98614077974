/** Ten thousand clients that hold a connection for an event stream, at the same time. */
import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { descriptorBudget } from "../../src/platform/descriptors.ts";
import { AttackedWeb, memoryOf, password, statusOf } from "./attacked-web.ts";
import { until } from "./running-web.ts";

const count = 10_000;
const atOnce = 500;
/** Of one address the program admits 16, and of one token 64. */
const addresses = 1000;
const tokens = Array.from({ length: 5 }, (_, index) => `read-0123456789abcdefgh-${index}`);
const tooFew = descriptorBudget().limit < count + 500 && "needs more open files";
const skip = process.platform === "linux" ? tooFew : "reads the memory from /proc";

interface Asked {
  readonly socket: net.Socket;
  text: string;
  isClosed: boolean;
}

function askFrom(web: AttackedWeb, index: number, credentials: string): Asked {
  const at = index % addresses;
  const localAddress = `127.0.${10 + Math.floor(at / 200)}.${1 + (at % 200)}`;
  const socket = net.connect({ port: web.port, host: "127.0.0.1", localAddress });
  const asked = { socket, text: "", isClosed: false };
  socket.setEncoding("latin1").on("data", (text: string) => (asked.text += text));
  socket.on("error", () => {}).once("close", () => (asked.isClosed = true));
  socket.write(`GET /api/v1/events HTTP/1.1\r\nHost: ${web.host}\r\n${credentials}\r\n\r\n`);
  return asked;
}

const isLive = ({ text, isClosed }: Asked) => !isClosed && statusOf(text) === 200;

test(`${count} event streams at once: some are admitted, the others are told when to come again, and users are served`, {
  skip,
}, async (t) => {
  const accounts = tokens.map((token, index) => [`reader-${index}`, { token }]);
  await using web = await AttackedWeb.start({ tokens: Object.fromEntries(accounts) });
  const { cookie } = await web.login("ann", password);
  const mine = Array.from({ length: 4 }, (_, index) => askFrom(web, index, `Cookie: ${cookie}`));
  await until("the streams of a user", () => mine.every(isLive));
  const before = memoryOf(web.pid);
  const all: Asked[] = [];
  let slowestMs = 0;
  for (let index = 0; index < count; index += atOnce) {
    const some = Array.from({ length: atOnce }, (_, each) =>
      askFrom(web, index + each, `Authorization: Bearer ${tokens[each % tokens.length]}`),
    );
    all.push(...some);
    await until("answers", () => some.every(({ text, isClosed }) => isClosed || text.includes("\r\n\r\n")));
    const startedAt = performance.now();
    assert.equal((await web.ask("GET /healthz")).status, 200);
    assert.equal((await web.ask("GET /api/v1/overview", { Cookie: cookie })).status, 200);
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
  }
  const growth = memoryOf(web.pid) - before;
  const statuses = Map.groupBy(all, ({ text }) => statusOf(text));
  const numbers = [...statuses].map(([status, of]) => `${of.length} with ${status || "no answer"}`);
  t.diagnostic(
    `${numbers.join(", ")}; ${Math.round(growth / 2 ** 20)} MiB more; slowest pair of answers ${Math.round(slowestMs)} ms`,
  );
  const admitted = all.filter(isLive);
  assert.ok(admitted.length > 200 && admitted.length <= 256, `${admitted.length} streams are open`);
  for (const [at, token] of tokens.entries()) {
    const ofToken = admitted.filter((asked) => all.indexOf(asked) % tokens.length === at);
    assert.ok(ofToken.length <= 64, `${ofToken.length} streams of ${token}`);
  }
  const refused = statuses.get(429) ?? [];
  assert.ok(refused.length > count / 2, numbers.join());
  for (const { text } of refused) {
    assert.match(text, /\r\nretry-after: \d+\r\n/i);
    assert.match(text, /"error":"too-many-streams"/);
  }
  assert.deepEqual(
    [...statuses.keys()].filter((status) => ![0, 200, 429].includes(status)),
    [],
  );
  assert.ok(growth < 150 * 2 ** 20, `${growth} bytes`);
  assert.ok(mine.every(isLive), "the streams of the user go on");
  // A heartbeat comes every 15 seconds.
  const received = mine.map(({ text }) => text.length);
  await until("something on each", () => mine.every(({ text }, index) => text.length > (received[index] ?? 0)), 40_000);
  for (const { socket } of all) socket.destroy();
  await until("room for a new stream", async () => {
    const asked = askFrom(web, 900, `Cookie: ${cookie}`);
    await until("an answer", () => asked.isClosed || asked.text.includes("\r\n\r\n"));
    asked.socket.destroy();
    return statusOf(asked.text) === 200;
  });
  for (const { socket } of mine) socket.destroy();
});
