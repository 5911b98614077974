import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { SampleTree, sampleBlocks } from "./sample-tree.ts";

const page = `
A new file:

\`\`\`ts src/core/sample.ts
export const sample: number = "text";
\`\`\`

and a line in a known one:

\`\`\`diff tsconfig.json
   "compilerOptions": {
+    "declaration": false,
     "target": "esnext",
\`\`\`

\`\`\`sh
echo no file
\`\`\`
`;

test("the blocks of a page that name a file are applied to a copy of the sources, and its errors are found", async () => {
  using tree = new SampleTree();

  const files = tree.apply(sampleBlocks(page));

  assert.deepEqual(files, ["src/core/sample.ts", "tsconfig.json"]);
  const settings = readFileSync(path.join(tree.folder, "tsconfig.json"), "utf8");
  assert.ok(settings.startsWith('{\n  "compilerOptions": {\n    "declaration": false,\n    "target"'), settings);
  const { status, stdout } = await tree.tool("tsc", ["--noEmit"]);
  assert.notEqual(status, 0);
  assert.match(stdout, /src\/core\/sample\.ts.*'string' is not assignable/);
  assert.doesNotMatch(stdout.replaceAll(/^src\/core\/sample\.ts.*$/gm, ""), /error/);
});

test("a change whose lines are not in the file, or are there twice, is rejected", () => {
  using tree = new SampleTree();

  assert.throws(
    () => tree.apply(sampleBlocks("```diff package.json\n no such line\n```\n")),
    /are not in package\.json/,
  );
  tree.apply(sampleBlocks("```txt a.txt\none\none\n```\n"));
  assert.throws(() => tree.apply(sampleBlocks("```diff a.txt\n one\n```\n")), /twice/);
  assert.throws(() => tree.apply(sampleBlocks("```txt a.txt\ntwo\n```\n")), /is not new/);
});
