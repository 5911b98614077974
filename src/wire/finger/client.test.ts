import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { knownFacts } from "../../../test/wire/known-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const user = text("bob\r\n");
const verbose = text("/W root@inner\r\n");

describe("finger", () => {
  test("the user and the request for detailed output are read", () => {
    equalFacts(parse(user), match({ query: "bob" }));
    equalFacts(parse(verbose), match({ query: "root@inner", verbose: true }));
    equalFacts(parse(text("\r\n")), match({ query: "" }));
  });

  parserProperties(knownFacts(parse, ["query"]), { valid: [user, verbose] });
});
