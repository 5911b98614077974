import assert from "node:assert/strict";
import { test } from "node:test";
import { requesterOf } from "./requester.ts";

test("a requester is named by the account and by the way of the request", () => {
  const account = { name: "ann", role: "operate" } as const;
  const nobody = { name: "", role: "operate" } as const;
  for (const [request, expected] of [
    [{ account, headers: { origin: "http://localhost:8417" } }, "ann on the pages"],
    [{ account, headers: { "sec-fetch-site": "same-origin" } }, "ann on the pages"],
    [{ account, headers: {} }, "ann through the API"],
    [{ account: nobody, headers: { origin: "http://localhost:8417" } }, "somebody on the pages"],
    [{ account: nobody, headers: {} }, "somebody through the API"],
  ] as const) {
    assert.equal(requesterOf(request), expected);
  }
});
