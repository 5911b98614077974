import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { bareRoot, whyNoBareRoot } from "./bare-root.ts";

describe("a bare root", { skip: whyNoBareRoot() ?? false, concurrency: true }, () => {
  test("is a Debian without Node, whose processes and network are its own", async () => {
    await using root = await bareRoot();
    assert.match(readFileSync(path.join(root.path, "etc/debian_version"), "utf8"), /^12\./);
    const node = await root.run(["sh", "-c", "command -v node npm"]);
    assert.deepEqual([node.status, node.stdout], [127, ""]);
    const links = await root.run(["ls", "/sys/class/net"]);
    assert.equal(links.stdout, "lo\n");
    const processes = await root.run(["sh", "-c", "echo /proc/[0-9]*"]);
    assert.match(processes.stdout, /^\/proc\/1 \/proc\/\d+ \/proc\/\d+\n$/);
    const variables = await root.run(["env"], { environment: { PW_PORT: "1417" } });
    assert.match(variables.stdout, /^PATH=.*\nHOME=\/root\nLANG=C.UTF-8\nPW_PORT=1417\n$/);
  });

  test("is not changed by another machine, and its files can be read and written from outside", async () => {
    await using one = await bareRoot();
    await using other = await bareRoot();
    writeFileSync(path.join(one.path, "srv/file"), "of one");
    const made = await one.run(["sh", "-c", "cat > /srv/made; cat /srv/file; rm /etc/debian_version"], {
      input: "of us",
    });
    assert.deepEqual([made.status, made.stdout], [0, "of one"]);
    assert.equal(readFileSync(path.join(one.path, "srv/made"), "utf8"), "of us");
    assert.equal(existsSync(path.join(other.path, "srv/file")), false);
    assert.equal(existsSync(path.join(other.path, "etc/debian_version")), true);
  });

  test("runs a command as another user, with the given capabilities", async () => {
    await using root = await bareRoot();
    const status = ["grep", "-E", "^(Uid|CapEff|CapBnd)", "/proc/self/status"];
    const netRaw = "0000000000002000";
    const some = await root.run(status, { uid: 10_001, capabilities: ["net_raw"] });
    assert.equal(some.stdout, `Uid:\t10001\t10001\t10001\t10001\nCapEff:\t${netRaw}\nCapBnd:\t${netRaw}\n`);
    const none = await root.run(status, { capabilities: [] });
    assert.equal(none.stdout, "Uid:\t0\t0\t0\t0\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n");
    const user = await root.run(["touch", "/etc/file"], { uid: 10_001, directory: "/tmp" });
    assert.match(user.stderr, /Permission denied/);
  });

  test("ends the processes left in it, and is deleted", async () => {
    let place: string;
    {
      await using root = await bareRoot();
      place = root.path;
      const left = await root.run(["sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 & echo $!"]);
      assert.equal(left.status, 0);
      assert.equal(existsSync(path.join(place, "proc", left.stdout.trim(), "status")), true);
    }
    assert.equal(existsSync(place), false);
  });
});
