import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { identify } from "../identify.ts";
import { match } from "../outcome.ts";
import { findSecrets } from "../secrets.ts";
import { parse } from "./client.ts";

const request = text("0\0alice\0s3cret\0id\0");

describe("rexec", () => {
  test("the user and the command are read where rexec is expected; otherwise it is rsh", () => {
    equalFacts(parse(request), match({ user: "alice", command: "id" }));
    assert.equal(identify(request, "rexec").protocol, "rexec");
    assert.equal(identify(request).protocol, "rsh");
  });

  test("the third text is a password, even before the request is complete", () => {
    const whole = { start: 8, end: 14, text: "s3cret" };
    equalFacts(findSecrets(request, identify(request, "rexec")), [whole]);
    const cut = request.subarray(0, 12);
    equalFacts(findSecrets(cut, identify(cut, "rexec")), [{ start: 8, end: 12, text: "s3cr" }]);
  });

  parserProperties(parse, { valid: [request] });
});
