// Unknown names and numbers on the command line, and listing commands before anything is stored.
import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { openStore } from "../../src/store/open-store.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { fillStore } from "./examined-store.ts";

const configuration = `watches: { office: { label: Office, targets: 10.0.0.0/24, ports: 443 } }
listeners: { decoy: { host: 127.0.0.1, ports: 1417 } }
alerts: { email: me@example.org }
email: { smtp_server: 127.0.0.1, use_tls: false }
`;

describe("an unknown name or number", () => {
  test("is reported with the nearest existing name, and ends with status 1", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    writeFileSync(path.join(folder.path, "harbinger.yaml"), configuration);
    for (const [args, expected] of [
      [["hosts", "--watch", "lanweb2"], /there is no watch "lanweb2"\nDid you mean "lan-web"\?/],
      [["hosts", "--watch", "ofice"], /Did you mean "office"\?/],
      [["hosts", "--watch", "garage"], /There are: office, lan-web\./],
      [["hosts", "--watch", "nolan", "--json"], /there is no watch "nolan"/],
      [["reports", "--label", "wbe"], /there is no label "wbe"\nDid you mean "Web"\?/],
      [["connections", "--listener", "decoi"], /there is no listener "decoi"\nDid you mean "decoy"\?/],
      [["reports", "show", "999"], /there is no report 999\nharbinger reports lists them/],
      [["deliveries", "retry", "999"], /there is no delivery 999\nharbinger deliveries lists them/],
    ] as const) {
      const { status, stdout, stderr } = await harbinger(args, { directory: folder.path });
      assert.deepEqual([status, stdout], [1, ""], args.join(" "));
      assert.match(stderr, expected);
    }
  });

  test("is not one that exists and has nothing to show", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    writeFileSync(path.join(folder.path, "harbinger.yaml"), configuration);
    for (const args of [
      ["hosts", "--watch", "office"],
      ["hosts", "--watch", "lan-web", "--state", "gone"],
      ["reports", "--label", "Office"],
      ["connections", "--listener", "decoy"],
    ]) {
      const { status, stdout, stderr } = await harbinger(args, { directory: folder.path });
      assert.deepEqual([status, stdout], [0, ""], stderr);
      assert.notEqual(stderr, "");
    }
  });

  test("does not affect the other deliveries of the command", async () => {
    using folder = temporaryFolder();
    const id = await fillStore(folder.path);
    const { status } = await harbinger(["deliveries", "retry", String(id), "999"], { directory: folder.path });
    assert.equal(status, 1);
    const { stderr } = await harbinger(["deliveries", "retry", String(id)], { directory: folder.path });
    assert.equal(stderr, `${id} was already due.\n`);
  });
});

describe("an unknown command or option", () => {
  test("is wrong usage, reported with the nearest existing name", async () => {
    using folder = temporaryFolder();
    for (const [args, expected] of [
      [["hots"], /unknown command "hots"\nDid you mean "hosts"\?/],
      [["reports", "shwo", "3"], /unknown command "shwo" in "reports"\nDid you mean "show"\?/],
      [["deliveries", "rety", "3"], /Did you mean "retry"\?/],
      [["config", "chek"], /Did you mean check\?/],
      [["hosts", "--jsn"], /Did you mean --json\?/],
      [["connections", "--protocol", "htp"], /Did you mean "http"\?/],
    ] as const) {
      const { status, stdout, stderr } = await harbinger(args, { directory: folder.path });
      assert.deepEqual([status, stdout], [2, ""], args.join(" "));
      assert.match(stderr, expected);
    }
  });
});

describe("a list before anything is stored", () => {
  test("is empty, not a failure, and shows what to do next", async () => {
    using folder = temporaryFolder();
    for (const command of ["hosts", "certificates", "connections", "reports", "deliveries"]) {
      for (const args of [[command], [command, "--json"]]) {
        const { status, stdout, stderr } = await harbinger(args, { directory: folder.path });
        assert.deepEqual([status, stdout], [0, ""], stderr);
        assert.match(stderr, /^Nothing is stored yet.*harbinger run/s);
      }
    }
    assert.deepEqual(readdirSync(folder.path), [], "a lookup creates no database");
  });
});

describe("harbinger deliveries", () => {
  test("names the file of a report, and its folder", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    writeFileSync(path.join(folder.path, "harbinger.yaml"), `${configuration}reports: { directory: written }\n`);
    const { stdout } = await harbinger(["deliveries"], { directory: folder.path });
    assert.match(stdout, /waiting +file +written\/r\.txt +Report/);
    const reports = await harbinger(["reports"], { directory: folder.path });
    assert.match(reports.stdout, /waiting +written\/r\.txt +Report/);
  });

  test("counts all that were given up or have no recipient any more, also those beyond the listed ones", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    writeFileSync(path.join(folder.path, "harbinger.yaml"), configuration);
    {
      await using store = await openStore({ location: `sqlite:${path.join(folder.path, "harbinger.db")}` });
      const to = (recipient: string) => ({ label: "Web", channel: "mail", recipient, watches: [] });
      for (const name of ["a", "b", "c"]) await store.deliveries.gather(to(name), 1);
      for (const name of ["d", "e"]) {
        const { deliveryId } = await store.deliveries.gather(to(name), 1);
        await store.deliveries.compose(deliveryId, { messageId: `<${name}@test>`, date: 1, subject: "s", text: "t" });
        await store.deliveries.claim({ at: 1, limit: 9 });
        await store.deliveries.recordOutcome(deliveryId, { kind: "rejected", reason: "no such user" }, { at: 1 });
      }
    }
    const notesOf = async (...args: readonly string[]) =>
      (await harbinger(["deliveries", "--limit", "1", ...args], { directory: folder.path })).stderr;
    for (const args of [[], ["--json"]]) {
      const notes = await notesOf(...args);
      assert.match(notes, /^3 deliveries are kept open /m);
      assert.match(notes, /^2 messages were given up: /m);
    }
    assert.doesNotMatch(await notesOf("--state", "dead"), /kept open/);
    assert.doesNotMatch(await notesOf("--state", "waiting"), /given up|kept open/);
  });
});

describe("harbinger reports", () => {
  test("names the state of a report as harbinger deliveries does, and its JSON keeps the stored name", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    writeFileSync(path.join(folder.path, "harbinger.yaml"), configuration);
    assert.match(
      (await harbinger(["reports"], { directory: folder.path })).stdout,
      / waiting +reports\/r\.txt +Report/,
    );
    assert.match((await harbinger(["reports", "--json"], { directory: folder.path })).stdout, /"state":"queued"/);
  });
});
