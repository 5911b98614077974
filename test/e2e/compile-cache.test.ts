// Where short commands keep compiled code: bin/compile-cache.js.
import assert from "node:assert/strict";
import { chmodSync, lchownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { privateFolder } from "../../bin/compile-cache.js";
import { harbinger } from "../harness/cli.ts";

const posix = { skip: process.platform === "win32" ? "POSIX only" : false };
const asRoot = { skip: process.getuid?.() !== 0 ? "needs root" : false };
const other = 10_001;
/** Not that of the bundle of the tests, which has a cache of its own. */
const launcher = path.join(import.meta.dirname, "..", "..", "bin", "harbinger.js");

describe("the cache of compiled code", posix, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-cache-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function place(name: string): string {
    const made = path.join(folder, name);
    mkdirSync(made);
    return made;
  }

  async function start(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
    const { status, stderr } = await harbinger(["identify", "--help"], { directory: folder, launcher, environment });
    assert.equal(status, 0, stderr);
  }

  test("is in the home of the user, accessible to nobody else, and not among the temporary files", async () => {
    const home = place("home");
    const temporary = place("temporary");
    await start({ HOME: home, XDG_CACHE_HOME: undefined, TMPDIR: temporary });
    assert.deepEqual(readdirSync(temporary), []);
    const cache = path.join(home, ".cache", "harbinger");
    assert.equal(statSync(cache).mode & 0o777, 0o700);
    assert.notDeepEqual(readdirSync(cache), []);
  });

  test("is in XDG_CACHE_HOME where that is set, and where NODE_COMPILE_CACHE says", async () => {
    const home = place("other-home");
    const [cache, chosen] = [place("xdg"), place("chosen")];
    await start({ HOME: home, XDG_CACHE_HOME: cache });
    assert.deepEqual(readdirSync(cache), ["harbinger"]);
    const xdg = place("second-xdg");
    await start({ HOME: home, XDG_CACHE_HOME: xdg, NODE_COMPILE_CACHE: chosen });
    assert.notDeepEqual(readdirSync(chosen), []);
    await start({ HOME: home, XDG_CACHE_HOME: xdg, NODE_DISABLE_COMPILE_CACHE: "1" });
    assert.deepEqual([...readdirSync(home), ...readdirSync(xdg)], []);
  });

  test("is nowhere without a home, or in one that does not exist", async () => {
    const home = path.join(folder, "nowhere");
    const temporary = place("second-temporary");
    await start({ HOME: home, XDG_CACHE_HOME: undefined, TMPDIR: temporary });
    assert.equal(statSync(home, { throwIfNoEntry: false }), undefined);
    assert.deepEqual(readdirSync(temporary), []);
  });

  test("is not in a folder to which others can write", () => {
    const parent = place("parent");
    mkdirSync(path.join(parent, "cache"));
    assert.equal(privateFolder(parent, ["cache"]), path.join(parent, "cache"));
    for (const mode of [0o770, 0o707, 0o1777]) {
      chmodSync(path.join(parent, "cache"), mode);
      assert.equal(privateFolder(parent, ["cache"]), undefined, mode.toString(8));
    }
    chmodSync(path.join(parent, "cache"), 0o700);
    chmodSync(parent, 0o777);
    assert.equal(privateFolder(parent, ["cache"]), undefined);
    // As /tmp: others cannot exchange what is ours.
    chmodSync(parent, 0o1777);
    assert.equal(privateFolder(parent, ["cache"]), path.join(parent, "cache"));
  });

  test("is not in a folder or behind a link of another user, nor below one", asRoot, () => {
    const parent = place("of-several");
    const foreign = path.join(parent, "foreign");
    mkdirSync(foreign);
    lchownSync(foreign, other, other);
    assert.equal(privateFolder(parent, ["foreign"]), undefined);
    assert.equal(privateFolder(foreign, ["cache"]), undefined);
    assert.deepEqual(readdirSync(foreign), [], "nothing is made there either");
    const own = path.join(parent, "own");
    mkdirSync(own);
    const link = path.join(parent, "link");
    symlinkSync(own, link);
    assert.equal(privateFolder(parent, ["link"]), own);
    lchownSync(link, other, other);
    assert.equal(privateFolder(parent, ["link"]), undefined);
    const through = path.join(parent, "through");
    symlinkSync("foreign/../own", through);
    assert.equal(privateFolder(parent, ["through", "cache"]), path.join(own, "cache"), "names are resolved first");
    const chain = path.join(parent, "chain");
    symlinkSync("link", chain);
    assert.equal(privateFolder(parent, ["chain"]), undefined, "a link of ours to another user's link");
  });

  test("is not behind links that lead nowhere or in a circle", () => {
    const parent = place("circles");
    symlinkSync("circle", path.join(parent, "circle"));
    assert.equal(privateFolder(parent, ["circle"]), undefined);
    assert.equal(privateFolder(path.join(parent, "circle"), ["cache"]), undefined);
  });

  test("of a user whose home root uses is not root's", asRoot, async () => {
    const home = place("of-ann");
    const temporary = place("third-temporary");
    lchownSync(home, other, other);
    await start({ HOME: home, XDG_CACHE_HOME: undefined, TMPDIR: temporary });
    assert.deepEqual([...readdirSync(home), ...readdirSync(temporary)], []);
  });
});
