/** As accepted-works.test.ts, for targets, ports, durations, HTTP requests and file paths. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import type { Config } from "../../src/config/config.ts";
import { loadText } from "../../src/config/load.ts";
import { formatPorts, isPort, parsePorts } from "../../src/core/ports.ts";
import { FileChannel } from "../../src/notify/channels/file/file-channel.ts";
import { ntfyOptions, ntfySchema } from "../../src/notify/channels/ntfy/channel.ts";
import { NtfyChannel } from "../../src/notify/channels/ntfy/ntfy-channel.ts";
import { webhookOf, webhookSchema } from "../../src/notify/channels/webhook/channel.ts";
import { type Webhook, WebhookChannel } from "../../src/notify/channels/webhook/webhook-channel.ts";
import { doublingSchedule, nextAttemptAt } from "../../src/notify/outbox/retry-schedule.ts";
import { resolveTargets } from "../../src/outbound/scan/targets/resolve-targets.ts";
import { systemRandom } from "../../src/platform/system-clock.ts";
import { openStore } from "../../src/store/open-store.ts";
import { HttpServer } from "../harness/http-server.ts";
import { contractMessage, never } from "../notify/channel-contract.ts";

const watch = { targets: "127.0.0.1", ports: 22 };

function checked(file: object): Config | undefined {
  const outcome = loadText(stringify(file), "harbinger.yaml", {
    file: undefined,
    explicit: true,
    environment: {},
    interfaces: {},
  });
  return outcome.kind === "config" ? outcome.config : undefined;
}

/** The webhook `hook` of an accepted configuration. */
function hookOf(file: object): Webhook | undefined {
  const found = checked(file)?.channels.find(({ name }) => name === "hook");
  return found === undefined ? undefined : webhookOf(webhookSchema.parse(found.section));
}

const octet = fc.oneof(fc.nat(255), fc.constantFrom(256, -1)).map(String);
const ipv4 = fc.oneof(
  fc.ipV4(),
  fc.tuple(octet, octet, octet, octet).map((parts) => parts.join(".")),
);
const target = fc.oneof(
  ipv4,
  fc.ipV6(),
  fc.tuple(fc.oneof(ipv4, fc.ipV6()), fc.nat(140)).map(([address, length]) => `${address}/${length}`),
  fc.tuple(ipv4, fc.oneof(octet, ipv4)).map(([first, last]) => `${first}-${last}`),
  fc.tuple(fc.ipV6(), fc.constantFrom("eth0", "1", "", " ", "\u0000")).map(([address, zone]) => `${address}%${zone}`),
  fc.domain(),
  fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
  fc.constantFrom(
    "localhost",
    "*",
    "0.0.0.0/0",
    "::/0",
    "010.0.0.1",
    "1.2.3",
    "::ffff:10.0.0.1",
    "10.0.0.1:80",
    "a b",
    "-x",
    "10.0.0.0/33",
  ),
);

test("every accepted target and exclusion can be scanned or resolved", async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(target, { minLength: 1, maxLength: 3 }),
      fc.array(target, { maxLength: 2 }),
      async (targets, exclude) => {
        const config = checked({
          watches: { w: { ...watch, targets, exclude } },
          scope: { allow: ["0.0.0.0/0", "::/0"] },
        });
        const plan = config?.watches[0]?.scan;
        if (config === undefined || plan?.targets === undefined) return;
        accepted += 1;
        const asked: string[] = [];
        const outcome = await resolveTargets({
          targets: plan.targets,
          exclude: plan.exclude ?? [],
          scope: config.scope,
          async lookup(name) {
            asked.push(name);
            return [{ address: "192.0.2.1" }];
          },
          hostless: [],
        });
        for (const name of asked) assert.match(name, /^[\p{L}\p{N}\p{M}._-]{1,253}$/u, JSON.stringify(targets));
        // An accepted target can only fail because its exclusions leave nothing of it.
        if (outcome.kind === "bad")
          assert.match(outcome.reason, /exclude|nothing|no address/i, JSON.stringify([targets, exclude, outcome]));
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(accepted > 20, String(accepted));
});

