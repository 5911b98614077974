import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as z from "zod";
import { choiceOf, wholeNumber } from "./api/filter-fields.ts";
import { faultsOf, parseRequest } from "./request-faults.ts";

const schema = z.strictObject({
  sort: choiceOf(["address", "port", "time"]).optional(),
  limit: wholeNumber(1, 500).optional(),
  id: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
  q: z.string().max(10).optional(),
  name: z.string().min(1).default("x"),
  ids: z.array(z.int()).min(1).max(2).optional(),
  at: z.iso.datetime({ offset: true }).optional(),
});

function faults(value: unknown): string {
  try {
    parseRequest(schema, value);
    return "";
  } catch (error) {
    assert.ok(error instanceof z.ZodError);
    return faultsOf(error);
  }
}

describe("what is wrong with a request", () => {
  for (const [value, words] of [
    [{ sort: "prot" }, 'sort: unknown value "prot"; expected address, port or time'],
    [{ sort: ["port", "time"] }, "sort: given 2 values; expected one"],
    [{ sort: "x".repeat(100) }, `sort: unknown value "${"x".repeat(60)}…"; expected address, port or time`],
    [{ limit: "501" }, "limit: expected a whole number in decimal digits, from 1 to 500"],
    [{ limit: "0x10" }, "limit: expected a whole number in decimal digits, from 1 to 500"],
    [{ id: "0" }, "id: expected a whole number in decimal digits, 1 or more"],
    [{ q: "12345678901" }, "q: expected at most 10 characters"],
    [{ q: ["a", "b"] }, "q: given 2 values; expected one"],
    [{ q: ["a"] }, "q: expected text"],
    [{ limit: ["1", "2"] }, "limit: given 2 values; expected one"],
    [{ ids: [2 ** 53] }, /^ids\.0: expected at most \d+$/],
    [{ at: "2027-02-30T00:00:00Z" }, "at: expected a time of the calendar with its zone, such as 2026-01-31T08:00:00Z"],
    [[], "expected a JSON object"],
    [{ name: "" }, "name: expected some text"],
    [{ name: 5 }, "name: expected text"],
    [{ ids: [] }, "ids: the list is empty"],
    [{ ids: [1, 2, 3] }, "ids: expected at most 2 entries"],
    [{ ids: ["a"] }, "ids.0: expected a number"],
    [{ sorts: "port" }, 'unknown name "sorts". Did you mean "sort"?'],
    [{ colour: "red" }, 'unknown name "colour". There are: sort, limit, id, q, name, ids, at.'],
    [null, "expected a JSON object"],
    [{ limit: "0", sort: "" }, /^sort: unknown value "".*; limit: expected/],
  ] as const) {
    test(`${JSON.stringify(value)?.slice(0, 60)}`, () => {
      if (typeof words === "string") assert.equal(faults(value), words);
      else assert.match(faults(value), words);
    });
  }

  test("nothing, whatever the case of a choice", () => {
    assert.deepEqual(parseRequest(schema, { sort: "PORT", limit: "007" }), { sort: "port", limit: 7, name: "x" });
  });
});
