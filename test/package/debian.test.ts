// The Debian package, on Debian machines without any other part of the product.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { findProgram } from "../../src/platform/programs.ts";
import { artefact } from "../harness/artefacts.ts";
import { type BareRoot, bareRoot, type CommandOptions, whyNoBareRoot } from "../harness/bare-root.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { runWell } from "../harness/run-program.ts";

const root = path.join(import.meta.dirname, "..", "..");
const skip = whyNoBareRoot() ?? (findProgram("dpkg-shlibdeps") === undefined ? "dpkg-dev is not installed" : false);

async function must(machine: BareRoot, command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { status, stdout, stderr } = await machine.run(command, options);
  assert.equal(status, 0, `${command.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

async function machineWith(deb: string): Promise<BareRoot> {
  const machine = await bareRoot();
  copyFileSync(deb, path.join(machine.path, "tmp/new.deb"));
  return machine;
}

/** All files except those that dpkg, accounts and temporary files always leave. */
async function filesOf(machine: BareRoot): Promise<string[]> {
  const found = await must(machine, [
    ...[
      "find",
      "/",
      "-xdev",
      "(",
      "-path",
      "/proc",
      "-o",
      "-path",
      "/var/lib/dpkg",
      "-o",
      "-path",
      "/var/log/dpkg.log",
      ")",
    ],
    ...["-prune", "-o", "-printf", "%p %U %m\n"],
  ]);
  return found
    .split("\n")
    .filter(
      (line) =>
        !/^\/(?:tmp|run)\b|^\/etc\/(?:passwd|group|shadow|gshadow|subuid|subgid)-? |^\/var\/lib\/systemd/.test(line),
    )
    .sort();
}

/** The same package under another version, with a program that does nothing, because it is never started. */
async function asVersion(deb: string, version: string, folder: string): Promise<string> {
  const tree = path.join(folder, version);
  await runWell("dpkg-deb", ["-R", deb, tree]);
  copyFileSync("/bin/true", path.join(tree, "usr/bin/harbinger"));
  const control = path.join(tree, "DEBIAN", "control");
  writeFileSync(control, readFileSync(control, "utf8").replace(/^Version: .*$/m, `Version: ${version}`));
  const file = path.join(folder, `${version}.deb`);
  await runWell("dpkg-deb", ["--root-owner-group", "-Zgzip", "-z1", "--build", tree, file]);
  rmSync(tree, { recursive: true });
  return file;
}

describe("the Debian package", { skip, concurrency: 2 }, () => {
  test("installs, does both main jobs as its own user and as any other user, and leaves nothing behind when it is purged", async () => {
    await using machine = await machineWith(await artefact("deb"));
    const before = await filesOf(machine);
    await must(machine, ["dpkg", "--force-unsafe-io", "-i", "/tmp/new.deb"]);
    assert.equal(
      await must(machine, ["stat", "-c", "%U %G %a", "/etc/harbinger", "/etc/harbinger/harbinger.yaml"]),
      "root harbinger 750\nroot harbinger 640\n",
    );
    const uid = Number(await must(machine, ["id", "-u", "harbinger"]));
    assert.ok(uid > 0 && uid < 1000);
    const setpriv = [
      "setpriv",
      "--reuid=harbinger",
      "--regid=harbinger",
      "--clear-groups",
      "--bounding-set=-all",
      "--inh-caps=-all",
    ];
    await must(machine, [...setpriv, "harbinger", "config", "check"]);
    // The scan of all ports takes longer than everything else here.
    await must(machine, ["sed", "-i", "s/ports: 1-65535/ports: 1-2000/", "/etc/harbinger/harbinger.yaml"]);
    await must(machine, [...setpriv, "harbinger", "--mode", "cron", "--quiet"], { directory: "/var/lib/harbinger" });
    assert.match(await must(machine, [...setpriv, "harbinger", "reports"]), /This machine/);
    await must(machine, ["sh", "-c", "mkdir -m 777 /tmp/other"]);
    const other = { uid: 10001, directory: "/tmp/other" };
    assert.match(await must(machine, ["harbinger", "scan", "127.0.0.1", "-p", "1-1024", "--json"], other), /^$/);
    const decoy = `harbinger listen 2222 --json > heard & echo hello > hello
until grep -q 0100007F:08AE /proc/net/tcp; do sleep 0.1; done
bash -c 'exec 3<>/dev/tcp/127.0.0.1/2222; echo hello >&3; sleep 1' ; kill $!; wait; cat heard`;
    assert.match(await must(machine, ["bash", "-c", decoy], other), /"local":\{"address":"127.0.0.1","port":2222\}/);
    assert.match(await must(machine, ["portwatcher", "--help"], other), /PW_NTFY_TOPIC/);
    await must(machine, ["dpkg", "-r", "harbinger"]);
    await must(machine, ["test", "-f", "/var/lib/harbinger/harbinger.db"]);
    await must(machine, ["dpkg", "-P", "harbinger"]);
    assert.deepEqual(await filesOf(machine), before);
    assert.equal((await machine.run(["getent", "passwd", "harbinger"])).status, 2);
  });

  test("keeps state, configuration and their owners during an upgrade, and may be installed twice", async () => {
    using folder = temporaryFolder();
    const deb = await artefact("deb");
    await using machine = await machineWith(deb);
    copyFileSync(await asVersion(deb, "0.0.1", folder.path), path.join(machine.path, "tmp/old.deb"));
    await must(machine, ["dpkg", "--force-unsafe-io", "-i", "/tmp/old.deb"]);
    await must(machine, [
      "sh",
      "-c",
      "echo '# mine' >> /etc/harbinger/harbinger.yaml; chmod 600 /etc/default/portwatcher; echo state > /var/lib/harbinger/state",
    ]);
    await must(machine, ["dpkg", "--force-unsafe-io", "-i", "/tmp/new.deb"]);
    await must(machine, ["dpkg", "--force-unsafe-io", "-i", "/tmp/new.deb"]);
    assert.match(await must(machine, ["tail", "-n", "1", "/etc/harbinger/harbinger.yaml"]), /# mine/);
    assert.match(await must(machine, ["stat", "-c", "%a", "/etc/default/portwatcher"]), /600/);
    assert.match(await must(machine, ["cat", "/var/lib/harbinger/state"]), /state/);
    // The test machine leaves out manuals.
    const differences = (await must(machine, ["dpkg", "--verify", "harbinger"])).split("\n");
    const others = differences.filter((line) => line !== "" && !line.includes("/usr/share/man/"));
    assert.deepEqual(others, ["??5?????? c /etc/harbinger/harbinger.yaml"]);
  });

  test("neither runs as a person's account nor deletes one, and uses an existing system account", async () => {
    await using machine = await machineWith(await artefact("deb"));
    const install = ["dpkg", "--force-unsafe-io", "-i", "/tmp/new.deb"];
    await must(machine, ["useradd", "--create-home", "harbinger"]);
    const { status, stderr } = await machine.run(install);
    assert.equal(status, 1);
    assert.match(stderr, /needs a system account named harbinger\. .*\nrename it/);
    await must(machine, ["dpkg", "-P", "harbinger"]);
    await must(machine, ["test", "-d", "/home/harbinger"]);
    await must(machine, ["userdel", "harbinger"]);
    await must(machine, ["useradd", "--system", "--no-user-group", "--gid", "nogroup", "harbinger"]);
    await must(machine, install);
    assert.match(await must(machine, ["stat", "-c", "%U %G", "/var/lib/harbinger"]), /^harbinger harbinger$/m);
    // An account that is created later must not own remaining backups.
    await must(machine, ["install", "-d", "-o", "harbinger", "/var/backups/harbinger"]);
    await must(machine, ["dpkg", "-P", "harbinger"]);
    await must(machine, ["getent", "passwd", "harbinger"]);
  });

  describe("once installed", { concurrency: 1 }, () => {
    let machine: BareRoot;
    before(async () => {
      machine = await machineWith(await artefact("deb"));
      await must(machine, ["dpkg", "--force-unsafe-io", "-i", "/tmp/new.deb"]);
      await must(machine, ["cp", "-p", "/etc/harbinger/harbinger.yaml", "/root/shipped.yaml"]);
    });
    beforeEach(async () => {
      await must(machine, ["cp", "-p", "/root/shipped.yaml", "/etc/harbinger/harbinger.yaml"]);
    });
    after(async () => {
      await machine?.[Symbol.asyncDispose]();
    });

    test("has a log that logrotate rotates while it is written", async () => {
      // Each run of the watch writes lines.
      await must(machine, [
        "sed",
        "-i",
        "s/ports: 1-65535/ports: 1/; s#\\*/15 \\* \\* \\* \\*#* * * * * *#",
        "/etc/harbinger/harbinger.yaml",
      ]);
      const text = `setpriv --reuid=harbinger --regid=harbinger --clear-groups harbinger run 2>/dev/null &
log=/var/log/harbinger/harbinger.log
until grep -q 'scan complete' $log; do sleep 0.1; done
logrotate -f /etc/logrotate.d/harbinger || exit 1
until grep -q 'scan complete' $log; do sleep 0.1; done
kill $!; wait; grep -c listening $log.1; stat -c '%U %a' $log`;
      assert.match(await must(machine, ["sh", "-c", `cd /var/lib/harbinger; ${text}`]), /1\nharbinger 600/);
    });

    test("finds the configuration of the machine from every folder, shows which one it uses, and prefers a named one and the one in the working directory", async () => {
      // A file name without a folder is beside the service's files, from here too.
      const relative = "sed -i 's#/var/lib/harbinger/##; s#ports: 1-65535#ports: 1#' /etc/harbinger/harbinger.yaml";
      await must(machine, ["sh", "-c", relative]);
      const own = ["setpriv", "--reuid=harbinger", "--regid=harbinger", "--clear-groups", "harbinger"];
      const system = "/etc/harbinger/harbinger.yaml";
      await must(machine, [...own, "--mode", "cron", "--quiet"], { directory: "/var/lib/harbinger" });
      // A folder that the user may not enter, such as the caller's home after sudo.
      const elsewhere = { directory: "/root" };
      assert.match(await must(machine, [...own, "reports"], elsewhere), /This machine/);
      assert.match(await must(machine, ["harbinger", "reports"], elsewhere), /This machine/);
      await must(machine, ["harbinger", "backup", "copy.db"], elsewhere);
      await must(machine, ["test", "-s", "/root/copy.db"]);
      const doctor = await must(machine, [...own, "doctor"], elsewhere);
      assert.match(doctor, new RegExp(`configuration: ${system}, 1 watch`));
      assert.match(doctor, /\/var\/lib\/harbinger\/harbinger\.db/);
      const shown = await must(machine, ["harbinger", "config", "show"], elsewhere);
      assert.match(shown, new RegExp(`of "${system}"`));
      assert.match(shown, /^store: sqlite:\/var\/lib\/harbinger\/harbinger\.db$/m);
      assert.match(shown, /directory: \/var\/lib\/harbinger\/reports$/m);
      const running = `harbinger run --quiet & until harbinger healthcheck; do sleep 0.2; done; harbinger reload; kill $!; wait`;
      const { stdout } = await machine.run(["sh", "-c", running], elsewhere);
      assert.match(stdout, /\/etc\/harbinger\/harbinger\.yaml was reloaded; nothing has changed/);

      const stranger = { uid: 10001, directory: "/tmp" };
      const refused = await machine.run(["harbinger", "devices"], stranger);
      assert.equal(refused.status, 2);
      const closed = "user id 10001 has no access to the folder /etc/harbinger";
      assert.match(refused.stderr, new RegExp(`${system}: cannot be read: ${closed}; .*sudo -u harbinger`));
      const look = await machine.run(["harbinger", "scan", "127.0.0.1", "-p", "1"], stranger);
      assert.equal(look.status, 0);
      assert.match(look.stderr, new RegExp(`^Warning: ${system} is not readable for this user`, "m"));

      await must(machine, [
        "sh",
        "-c",
        "cd /tmp; echo 'watches: { a: { targets: 10.0.0.1, ports: 1 } }' | tee harbinger.yaml > b.yaml",
      ]);
      const from = async (words: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
        (await machine.run(["harbinger", "config", "check", "--verbose", ...words], { ...stranger, environment }))
          .stderr;
      assert.match(await from([]), /^Configuration: harbinger\.yaml, in the working directory$/m);
      const named = { HARBINGER_CONFIG: "/tmp/b.yaml" };
      assert.match(await from([], named), /^Configuration: \/tmp\/b\.yaml, named by HARBINGER_CONFIG$/m);
      assert.match(await from(["--config", "b.yaml"], named), /^Configuration: b\.yaml, named by --config$/m);
      assert.match(await from([], { HARBINGER_CONFIG: "/tmp/c.yaml" }), /^\/tmp\/c\.yaml: no such file/m);
    });

    test("is purged if its state is a mount point, without the files of others in it", async () => {
      const mounts = `mount -t tmpfs state /var/lib/harbinger; echo state > /var/lib/harbinger/state
mkdir /etc/harbinger/share; mount -t tmpfs share /etc/harbinger/share; echo shared > /etc/harbinger/share/file
mkdir /others; echo others > /others/file; ln -s /others /var/log/harbinger/link`;
      await must(machine, ["sh", "-euc", mounts]);
      await must(machine, ["dpkg", "-P", "harbinger"]);
      await must(machine, ["sh", "-euc", "test ! -e /var/lib/harbinger/state; test ! -e /var/log/harbinger"]);
      assert.match(await must(machine, ["cat", "/etc/harbinger/share/file", "/others/file"]), /shared\nothers/);
      assert.equal((await machine.run(["dpkg", "-s", "harbinger"])).status, 1);
    });
  });

  test("has no errors or warnings of lintian", { skip: whyNot("lintian") }, async () => {
    await runWell("lintian", ["--allow-root", "--fail-on", "error,warning", await artefact("deb")]);
  });

  test("is identical, byte for byte, wherever and whenever it is made", async () => {
    const made = [];
    for (const umask of ["022", "077"]) {
      const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-deb-"));
      mkdirSync(path.join(folder, "out"));
      const environment = {
        ...process.env,
        SOURCE_DATE_EPOCH: "1750000000",
        HARBINGER_EXECUTABLE: "/bin/true",
        NODE_OPTIONS: "",
      };
      const command = `umask ${umask}; exec npm run --silent package:deb -- --to ${folder}/out`;
      await runWell("sh", ["-c", command], { directory: root, environment });
      const { stdout } = await runWell("sh", [
        "-c",
        `sha256sum ${folder}/out/*.deb | cut -c 1-64; dpkg-deb -c ${folder}/out/*.deb`,
      ]);
      made.push(stdout);
      rmSync(folder, { recursive: true });
    }
    assert.equal(made[0], made[1]);
    assert.match(made[0] ?? "", /2025-06-15/);
  });
});

function whyNot(program: string): string | false {
  return findProgram(program) === undefined ? `${program} is not installed` : false;
}
