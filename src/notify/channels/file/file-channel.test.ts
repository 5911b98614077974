import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { contractMessage, never } from "../../../../test/notify/channel-contract.ts";
import { FileChannel } from "./file-channel.ts";

const { fileName = "" } = contractMessage;
const jsonName = "Buero_20260105_080000.json";

class Folder implements Disposable {
  readonly path = mkdtempSync(path.join(os.tmpdir(), "harbinger-reports-"));

  read(name: string): string {
    return readFileSync(path.join(this.path, name), "utf8");
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Root may write anywhere, so the test runs as another user for a while. */
function asOrdinaryUser(): Disposable {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  return {
    [Symbol.dispose]() {
      if (isRoot) process.seteuid?.(0);
    },
  };
}

describe("reports as files", () => {
  test("contain the text, and beside it the machine-readable report, private to their owner", async () => {
    using folder = new Folder();

    await new FileChannel({ directory: folder.path }).send(contractMessage, "", never());

    assert.deepEqual(readdirSync(folder.path).sort(), [jsonName, fileName]);
    assert.equal(folder.read(fileName), contractMessage.text);
    assert.equal(folder.read(jsonName), contractMessage.json);
    if (process.platform !== "win32") assert.equal(statSync(path.join(folder.path, fileName)).mode & 0o777, 0o600);
  });

  test("contain the HTML form if requested", async () => {
    using folder = new Folder();

    await new FileChannel({ directory: folder.path, html: true }).send(contractMessage, "", never());

    assert.equal(folder.read("Buero_20260105_080000.html"), contractMessage.html);
  });

  test("create a missing folder", async () => {
    using folder = new Folder();

    await new FileChannel({ directory: path.join(folder.path, "a", "b") }).send(contractMessage, "", never());

    assert.equal(folder.read(path.join("a", "b", fileName)), contractMessage.text);
  });

  test("are not changed by a repeated delivery, which completes what was cut off", async () => {
    using folder = new Folder();
    const channel = new FileChannel({ directory: folder.path });

    await channel.send(contractMessage, "", never());
    rmSync(path.join(folder.path, fileName));
    const outcome = await channel.send(contractMessage, "", never());

    assert.equal(outcome.kind, "delivered");
    assert.deepEqual(readdirSync(folder.path).sort(), [jsonName, fileName]);
  });

  test("never overwrite another report of the same name", async () => {
    using folder = new Folder();
    const channel = new FileChannel({ directory: folder.path });
    const texts = ["one\n", "two\n", "six\n"];

    for (const text of texts) await channel.send({ ...contractMessage, text, json: `"${text}"` }, "", never());
    for (const text of texts) await channel.send({ ...contractMessage, text, json: `"${text}"` }, "", never());

    const names = [fileName, "Buero_20260105_080000_2.txt", "Buero_20260105_080000_3.txt"];
    assert.deepEqual(
      names.map((name) => folder.read(name)),
      texts,
    );
    assert.equal(readdirSync(folder.path).length, 6);
  });

  test("reject a name that leads elsewhere", async () => {
    using folder = new Folder();
    for (const wrong of ["../escape.txt", "/tmp/escape.txt", ".hidden", undefined]) {
      const { fileName: _, ...message } = contractMessage;
      const outcome = await new FileChannel({ directory: folder.path }).send(
        wrong === undefined ? message : { ...message, fileName: wrong },
        "",
        never(),
      );
      assert.equal(outcome.kind, "rejected");
    }
    assert.deepEqual(readdirSync(folder.path), []);
  });

  test("in a folder without write permission are retried, and the folder is named", async (t) => {
    if (process.platform === "win32") return t.skip("file modes mean nothing here");
    using folder = new Folder();
    chmodSync(folder.path, 0o555);

    using _ordinary = asOrdinaryUser();
    const outcome = await new FileChannel({ directory: folder.path }).send(contractMessage, "", never());

    assert.ok(outcome.kind === "retry");
    assert.match(outcome.reason, /permission denied/);
    assert.ok(outcome.reason.includes(folder.path));
  });

  for (const [state, options, words] of [
    ["full", "size=64k", /no space is left/],
    ["read-only", "ro", /read-only/],
  ] as const) {
    test(`on a disk that is ${state} are retried, the disk is named, and no partial file stays`, async (t) => {
      using folder = new Folder();
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", options, "none", folder.path], { stdio: "ignore" });
      } catch {
        return t.skip("mounting needs root on Linux");
      }
      try {
        const channel = new FileChannel({ directory: folder.path });
        const outcome = await channel.send({ ...contractMessage, text: "x".repeat(100_000) }, "", never());

        assert.ok(outcome.kind === "retry");
        assert.match(outcome.reason, words);
        assert.ok(outcome.reason.includes(folder.path));
        assert.ok(!readdirSync(folder.path).some((name) => name.endsWith(".txt") || name.endsWith(".tmp")));
      } finally {
        execFileSync("umount", [folder.path]);
      }
    });
  }
});
