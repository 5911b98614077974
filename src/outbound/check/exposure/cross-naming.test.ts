import assert from "node:assert/strict";
import { test } from "node:test";
import type { HttpCase } from "../../../../test/check-servers/http-case.ts";
import { httpCases } from "../../../../test/check-servers/http-cases.ts";
import type { HttpAnswer } from "../../../wire/http/server.ts";
import { productName } from "../service/product-name.ts";
import { SeenAnswer } from "../web/seen-answer.ts";
import { httpAnswer } from "./ask-entry.ts";
import { exposureCatalogue } from "./catalogue.ts";
import type { HttpEntry } from "./entry.ts";

const entries = exposureCatalogue.filter((entry): entry is HttpEntry => entry.kind === "http");

/**
 * Each product of the catalogue, as documented, on the port of each other one: it gets its own name or none.
 * It gives its answer for its own path only, and in a second case for every path.
 */
test("no product's answer is mistaken for another product's", () => {
  let pairs = 0;
  for (const served of entries) {
    const own = productName(served.title);
    const { exposed = [], protected: guarded = [], inconclusive = [] } = httpCases[served.name] ?? {};
    for (const kase of [...exposed, ...guarded, ...inconclusive]) {
      for (const asked of entries) {
        if (productName(asked.title) === own) continue;
        for (const request of asked.requests) {
          for (const isForEveryPath of [false, true]) {
            const result = httpAnswer(asked, request, answerOf(kase, request.path, served, isForEveryPath), undefined);
            const context = `${served.name} (${kase.title}) asked as ${asked.name}: ${JSON.stringify(result)}`;
            assert.ok(result.product === undefined || `${result.product} `.startsWith(`${own} `), context);
            assert.equal(result.isProven, false, context);
            assert.notEqual(result.judgement.verdict, "exposed", context);
            if (result.isRecognised && result.product === undefined) {
              assert.ok(result.judgement.reason.startsWith("a web server; "), context);
            }
            pairs += 1;
          }
        }
      }
    }
  }
  assert.ok(pairs > 10_000);
});

function answerOf(kase: HttpCase, path: string, served: HttpEntry, isForEveryPath: boolean): SeenAnswer {
  const isItsPath = path === (kase.path ?? served.requests[0]?.path);
  const other = kase.others?.[path];
  const { status, headers = {}, body = "" } = other ?? (isForEveryPath || isItsPath ? kase : { status: 404 });
  const answer: HttpAnswer = {
    status,
    statusLine: `HTTP/1.1 ${status}`,
    headers: new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body),
    whole: true,
  };
  return new SeenAnswer(answer);
}
