import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { knownFacts } from "../../../test/wire/known-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const search = text("/search\tmoon\r\n");

describe("gopher", () => {
  test("the selector and what is searched for are read", () => {
    equalFacts(parse(search), match({ selector: "/search", search: "moon" }));
    equalFacts(parse(text("\r\n")), match({ selector: "" }));
  });

  parserProperties(knownFacts(parse, ["selector", "search"]), { valid: [search] });
});
