import assert from "node:assert/strict";
import { test } from "node:test";
import { missing, type RealServerPlan, startServer } from "../../../../test/check-servers/real-server.ts";
import { scriptedServer, text } from "../../../../test/check-servers/scripted-server.ts";
import { converse } from "../../probe/conversation.ts";
import { Deadline } from "../../probe/deadline.ts";
import { judgeDav } from "./dav.ts";

async function judge(port: number): Promise<string | undefined> {
  using deadline = new Deadline(10_000, new AbortController().signal);
  const opened = await converse({ host: "127.0.0.1", port }, deadline, { tls: false });
  assert.ok(opened.kind === "open");
  using conversation = opened.conversation;
  return (await judgeDav(conversation))?.verdict;
}

const radicale = (...settings: readonly string[]): RealServerPlan => ({
  program: "radicale",
  arguments: (port, folder) => [
    ...["-C", "", "-H", `127.0.0.1:${port}`, "--storage-filesystem-folder", `${folder}/data`],
    ...settings,
  ],
});

test("Radicale shows its calendars to any client, or requires a login", { skip: missing("radicale") }, async () => {
  for (const [settings, verdict] of [
    [[], "exposed"],
    [["--auth-type", "htpasswd", "--auth-htpasswd-filename", "/dev/null"], "protected"],
  ] as const) {
    await using server = await startServer(radicale(...settings));
    assert.equal(await judge(server.port), verdict);
  }
});

test("only the answer to PROPFIND is proof, and only of what it allows", async () => {
  const answerWith = (privilege: string) =>
    `<D:current-user-privilege-set><D:privilege><D:${privilege}/></D:privilege></D:current-user-privilege-set>`;
  for (const [status, body, verdict] of [
    ["207 Multi-Status", answerWith("read"), "exposed"],
    ["207 Multi-Status", answerWith("all"), "exposed"],
    ["207 Multi-Status", answerWith("read-free-busy"), undefined],
    ["207 Multi-Status", "<multistatus/>", undefined],
    ["200 OK", answerWith("all"), undefined],
    ["405 Method Not Allowed", "", undefined],
    ["401 Unauthorized", "", "protected"],
  ] as const) {
    const answer = `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
    const reply = { request: /^PROPFIND \/ HTTP\/1\.1\r\n[\s\S]*<\/propfind>/, reply: text(answer), close: true };
    await using server = await scriptedServer([{}, { steps: [reply] }]);
    assert.equal(await judge(server.port), verdict, `${status} ${body}`);
  }
});
