import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { HttpServer } from "../harness/http-server.ts";
import { openPort } from "../harness/open-port.ts";

/** In order of arrival: title and text of ntfy, subject and text of the webhook. */
function pushes(server: HttpServer): { readonly to: string; readonly title: string; readonly text: string }[] {
  return server.accepted.map(({ path: to, headers, body }) => {
    if (to === "/my-topic") return { to, title: String(headers["title"]), text: body };
    const { subject, text } = JSON.parse(body) as { readonly subject: string; readonly text: string };
    return { to, title: subject, text };
  });
}

describe("a watch that names channels in notify", () => {
  test("pushes changes to each of them and to no other, pushes nothing without changes, and writes no file", async () => {
    using folder = temporaryFolder();
    await using server = await HttpServer.start();
    await using ssh = await openPort("127.77.8.1");
    const config = {
      notify: {
        ntfy: { server: server.url, topic: "my-topic" },
        webhooks: { own: { url: `${server.url}/own` }, other: { url: `${server.url}/other` } },
      },
      watches: {
        lan: { label: "Home", targets: "127.77.8.1-3", ports: ssh.port, gone_after: 1, notify: ["ntfy", "own"] },
      },
    };
    writeFileSync(path.join(folder.path, "harbinger.yaml"), JSON.stringify(config));
    const run = async () => {
      const result = await harbinger(["--mode", "cron"], { directory: folder.path });
      assert.equal(result.status, 0, result.stderr);
    };

    await run();
    await run();
    assert.deepEqual(
      pushes(server)
        .map(({ to, title }) => ({ to, title }))
        .sort((a, b) => a.to.localeCompare(b.to)),
      [
        { to: "/my-topic", title: "First scan: 1 new host: 127.77.8.1" },
        { to: "/own", title: "First scan: 1 new host: 127.77.8.1" },
      ],
    );

    await using _second = await openPort("127.77.8.2", ssh.port);
    await ssh[Symbol.asyncDispose]();
    await run();
    const [, , third] = pushes(server);
    assert.equal(third?.title, "1 new host: 127.77.8.2, 1 host gone: 127.77.8.1");
    const lines = third?.text.split("\n") ?? [];
    assert.deepEqual(lines.slice(0, 2), [`New host: 127.77.8.2, port ${ssh.port}`, "Host gone: 127.77.8.1"]);
    assert.match(lines.slice(2).join(), /^Home, \d{4}-/);
    assert.ok(!readdirSync(folder.path).includes("reports"));

    const doctor = await harbinger(["doctor"], { directory: folder.path });
    assert.match(doctor.stdout, /ntfy.*receives reports of 1 watch/);
    assert.match(doctor.stdout, /webhook other.*nothing is sent there/);
  });

  test("reports what happens to a refused message", async () => {
    using folder = temporaryFolder();
    await using server = await HttpServer.start();
    await using ssh = await openPort("127.77.8.4");
    server.fault = { kind: "reply", status: 400, text: "no" };
    const config = {
      notify: { ntfy: { server: server.url, topic: "my-topic" } },
      watches: { lan: { label: "Home", targets: "127.77.8.4", ports: ssh.port, notify: "ntfy" } },
    };
    writeFileSync(path.join(folder.path, "harbinger.yaml"), JSON.stringify(config));

    const { status, stderr } = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(status, 1);
    assert.match(stderr, /gave up: the message was rejected/);
    assert.match(stderr, /to send it again: harbinger deliveries retry \d+/);
    assert.match(stderr, /^1 message was given up: /m);
    assert.doesNotMatch(stderr, /next run tries again/);

    server.fault = undefined;
    const retried = await harbinger(["deliveries", "retry", "--all"], { directory: folder.path });
    assert.equal(retried.status, 0, retried.stderr);
    await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.deepEqual(
      pushes(server).map(({ title }) => title),
      ["First scan: 1 new host: 127.77.8.4"],
    );
  });
});
