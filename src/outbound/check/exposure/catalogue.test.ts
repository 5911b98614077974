import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HttpCase } from "../../../../test/check-servers/http-case.ts";
import { anyPage, httpCases } from "../../../../test/check-servers/http-cases.ts";
import { httpCaseServer } from "../../../../test/check-servers/http-server.ts";
import { protocolCases } from "../../../../test/check-servers/protocol-cases.ts";
import { scriptedServer } from "../../../../test/check-servers/scripted-server.ts";
import type { Verdict } from "../../../core/check.ts";
import { Deadline } from "../deadline.ts";
import { askEntry } from "./ask-entry.ts";
import { exposureCatalogue } from "./catalogue.ts";
import type { CatalogueEntry, HttpEntry, ProtocolEntry } from "./entry.ts";

/** Every entry owes a case in which it proves what it can, and one in which it does not. */

test("every entry has a positive and a negative case, and no case is without an entry", () => {
  for (const entry of exposureCatalogue) {
    if (entry.kind === "http") {
      const cases = httpCases[entry.name];
      assert.ok(cases !== undefined && cases.exposed.length > 0, `${entry.name} has no positive case`);
      assert.ok(cases.protected.length > 0, `${entry.name} has no negative case`);
      continue;
    }
    const cases = protocolCases[entry.name] ?? [];
    const isPositive = (kase: (typeof cases)[number]) => kase.verdict === entry.proves && kase.isRecognised !== false;
    assert.ok(cases.some(isPositive), `${entry.name} has no positive case`);
    assert.ok(
      cases.some((kase) => !isPositive(kase)),
      `${entry.name} has no negative case`,
    );
  }
  const names = new Set(exposureCatalogue.map((entry) => entry.name));
  assert.equal(names.size, exposureCatalogue.length, "a name is taken twice");
  for (const name of [...Object.keys(httpCases), ...Object.keys(protocolCases)]) assert.ok(names.has(name), name);
});

async function ask(entry: CatalogueEntry, port: number) {
  using deadline = new Deadline(8000, new AbortController().signal);
  return await askEntry(entry, { host: "127.0.0.1", port }, deadline);
}

describe("HTTP entries", () => {
  for (const entry of exposureCatalogue.filter((candidate): candidate is HttpEntry => candidate.kind === "http")) {
    const cases = httpCases[entry.name];
    const expectations: readonly (readonly [Verdict, readonly HttpCase[]])[] = [
      ["exposed", cases?.exposed ?? []],
      ["protected", cases?.protected ?? []],
      ["inconclusive", cases?.inconclusive ?? []],
    ];
    for (const [verdict, answers] of expectations) {
      for (const answer of answers) {
        test(`${entry.name}: ${answer.title ?? "as documented"} is ${verdict}`, async () => {
          const path = answer.path ?? entry.questions[0]?.path;
          await using server = await httpCaseServer(answer, { path, tls: entry.tls === "always" });
          const said = await ask(entry, server.port);
          assert.equal(said.judgement.verdict, verdict, JSON.stringify(said));
          assert.notEqual(said.judgement.reason, "");
          if (answer.version !== undefined) assert.equal(said.version, answer.version);
        });
      }
    }
    test(`${entry.name}: a page that has the words, a missing page and an error prove nothing`, async () => {
      for (const answer of [anyPage, { status: 404 }, { status: 500, body: "oops" }]) {
        await using server = await httpCaseServer(answer, { path: undefined, tls: entry.tls === "always" });
        const said = await ask(entry, server.port);
        assert.equal(said.judgement.verdict, "inconclusive", JSON.stringify(said));
      }
    });
  }
});

describe("protocol entries", { concurrency: 4 }, () => {
  for (const entry of exposureCatalogue.filter(
    (candidate): candidate is ProtocolEntry => candidate.kind === "protocol",
  )) {
    for (const kase of protocolCases[entry.name] ?? []) {
      test(`${entry.name}: ${kase.title} is ${kase.verdict}`, async () => {
        await using server = await scriptedServer(kase.scripts);
        const said = await ask(entry, server.port);
        const context = `${JSON.stringify(said)} unexpected ${JSON.stringify(server.unexpected)}`;
        assert.equal(said.judgement.verdict, kase.verdict, context);
        assert.equal(said.isRecognised, kase.isRecognised ?? true, context);
        assert.notEqual(said.judgement.reason, "");
        if (kase.product !== undefined) assert.equal(said.product, kase.product, context);
        if (kase.version !== undefined) assert.equal(said.version, kase.version, context);
      });
    }
  }
});
