import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { harbinger, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { smallDisk } from "../harness/small-disk.ts";
import { MailServer, type ReceivedMail } from "../harness/smtp-server.ts";

const recipients = ["one@example.org", "two@example.org"];

function configuration(mailPort: number): string {
  return `
email: { smtp_server: 127.0.0.1, smtp_port: ${mailPort}, use_tls: false, from_address: harbinger@example.org }
reports: { save_to_file: true }
port_a:
  port: 22
  label: Lab
  email: ${recipients.join(", ")}
  command: cat a.txt
  post_command: echo asked {host}
port_b:
  port: 80
  label: Lab
  email: ${recipients[0]}
  command: cat b.txt
`;
}

/** A folder with a configuration whose two watches find the hosts in a.txt and b.txt. */
function laboratory(
  mailPort: number,
  folder: string,
): { find(run: number): void; readonly hostsOfA: string[]; readonly hostsOfB: string[] } {
  writeFileSync(path.join(folder, "harbinger.yaml"), configuration(mailPort));
  const hostsOfA: string[] = [];
  const hostsOfB: string[] = [];
  return {
    hostsOfA,
    hostsOfB,
    find(run) {
      hostsOfA.push(`10.1.${run}.1`, `10.1.${run}.2`);
      hostsOfB.push(`10.2.${run}.1`);
      writeFileSync(path.join(folder, "a.txt"), hostsOfA.join("\n"));
      writeFileSync(path.join(folder, "b.txt"), hostsOfB.join("\n"));
    },
  };
}

/** How often each host is in messages to `recipient`; repetitions of one message count once. */
function announced(received: readonly ReceivedMail[], recipient: string): Map<string, number> {
  const messages = new Map(
    received.filter(({ to }) => to.includes(recipient)).map(({ mail }) => [mail.messageId, mail.text ?? ""]),
  );
  const counts = new Map<string, number>();
  for (const text of messages.values()) {
    for (const [host] of text.matchAll(/^10\.\d+\.\d+\.\d+$/gm)) counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  return counts;
}

function assertEachOnce(
  received: readonly ReceivedMail[],
  hosts: { readonly hostsOfA: string[]; readonly hostsOfB: string[] },
): void {
  const once = (list: readonly string[]) => new Map([...list].sort().map((host) => [host, 1]));
  const sorted = (counts: Map<string, number>) => new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  assert.deepEqual(sorted(announced(received, "one@example.org")), once([...hosts.hostsOfA, ...hosts.hostsOfB]));
  assert.deepEqual(sorted(announced(received, "two@example.org")), once(hosts.hostsOfA));
}

/** How often each host is in the report files. */
function filed(folder: string): Map<string, number> {
  const counts = new Map<string, number>();
  const directory = path.join(folder, "reports");
  for (const name of readdirSync(directory).filter((one) => one.endsWith(".txt"))) {
    for (const [host] of readFileSync(path.join(directory, name), "utf8").matchAll(/^10\.\d+\.\d+\.\d+$/gm)) {
      counts.set(host, (counts.get(host) ?? 0) + 1);
    }
  }
  return counts;
}

describe("nothing found is lost and nothing is reported twice", { concurrency: 3 }, () => {
  test("when the mail server is down for three runs", async () => {
    using folder = temporaryFolder();
    await using mail = await MailServer.start();
    const lab = laboratory(mail.port, folder.path);
    await mail.stop();
    for (const run of [1, 2, 3]) {
      lab.find(run);
      const { status, stderr } = await harbinger(["--mode", "cron"], { directory: folder.path });
      assert.equal(status, 1);
      assert.match(stderr, /refuses connections/);
    }
    await mail.start();
    lab.find(4);
    const last = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(last.status, 0, last.stderr);
    assertEachOnce(mail.accepted, lab);
    assert.equal(mail.accepted.length, recipients.length, "one message each, with everything");
    const deliveries = await harbinger(["deliveries", "--json"], { directory: folder.path });
    const listed = deliveries.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { state: string; createdAt: string });
    assert.deepEqual([...new Set(listed.map(({ state }) => state))].sort(), ["delivered", "superseded"]);
    for (const { createdAt } of listed) assert.equal(new Date(createdAt).toISOString(), createdAt);
  });

  test("when the server accepts a message and dies before it replies: the same message again, nothing merged into it", async () => {
    using folder = temporaryFolder();
    await using mail = await MailServer.start();
    const lab = laboratory(mail.port, folder.path);
    mail.fault = { stage: "content", kind: "drop" };
    lab.find(1);
    await harbinger(["--mode", "cron"], { directory: folder.path });
    mail.fault = undefined;
    lab.find(2);
    const { status, stderr } = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(status, 0, stderr);
    assertEachOnce(mail.received, lab);
    const ids = mail.received.map((received) => `${received.to.join()} ${received.mail.messageId}`);
    assert.equal(ids.length, 6);
    assert.equal(new Set(ids).size, 4);
  });

  test("when the process is killed at any moment of scan, report and delivery", async (t) => {
    using folder = temporaryFolder();
    await using mail = await MailServer.start();
    const lab = laboratory(mail.port, folder.path);
    lab.find(0);
    const startedAt = performance.now();
    await harbinger(["--mode", "cron"], { directory: folder.path });
    const wholeRunMs = performance.now() - startedAt;
    const kills = Number(process.env["HARBINGER_TEST_KILLS"] ?? 8);
    for (let run = 1; run <= kills; run++) {
      lab.find(run);
      const running = startHarbinger(["--mode", "cron"], { directory: folder.path });
      // Moments in the second half, in which it works; the first half is the start of the program.
      await delay(wholeRunMs * (0.4 + 0.7 * Math.random()));
      running.process.kill("SIGKILL");
      await running.ended;
    }
    const { status, stderr } = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(status, 0, stderr);
    assertEachOnce(mail.received, lab);
    const repeated =
      mail.received.length -
      new Set(mail.received.map(({ to, mail: { messageId } }) => `${to.join()} ${messageId}`)).size;
    t.diagnostic(`${kills} kills, ${mail.received.length} messages, ${repeated} repeated with the same identifier`);
    for (const [host, count] of filed(folder.path)) assert.equal(count >= 1, true, host);
  });

  test("when the database is locked by another process: a clear error, and the next run finds everything", async () => {
    using folder = temporaryFolder();
    await using mail = await MailServer.start();
    const lab = laboratory(mail.port, folder.path);
    lab.find(1);
    await harbinger(["--mode", "cron"], { directory: folder.path });
    lab.find(2);
    const other = new DatabaseSync(path.join(folder.path, "harbinger.db"));
    other.exec("begin immediate");
    const locked = await harbinger(["--mode", "cron"], { directory: folder.path });
    other.exec("rollback");
    other.close();
    assert.equal(locked.status, 1);
    assert.match(locked.stderr, /another program has locked the database/);
    const { status, stderr } = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(status, 0, stderr);
    assertEachOnce(mail.accepted, lab);
  });

  test("when the disk is full: a clear error, and nothing is missing once there is room", async (t) => {
    using folder = temporaryFolder();
    using disk = smallDisk(t, folder.path);
    if (disk === undefined) return;
    await using mail = await MailServer.start();
    const lab = laboratory(mail.port, disk.path);
    lab.find(1);
    const first = await harbinger(["--mode", "cron"], { directory: disk.path });
    assert.equal(first.status, 0, first.stderr);
    disk.fill();
    lab.hostsOfA.push("10.1.2.1");
    // The list of hosts is on the full disk: the command prints it instead.
    writeFileSync(
      path.join(folder.path, "full.yaml"),
      configuration(mail.port).replace("cat a.txt", "cat a.txt; echo; echo 10.1.2.1"),
    );
    const full = await harbinger(["--mode", "cron", "--config", path.join(folder.path, "full.yaml")], {
      directory: disk.path,
    });
    assert.equal(full.status, 1);
    assert.match(full.stderr, /full|no space/i);
    disk.empty();
    const { status, stderr } = await harbinger(["--mode", "cron", "--config", path.join(folder.path, "full.yaml")], {
      directory: disk.path,
    });
    assert.equal(status, 0, stderr);
    assertEachOnce(mail.received, lab);
    const files = filed(disk.path);
    for (const host of [...lab.hostsOfA, ...lab.hostsOfB]) assert.equal((files.get(host) ?? 0) >= 1, true, host);
  });

  test("when the reports' folder cannot be written: mail arrives, and the files follow", async () => {
    using folder = temporaryFolder();
    await using mail = await MailServer.start();
    const lab = laboratory(mail.port, folder.path);
    lab.find(1);
    // A file in place of the folder stops root as well.
    writeFileSync(path.join(folder.path, "reports"), "in the way");
    const blocked = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(blocked.status, 1);
    assertEachOnce(mail.accepted, lab);
    execFileSync("rm", [path.join(folder.path, "reports")]);
    lab.find(2);
    const { status, stderr } = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(status, 0, stderr);
    const files = filed(folder.path);
    for (const host of [...lab.hostsOfA, ...lab.hostsOfB]) assert.equal((files.get(host) ?? 0) >= 1, true, host);
    assertEachOnce(mail.accepted, lab);
  });
});
