import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const old = text("<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8\n");
const recent = text('<165>1 2003-10-11T22:14:15.003Z host.example evntslog - ID47 [x@1 a="b"] text\n');
const counted = text("44 <13>1 - host.example root 77 - - hello world");

describe("syslog", () => {
  test("facility, severity, host and program are read, in both formats", () => {
    equalFacts(
      parse(old),
      match({ facility: "auth", severity: "crit", format: "rfc3164", host: "mymachine", program: "su" }),
    );
    equalFacts(
      parse(recent),
      match({ facility: "local4", severity: "notice", format: "rfc5424", host: "host.example", program: "evntslog" }),
    );
    equalFacts(
      parse(text("<30>Feb  5 17:32:18 cron[12]: job\n")),
      match({ facility: "daemon", severity: "info", format: "rfc3164", program: "cron" }),
    );
  });

  test("a frame that shows its length ends there", () => {
    equalFacts(
      parse(counted),
      match({
        facility: "user",
        severity: "notice",
        format: "rfc5424",
        host: "host.example",
        program: "root",
        octetCounted: true,
      }),
    );
  });

  test("tags of XML and of IMAP are something else", () => {
    for (const line of [
      "<?xml version='1.0'?>",
      "<192>Oct 11 22:14:15 a b",
      "<5> hello\n",
      "1 CAPABILITY\r\n",
      "12 <a>",
    ]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
    }
  });

  parserProperties(parse, { valid: [old, recent, counted] });
});
