import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { StoredConnection } from "../../src/core/connection-store.ts";
import { openPort } from "../harness/open-port.ts";
import { type ConnectResult, connectTo, freePorts, Reloading } from "../harness/reloading.ts";

const windows = process.platform === "win32" && "Windows has no SIGHUP";
const quiet = `alerts: { notify: [], ignore: { loopback: false } }
enrich: { rdns: { enabled: false }, geoip: { country_data: false } }
`;

/** Connections that begin each second, as evenly as the machine can. */
const perSecond = 1000;
const seconds = 5;

describe("a reload under load", { skip: windows }, () => {
  test("refuses no client and records every connection, while listeners change", async (t) => {
    const [steady = 0, kept = 0, gone = 0, come = 0] = await freePorts(4);
    const limits = "limits: { connections: 20000, per_address: 20000 }";
    const one = `listeners:
  steady: { host: 127.0.0.1, ports: ${steady}, ${limits} }
  changing: { host: 127.0.0.1, ports: [${kept}, ${gone}], ${limits} }
${quiet}`;
    const other = `listeners:
  steady: { host: 127.0.0.1, ports: ${steady}, ${limits} }
  changing: { host: 127.0.0.1, ports: [${kept}, ${come}], banner: hello, cooldown: 1m, ${limits} }
${quiet}`;
    await using decoys = await Reloading.start(one);
    const load = knockAgainAndAgain([steady, kept], perSecond * seconds);
    let reloads = 0;
    for (; reloads < 10; reloads++) {
      decoys.write(reloads % 2 === 0 ? other : one);
      await decoys.hangUp();
    }
    const results = await load;
    const { status, stderr } = await decoys.stop();
    assert.equal(status, 0, stderr);

    const stored = await decoys.stored();
    for (const port of [steady, kept]) {
      const own = results.get(port) ?? [];
      assert.deepEqual(
        own.filter(({ isConnected }) => !isConnected),
        [],
        `port ${port}`,
      );
      assert.equal(stored.filter(({ local }) => local.port === port).length, own.length, `port ${port}`);
    }
    assert.equal(new Set(stored.map(({ id }) => id)).size, perSecond * seconds);
    t.diagnostic(`${reloads} reloads, ${perSecond * seconds} connections made, ${stored.length} recorded`);
  });

  test("closes removed ports and opens new ones; open connections end under their own rules", async () => {
    const [kept = 0, gone = 0, come = 0] = await freePorts(3);
    const time = "capture: { client_time: 2s }";
    await using decoys = await Reloading.start(
      `listeners: { decoy: { host: 127.0.0.1, ports: [${kept}, ${gone}], banner: "first", ${time} } }\n${quiet}`,
    );
    // Silent, so that they wait for the banner.
    const waiting = [greeting(kept), greeting(gone)];
    await Promise.all(waiting.map(({ connected }) => connected));
    decoys.write(
      `listeners: { decoy: { host: 127.0.0.1, ports: [${kept}, ${come}], banner: "second", ${time} } }\n${quiet}`,
    );
    const { status, stdout } = await decoys.reload();
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`listener decoy: \\+ port ${come}, - port ${gone}, banner`));
    assert.deepEqual(await Promise.all(waiting.map(({ text }) => text)), ["first", "first"]);
    assert.deepEqual(await Promise.all([greeting(kept).text, greeting(come).text]), ["second", "second"]);
    assert.equal((await connectTo(gone)).error, "ECONNREFUSED");
  });

  test("changes from every address to one and back on the same port", async () => {
    const [port = 0, next = 0] = await freePorts(2);
    const everywhere = `listeners: { decoy: { ports: ${port} } }\n${quiet}`;
    await using decoys = await Reloading.start(everywhere);
    const made: (number | undefined)[] = [];
    const connect = async (why?: string) => {
      const { error, clientPort } = await connectTo(port);
      assert.equal(error, undefined, why);
      made.push(clientPort);
    };
    decoys.write(`listeners: { decoy: { host: 127.0.0.1, ports: ${port} } }\n${quiet}`);
    assert.equal((await decoys.reload()).status, 0);
    await connect();
    await using taken = await openPort("127.0.0.1", next);
    decoys.write(`listeners: { decoy: { ports: [${port}, ${taken.port}] } }\n${quiet}`);
    assert.equal((await decoys.reload()).status, 1);
    await connect("what was closed for it is open again");
    decoys.write(everywhere);
    assert.equal((await decoys.reload()).status, 0);
    await connect();
    await decoys.stop();
    // On every address of this machine: what looks for closed ports meanwhile is recorded, too.
    const own = (await decoys.stored()).filter(({ peer }) => made.includes(peer.port));
    assert.deepEqual(
      own.map(({ peer }) => peer.port),
      made,
    );
  });
});

