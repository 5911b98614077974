import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { beanstalkdStats } from "../beanstalkd/server.ts";
import { clamdVersion } from "../clamd/server.ts";
import { ircVersion } from "../irc/server.ts";
import { sipOptions } from "../sip/server.ts";
import { agentIn, parseTextAnswer } from "./text-answers.ts";

describe("parseTextAnswer", () =>
  parserProperties((bytes) => parseTextAnswer(clamdVersion, bytes), {
    valid: [],
    streams: [text("ClamAV 1.4.6/27000/Sat Nov 28 2026\0")],
    runs: 60,
  }));

test("answers in text contain product and version, and everything else is something else", () => {
  const versionIn = (question: Parameters<typeof parseTextAnswer>[0], answer: string) => {
    const outcome = parseTextAnswer(question, text(answer));
    return outcome.kind === "match" ? outcome.value.version : outcome.kind;
  };
  assert.equal(versionIn(clamdVersion, "ClamAV 1.4.6\0"), "1.4.6");
  assert.equal(versionIn(clamdVersion, "HTTP/1.1 400 Bad Request\r\n\r\n"), "mismatch");
  assert.equal(versionIn(beanstalkdStats, 'OK 20\r\n---\npid: 1\nversion: "1.12"\n'), "1.12");
  assert.equal(versionIn(beanstalkdStats, "OK 1.1.20\n"), "incomplete");
  assert.equal(versionIn(ircVersion, "HTTP/1.1 400 Bad Request\r\n\r\n"), "incomplete");
  assert.deepEqual(agentIn(text("SIP/2.0 200 OK\r\nServer: kamailio (5.6.3 (x86_64/linux))\r\n\r\n")), {
    product: "kamailio",
    version: "5.6.3",
  });
  assert.deepEqual(agentIn(text("RTSP/1.0 200 OK\r\nServer: AirTunes/105.1\r\n\r\n")), {
    product: "AirTunes",
    version: "105.1",
  });
  assert.equal(parseTextAnswer(sipOptions, text("SIP/2.0 200 OK\r\n")).kind, "incomplete");
});
