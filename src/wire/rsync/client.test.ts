import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse, rsyncSecrets } from "./client.ts";

/** Its second line was sent after a server's greeting. */
const backup = fixture(import.meta.url, "rsync-module.bin");
/** Its third line answers a challenge. */
const login = fixture(import.meta.url, "rsync-login.bin");
const greeting = backup.subarray(0, backup.indexOf(0x0a) + 1);

describe("rsync", () => {
  test("the greeting contains the version, and the module may follow", () => {
    equalFacts(parse(greeting), match({ version: "32.0" }, false));
    equalFacts(parse(text("@RSYNCD: 29\n")), match({ version: "29" }, false));
  });

  test("the second line contains the module", () => {
    equalFacts(parse(backup), match({ version: "32.0", module: "backup" }));
  });

  test("the third line contains the user, and the response is hidden", () => {
    equalFacts(parse(login), match({ version: "32.0", module: "backup", user: "alice" }));
    const [secret, ...more] = rsyncSecrets(login);
    equalFacts([secret, more], [{ start: login.length - 87, end: login.length - 1 }, []]);
  });

  test("a request for the list of modules names no module", () => {
    equalFacts(parse(text("@RSYNCD: 31.0\n\n")), match({ version: "31.0" }));
    equalFacts(parse(text("@RSYNCD: 31.0\n#list\n")), match({ version: "31.0", module: "#list" }));
  });

  test("an endless module name is not waited for", () => {
    equalFacts(parse(text(`@RSYNCD: 31.0\n${"a".repeat(1024)}`)), match({ version: "31.0" }));
  });

  test("another mark is something else", () => {
    assert.equal(parse(text("@PJL INFO ID\r\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [backup], streams: [login] });
});
