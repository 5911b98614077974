import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import { loadText } from "../../src/config/load.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { whyNoLab } from "../harness/network.ts";
import { type Block, blocksOf, readPages } from "./markdown.ts";
import { missingLines } from "./output-shape.ts";
import { openSandbox, type Sandbox, whyNoSandbox } from "./sandbox.ts";

/** The languages of a block. Shell blocks run, YAML and JSON are parsed, the others are for people only. */
const languages = [
  "sh",
  "console",
  "yaml",
  "mermaid",
  "json",
  "ini",
  "text",
  "ts",
  "nft",
  "toml",
  "xml",
  "plist",
  "dockerfile",
  "diff",
];

const howToMark = `
If it cannot run here, say why in a comment in the line before the fence:  <!-- not run: needs a Gmail account -->
What does not end with 0 on purpose:  <!-- exit status: 2 -->      Something to do while it stays:  <!-- meanwhile: curl ... -->
What the page takes for granted:  <!-- first: harbinger --mode cron -->      Begin once this succeeds:  <!-- wait for: test -s FILE -->
On another host of the network:  <!-- on: telephone -->
Blocks run in their order in one folder of the page, in a network without a way out (test/docs/sandbox.ts says which hosts it has). A
YAML block that is a configuration becomes harbinger.yaml there.`;

const pages = readPages();
const skip = whyNoLab() ?? whyNoSandbox();

describe("the blocks of the pages", () => {
  test("name their language, and markers give their reason", () => {
    for (const block of pages.flatMap((page) => page.blocks)) {
      assert.ok(
        languages.includes(block.language),
        `${block.place}: write one of ${languages.join(", ")} behind the fence; sh for commands, console for "$ command" with output, text for what is nothing of all that`,
      );
      assert.notEqual(
        block.notRun,
        "",
        `${block.place}: "not run:" needs a reason, such as <!-- not run: needs a Gmail account -->`,
      );
    }
  });

  test("have JSON that parses", () => {
    for (const { place, text } of blocksIn("json")) {
      for (const line of text.trim().startsWith("{") && text.includes("\n{") ? text.split("\n") : [text]) {
        assert.doesNotThrow(() => JSON.parse(line), `${place}: not JSON`);
      }
    }
  });

  test("have YAML that config check accepts", () => {
    for (const { place, text, notRun } of blocksIn("yaml")) {
      for (const document of parseAllDocuments(text)) assert.deepEqual(document.errors, [], `${place}: not YAML`);
      if (notRun !== undefined) continue;
      const outcome = loadText(text, place, {
        file: undefined,
        explicit: true,
        environment: {},
        readFile: () => Buffer.from("https://secret.example.org"),
      });
      const problems = outcome.kind === "config" ? "" : JSON.stringify(outcome, undefined, 2);
      assert.equal(outcome.kind, "config", `${place}: no configuration of Harbinger:\n${problems}${howToMark}`);
    }
  });
});

describe("the commands of the pages", { skip, concurrency: 4 }, () => {
  for (const { name, blocks } of pages) {
    const commands = blocks.filter((block) => isShell(block) && block.notRun === undefined);
    if (commands.length === 0) continue;
    test(`${name} does what the page says`, async () => {
      using folder = temporaryFolder();
      await using page = await openSandbox(folder.path);
      for (const block of blocks) {
        if (block.notRun !== undefined) continue;
        if (block.language === "yaml") writeFileSync(path.join(page.folder, "harbinger.yaml"), block.text);
        if (isShell(block)) await runBlock(page, block);
      }
    });
  }
});

describe("this test", { skip }, () => {
  test("fails if a command fails, or prints something other than the page", async () => {
    using folder = temporaryFolder();
    await using page = await openSandbox(folder.path);
    const run = async (text: string) => {
      for (const block of blocksOf("page.md", text)) await runBlock(page, block);
    };
    await run("```sh\nharbinger --version\n```");
    await assert.rejects(run("```sh\nharbinger scna 192.168.1.1\n```"), /page\.md:1.*status 2/s);
    await assert.rejects(run("```console\n$ harbinger identify /dev/null\nsomething else\n```"), /something else/);
    await run("<!-- exit status: 2 -->\n```sh\nharbinger scna 192.168.1.1\n```");
    await assert.rejects(run("```sh\ncurl -sS -m 2 http://198.51.100.1/\n```"), /page\.md:1/);
  });
});

function blocksIn(language: string): readonly Block[] {
  return pages.flatMap((page) => page.blocks).filter((block) => block.language === language);
}

function isShell({ language }: Block): boolean {
  return language === "sh" || language === "console";
}

/** A command and its output as the page shows it. */
interface Step {
  readonly command: string;
  readonly shown: string;
}

async function runBlock(page: Sandbox, block: Block): Promise<void> {
  const steps = block.language === "console" ? consoleSteps(block.text) : scriptSteps(block.text);
  if (block.first !== undefined) {
    const { status, output } = await page.run(block.first);
    assert.equal(status, 0, `${block.place}: first: ${block.first}:\n${output}`);
  }
  if (block.waitFor !== undefined) await waitFor(page, block.place, block.waitFor);
  for (const { command, shown } of steps) {
    const where = `${block.place}: ${command}`;
    if (block.exitStatus === 0 && stays(command)) {
      const { printed } = await page.stay(command).catch((error: unknown) => {
        throw new Error(`${where}\n${String(error)}${howToMark}`);
      });
      if (block.meanwhile !== undefined) await page.run(block.meanwhile.replaceAll("; ", " || true; "));
      for (let tries = 0; tries < 600 && missingLines(shown, printed()).length > 0; tries += 1) await wait(100);
      assert.deepEqual(missingLines(shown, printed()), [], `${where}: its output:\n${printed()}${howToMark}`);
      continue;
    }
    const { status, output } = await page.run(command, block.on);
    assert.equal(status, block.exitStatus, `${where}: exit status ${String(status)}:\n${output}${howToMark}`);
    assert.deepEqual(
      missingLines(shown, output),
      [],
      `${where}: lines of the page are missing; its output:\n${output}${howToMark}`,
    );
  }
}

/** Until a command succeeds: a long-running command needs time to start. */
async function waitFor(page: Sandbox, place: string, command: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await page.run(command)).status === 0) return;
    await wait(200);
  }
  const { output } = await page.run(command);
  assert.fail(`${place}: wait for: ${command}: did not succeed:\n${output}`);
}

/** `$ command`, with the following lines as its output. */
function consoleSteps(text: string): readonly Step[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = "", ...shown] = part.split("\n");
      return { command, shown: shown.join("\n") };
    });
}

/** A script is one command, except for long-running ones, which continue beside the following ones. */
function scriptSteps(text: string): readonly Step[] {
  const steps: string[][] = [[]];
  for (const line of text.split("\n")) {
    if (stays(line)) steps.push([line], []);
    else steps.at(-1)?.push(line);
  }
  return steps
    .map((lines) => lines.join("\n"))
    .filter((command) => command.trim() !== "")
    .map((command) => ({ command, shown: "" }));
}

function stays(command: string): boolean {
  return /^(?:[A-Z_]+=\S+ )*(?:harbinger|node bin\/harbinger\.js) (?:run|listen)\b(?!.*--help)|^(?:[A-Z_]+=\S+ )*portwatcher(?: --env-file \S+)?\s*$/.test(
    command.replace(/\s+#.*$/, ""),
  );
}