describe("a configuration with an error", () => {
  test("changes nothing, and the command prints the reason with the place", async () => {
    const [port = 0, other = 0] = await freePorts(2);
    const good = `listeners: { decoy: { host: 127.0.0.1, ports: ${port} } }\n${quiet}`;
    await using decoys = await Reloading.start(good);
    const refused = async (reason: RegExp) => {
      const { status, stdout, stderr } = await decoys.reload();
      assert.equal(status, 1, stdout + stderr);
      assert.match(stderr, reason);
      assert.match(stderr, /The running configuration is unchanged/);
      assert.equal((await connectTo(port)).error, undefined);
    };

    decoys.write(`listeners: { decoy: { host: 127.0.0.1, ports: ${other}, bannre: x } }\n${quiet}`);
    await refused(/harbinger\.yaml:1:\d+: listeners\.decoy\.bannre: unknown key\. Did you mean "banner"\?/);
    decoys.write(`listeners: { decoy: [\n`);
    await refused(/harbinger\.yaml:1:12: this bracket or brace is never closed/);
    rmSync(decoys.file("harbinger.yaml"));
    await refused(/harbinger\.yaml: no such file/);
    mkdirSync(decoys.file("harbinger.yaml"));
    await refused(/harbinger\.yaml: cannot be read: it is a folder/);
    rmSync(decoys.file("harbinger.yaml"), { recursive: true });
    decoys.write(quiet);
    await refused(/defines no watches or listeners/);

    await using taken = await openPort("127.0.0.1");
    decoys.write(`listeners: { decoy: { host: 127.0.0.1, ports: [${port}, ${other}, ${taken.port}] } }\n${quiet}`);
    await refused(new RegExp(`another program already listens on port ${taken.port} on 127.0.0.1`));
    assert.equal((await connectTo(other)).error, "ECONNREFUSED", "no other new port stays open");

    decoys.write(good);
    const { status, stdout } = await decoys.reload("--json");
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout), { reloaded: true, source: "harbinger.yaml", changes: [], warnings: [] });
    await decoys.stop();
    assert.equal((await decoys.stored()).filter(hasSent).length, 6);
  });

  test("requires a restart for another database", async () => {
    const [port = 0] = await freePorts(1);
    const good = `listeners: { decoy: { host: 127.0.0.1, ports: ${port} } }\n${quiet}`;
    await using decoys = await Reloading.start(good);
    decoys.write(`${good}store: other.db\n`);
    decoys.signal("SIGHUP");
    await decoys.waitForOutput(/store: changing the database needs a restart/);
    const { status, stderr } = await decoys.reload();
    assert.equal(status, 1);
    assert.match(stderr, /if store was changed in that file, restart it/);
    assert.deepEqual(
      readdirSync(decoys.folder).filter((name) => name.startsWith("other")),
      [],
    );
    assert.equal((await connectTo(port)).error, undefined);
  });

  test("fails if no process runs", async () => {
    await using decoys = new Reloading();
    decoys.write("listeners: { decoy: { host: 127.0.0.1, ports: 9 } }\n");
    const { status, stderr } = await decoys.reload();
    assert.equal(status, 1);
    assert.match(stderr, /nothing to reload: no running harbinger uses this database/);
  });
});