test("every accepted list of ports can be scanned, written and read again", () => {
  const number = fc.oneof(fc.nat(70_000), fc.constantFrom(0, 1, 65_535, 65_536, -1, 22.5));
  const ports = fc.oneof(
    number,
    fc.array(
      fc.oneof(
        number,
        fc.tuple(number, number).map(([a, b]) => `${a}-${b}`),
      ),
      { maxLength: 5 },
    ),
    fc.array(number, { maxLength: 5 }).map((list) => list.join(",")),
    fc.string({ maxLength: 12 }),
    fc.constantFrom("-", "all", "1-", "-5", "22,,80", "22-22", "443-80", "http", "0x16", "1e3", " 22 ", "२२"),
  );
  let accepted = 0;
  fc.assert(
    fc.property(ports, (given) => {
      const kept = checked({ watches: { w: { ...watch, ports: given } } })?.watches[0]?.ports;
      if (kept === undefined) return;
      accepted += 1;
      assert.ok(kept.length > 0 && kept.every(isPort), JSON.stringify(given));
      assert.equal(new Set(kept).size, kept.length);
      const again = parsePorts(formatPorts(kept));
      assert.deepEqual(
        again.kind === "ports" && again.ports.toSorted((a, b) => a - b),
        kept.toSorted((a, b) => a - b),
      );
    }),
    { numRuns: 500 },
  );
  assert.ok(accepted > 100, String(accepted));
});

const amount = fc.oneof(fc.nat(100), fc.constantFrom(0, 25, 1000, 2_147_483_648, 1e12, 9e15));
const duration = fc.oneof(
  fc.tuple(amount, fc.constantFrom("ms", "s", "m", "h", "d", "w", "y", "")).map((parts) => parts.join("")),
  fc.constantFrom("1.5h", "1h30m", "0.0001s", "100000000w", "forever", "30 s", "-1s", "30d", "25d"),
);

test("every accepted duration can be used as a timer and added to the current time", async () => {
  await using server = await HttpServer.start();
  let accepted = 0;
  const at = Date.now();
  const isInstant = (instant: number) => assert.doesNotThrow(() => new Date(instant).toISOString(), String(instant));
  await fc.assert(
    fc.asyncProperty(duration, async (text) => {
      const retries = checked({
        notify: { first_retry: text, longest_retry: text, give_up_after: text, attempt_limit: text },
        watches: { w: watch },
      });
      if (retries !== undefined) {
        accepted += 1;
        const { firstRetryMs, maxRetryMs, giveUpAfterMs, attemptLimitMs } = retries.delivery;
        const schedule = doublingSchedule({ firstMs: firstRetryMs, maxMs: maxRetryMs, giveUpAfterMs });
        for (const attempts of [1, 5, 100]) {
          const next = nextAttemptAt(schedule, { attempts, createdAt: at, at }, systemRandom);
          if (next !== undefined) isInstant(next);
        }
        isInstant(at + giveUpAfterMs);
        isInstant(at + attemptLimitMs);
      }
      const kept = checked({ retention: { reports: text, connections: text }, watches: { w: watch } })?.retention;
      if (kept !== undefined) for (const ms of [kept.reportsMs, kept.connectionsMs]) isInstant(at - ms);
      const seen = checked({ watches: { w: { ...watch, recheck: text } } })?.watches[0]?.recheckMs;
      if (seen !== undefined) isInstant(at - seen);
      const decoy = { ports: 2222, cooldown: text };
      const cooldown = checked({ listeners: { decoy }, alerts: { cooldown: text } });
      if (cooldown !== undefined)
        isInstant(at + cooldown.alerts.cooldown.cooldownMs + cooldown.alerts.cooldown.forgetMs);
      const hook = hookOf({
        notify: { webhooks: { hook: { url: server.url, timeout: text } } },
        watches: { w: watch },
      });
      if (hook !== undefined) {
        const channel = new WebhookChannel({
          webhook: hook,
          name: "hook",
          clock: { now: () => at },
        });
        const outcome = await channel.send(contractMessage, "hook", never());
        assert.equal(outcome.kind, "delivered", JSON.stringify([text, outcome]));
      }
    }),
    { numRuns: 200 },
  );
  assert.ok(accepted > 30, String(accepted));
});

