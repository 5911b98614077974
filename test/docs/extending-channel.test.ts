import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { HttpServer } from "../harness/http-server.ts";
import { runProgram } from "../harness/run-program.ts";
import { repository } from "./markdown.ts";
import { SampleTree, sampleBlocks } from "./sample-tree.ts";

/** The section of docs/extending.md about channels. */
function channelSection(): string {
  const page = readFileSync(path.join(repository, "docs/extending.md"), "utf8");
  const section = page.split(/^(?=## )/m).find((part) => part.startsWith("## A channel\n"));
  assert.ok(section !== undefined, "docs/extending.md has no section: A channel");
  return section;
}

const token = "azGDORePK8gMaC0QOYAMyEEuzJnyUi";
const user = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG";

test("the channel that docs/extending.md shows compiles, keeps the rules, and delivers", async () => {
  const ownTest = "test/notify/channels.test.ts";
  using tree = new SampleTree({ besides: [ownTest] });
  using folder = temporaryFolder();
  await using server = await HttpServer.start({
    answer: ({ method, path: place, body }) => {
      const sent: unknown = JSON.parse(body);
      const isRight = method === "POST" && place === "/1/messages.json" && Object(sent).token === token;
      return isRight
        ? { status: 200, text: '{"status":1,"request":"647d2300-702c-4b38-8b2f-d56326ae460b"}' }
        : { status: 400, text: '{"token":"invalid","errors":["application token is invalid"],"status":0}' };
    },
  });
  const run = (...args: string[]) => harbinger(args, { directory: folder.path, launcher: tree.launcher });
  const configure = (section: object) =>
    writeFileSync(path.join(folder.path, "harbinger.yaml"), JSON.stringify({ notify: { pushover: section } }));

  const files = tree.apply(sampleBlocks(channelSection()));

  assert.deepEqual(files, ["src/notify/channels/pushover/channel.ts", "src/notify/channels.ts"]);
  assert.equal(await tree.problems(files), "");
  const definitions = await runProgram(process.execPath, [ownTest], {
    directory: tree.folder,
    environment: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  assert.equal(definitions.status, 0, definitions.stdout);
  assert.match(definitions.stdout, /the channel pushover/);

  writeFileSync(path.join(folder.path, "pushover-token"), `${token}\n`);
  configure({ server: server.url, token_file: "pushover-token", user, priority: -1 });
  const sent = await run("notify", "test", "--json");
  assert.equal(sent.status, 0, sent.stdout + sent.stderr);
  const { channel, recipient, kind }: Record<string, unknown> = Object(JSON.parse(sent.stdout));
  assert.deepEqual([channel, recipient, kind], ["pushover", "pushover", "delivered"]);
  const message: unknown = JSON.parse(server.received[0]?.body ?? "");
  assert.equal(server.received.length, 1);
  assert.deepEqual([Object(message).user, Object(message).priority], [user, -1]);
  assert.match(String(Object(message).title), /^Harbinger test message from /);
  assert.match(String(Object(message).message), /^This is a test message/);

  const shown = await run("config", "show");
  assert.equal(shown.status, 0, shown.stderr);
  assert.match(shown.stdout, /pushover:\n\s+server: http/);
  assert.ok(![token, user].some((secret) => shown.stdout.includes(secret)), shown.stdout);

  configure({ server: server.url, tokn: token, user });
  const mistyped = await run("config", "check");
  assert.equal(mistyped.status, 2, mistyped.stdout + mistyped.stderr);
  assert.match(mistyped.stdout + mistyped.stderr, /harbinger\.yaml:1:\d+: notify\.pushover.*Did you mean "token"/);
});