describe("many reloads", { skip: windows }, () => {
  test("leave no descriptor and no memory behind, and many signals cause few reloads", async (t) => {
    const [steady = 0, one = 0, other = 0] = await freePorts(3);
    const configuration = (port: number) => `listeners:
  steady: { host: 127.0.0.1, ports: ${steady}, cooldown: ${port % 50}m }
  changing: { host: 127.0.0.1, ports: ${port} }
watches: { own: { targets: [127.0.0.1], ports: ${port}, devices: false, schedule: "0 0 1 1 *", only_on_schedule: true } }
${quiet}`;
    await using decoys = await Reloading.start(configuration(one), "waiting for the next schedule");
    const reloadTimes = async (times: number) => {
      for (let time = 0; time < times; time++) {
        decoys.write(configuration(time % 2 === 0 ? other : one));
        await decoys.hangUp();
        await connectTo(steady);
      }
    };
    await reloadTimes(20);
    const before = usageOf(decoys.pid);
    await reloadTimes(100);
    const after = usageOf(decoys.pid);
    t.diagnostic(`after 20 reloads ${JSON.stringify(before)}, after 120 ${JSON.stringify(after)}`);
    assert.ok(after.descriptors <= before.descriptors, `${before.descriptors} -> ${after.descriptors}`);
    assert.ok(after.rssMiB - before.rssMiB < 20, `${before.rssMiB} -> ${after.rssMiB} MiB`);

    decoys.write(configuration(other));
    for (let time = 0; time < 200; time++) {
      decoys.signal("SIGHUP");
      await delay(1);
    }
    const last = await decoys.reload("--json");
    assert.equal(JSON.parse(last.stdout).reloaded, true);
    assert.equal((await connectTo(steady)).error, undefined);
    const { status } = await decoys.stop();
    assert.equal(status, 0);
    assert.equal((await decoys.stored()).filter(hasSent).length, 121);
  });
});

/** Not of another test that scans the ports of this machine: such a client sends nothing. */
function hasSent({ payload }: StoredConnection): boolean {
  return payload.length > 0;
}

function usageOf(pid: number): { readonly descriptors: number; readonly rssMiB: number } {
  const rss = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { descriptors: readdirSync(`/proc/${pid}/fd`).length, rssMiB: Math.round(Number(rss) / 1024) };
}

/** `count` connections in all, to each of `ports` in turn. */
async function knockAgainAndAgain(
  ports: readonly number[],
  count: number,
): Promise<ReadonlyMap<number, readonly ConnectResult[]>> {
  const begun: { readonly port: number; readonly made: Promise<ConnectResult> }[] = [];
  const startedAt = performance.now();
  while (begun.length < count) {
    const due = Math.min(count, Math.ceil(((performance.now() - startedAt) * perSecond) / 1000));
    while (begun.length < due) {
      const port = ports[begun.length % ports.length] ?? 0;
      begun.push({ port, made: connectTo(port) });
    }
    await delay(5);
  }
  const results = await Promise.all(begun.map(async ({ port, made }) => ({ port, result: await made })));
  return new Map(ports.map((port) => [port, results.filter((each) => each.port === port).map((each) => each.result)]));
}

/** A client that sends nothing, and what the decoy sends to it. */
function greeting(port: number): { readonly connected: Promise<unknown>; readonly text: Promise<string> } {
  const { promise: connected, resolve } = Promise.withResolvers<void>();
  const text = new Promise<string>((resolveText) => {
    const socket = net.connect({ port, host: "127.0.0.1" }, () => resolve());
    socket.on("error", (error) => resolveText(`${port}: ${error.message}`));
    socket.once("data", (chunk: Buffer) => {
      resolveText(chunk.toString("latin1"));
      socket.destroy();
    });
  });
  return { connected, text };
}