test("every accepted header and topic reaches the server unchanged", async () => {
  await using server = await HttpServer.start();
  const name = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,20}$/),
    fc.constantFrom(
      "Host",
      "Content-Length",
      "Transfer-Encoding",
      "Connection",
      "__proto__",
      "Expect",
      "Upgrade",
      "X:Y",
      "",
      "ä",
      "Trailer",
      "TE",
    ),
  );
  const value = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ maxLength: 40 }),
    fc.constantFrom("a\r\nX: y", "ü", "\u0000", " ", "", "100-continue", "chunked", "close", "5"),
  );
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(name, value, async (header, text) => {
      const headers = Object.fromEntries([[header, text]]);
      const hook = hookOf({
        notify: { webhooks: { hook: { url: server.url, headers, timeout: "5s" } } },
        watches: { w: watch },
      });
      if (hook === undefined) return;
      accepted += 1;
      const channel = new WebhookChannel({ webhook: hook, name: "hook", clock: { now: () => 0 } });
      const outcome = await channel.send(contractMessage, "hook", never());
      assert.equal(outcome.kind, "delivered", JSON.stringify([headers, outcome]));
      assert.equal(server.received.at(-1)?.headers[header.toLowerCase()], text.trim(), JSON.stringify(headers));
    }),
    { numRuns: 400 },
  );
  assert.ok(accepted > 50, String(accepted));
  const topic = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9_-]{1,70}$/),
    fc.string({ minLength: 1, maxLength: 20 }),
    fc.constantFrom("..", "a/b", "a?b", "json", "v1", "%2e", "__proto__"),
  );
  await fc.assert(
    fc.asyncProperty(topic, async (given) => {
      const config = checked({ notify: { ntfy: { server: server.url, topic: given } }, watches: { w: watch } });
      const found = config?.channels.find(({ name }) => name === "ntfy");
      if (found === undefined) return;
      const channel = new NtfyChannel({ ...ntfyOptions(ntfySchema.parse(found.section)), clock: { now: () => 0 } });
      const outcome = await channel.send(contractMessage, given, never());
      assert.equal(outcome.kind, "delivered", JSON.stringify([given, outcome]));
      assert.equal(server.received.at(-1)?.path.split("?")[0]?.split("/").at(-1), given);
    }),
    { numRuns: 200 },
  );
});

test("every accepted report folder and database file can be written", async () => {
  const root = mkdtempSync(path.join(tmpdir(), "accepted-folders-"));
  const before = process.cwd();
  process.chdir(root);
  try {
    const place = fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }),
      fc.constantFrom(
        "a/b/c",
        "./x",
        " ",
        "a b",
        "ü",
        "\u0000",
        "a\u0000b",
        "x".repeat(300),
        "~",
        "-rf",
        "a\nb",
        "sqlite",
        "C:\\x",
        "file:x?mode=ro",
        ":memory:",
        "x?y",
        "x#y",
      ),
    );
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(place, async (given) => {
        // Only in the folder of this test.
        if (path.relative(root, path.resolve(root, given)).startsWith("..")) return;
        const directory = checked({ reports: { directory: given, save_to_file: true }, watches: { w: watch } })?.reports
          .directory;
        if (directory !== undefined) {
          accepted += 1;
          const outcome = await new FileChannel({ directory }).send(
            { ...contractMessage, fileName: "report" },
            "",
            never(),
          );
          assert.equal(outcome.kind, "delivered", JSON.stringify([given, outcome]));
        }
        const store = checked({ store: `sqlite:db-${given}`, watches: { w: watch } })?.store;
        if (store !== undefined) await tryAndClose(await openStore({ ...store, thread: "caller" }));
      }),
      { numRuns: 60 },
    );
    assert.ok(accepted > 20, String(accepted));
    assert.ok(readdirSync(root).length > 10);
  } finally {
    process.chdir(before);
    rmSync(root, { recursive: true, force: true });
  }
});

async function tryAndClose(
  store: AsyncDisposable & { readonly services: { count(): Promise<number> } },
): Promise<void> {
  assert.equal(await store.services.count(), 0);
  await store[Symbol.asyncDispose]();
}
