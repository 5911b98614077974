import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { address, at, connection, linkoping } from "../../../test/alert/samples.ts";
import { portwatcherText } from "../../compat/portwatcher/alert-defaults.ts";
import { portwatcherAlertLayout } from "../../compat/portwatcher/alert-text.ts";
import type { Connection, Origin } from "../../core/connection.ts";
import type { Message } from "../../core/delivery.ts";
import type { AlertTextSettings } from "../../present/alerts/alert-text.ts";
import { zonedTime } from "../../present/text/zoned-time.ts";
import { identify } from "../../wire/identify.ts";
import { alertSettings, alertsSchema } from "../decide/schema.ts";
import { AlertComposer, alertMessageId } from "./compose-alert.ts";

const classic: AlertTextSettings = { ...portwatcherText, timeZone: "Europe/Berlin" };
const full = alertSettings(alertsSchema.parse({ time_zone: "Europe/Berlin" })).text;
const envelope = { messageId: "<a.1@harbinger.test>", at };

interface MessageOptions {
  readonly settings?: AlertTextSettings;
  readonly connection?: Partial<Connection>;
  readonly html?: boolean;
}

/** An alert for a connection that sent `sent`, for mail by default. */
function messageOf(sent: string | Uint8Array, origin: Origin, options: MessageOptions = {}): Message {
  const { settings = full, html = true } = options;
  const bytes = typeof sent === "string" ? Buffer.from(sent) : sent;
  const alert = {
    kind: "connection",
    connection: { ...connection(bytes, identify(bytes)), ...options.connection },
    origin,
    suppressedBefore: 0,
  } as const;
  return new AlertComposer(settings).compose(alert, { ...envelope, html });
}

function subjectOf(origin: Origin): string {
  const alert = {
    kind: "connection",
    connection: connection("", identify(new Uint8Array())),
    origin,
    suppressedBefore: 0,
  } as const;
  return new AlertComposer(classic, portwatcherAlertLayout).compose(alert, envelope).subject;
}

describe("the subject of an alert in the layout of the earlier Portwatcher", () => {
  test("has country, place and address, without those that are unknown", () => {
    assert.equal(subjectOf(linkoping), "SE Linköping 89.160.20.112");
    assert.equal(
      subjectOf({ countryCode: "SE", country: "Sweden", region: "Östergötland" }),
      "SE Östergötland 89.160.20.112",
    );
    assert.equal(subjectOf({ countryCode: "SE", country: "Sweden", region: "", city: " " }), "SE Sweden 89.160.20.112");
    assert.equal(subjectOf({ countryCode: "SE" }), "SE 89.160.20.112");
    assert.equal(subjectOf({ city: "Linköping" }), "Linköping 89.160.20.112");
    assert.equal(subjectOf({}), "89.160.20.112");
  });

  test("is one safe line, whatever a database calls a place", () => {
    assert.equal(subjectOf({ city: "a\r\nBcc: b\u202e" }), "a Bcc: b. 89.160.20.112");
    assert.ok(subjectOf({ city: "x".repeat(5000) }).length < 250);
  });
});

const labels = [
  "Timestamp:",
  "Peer IP:",
  "Port:",
  "rDNS:",
  "Country:",
  "City/Region:",
  "BytesIn/Probe:",
  "Detected:",
  "HTTP:",
  "Host:",
  "User-Agent:",
  "SNI:",
  "ALPN:",
  "Payload (",
  "Org:",
  "Provider:",
  "Local:",
  "Suppressed (since last notify for this IP):",
];

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(...labels).map((label) => `x\n${label} forged\r${label}`),
);
const origins = fc.record(
  {
    countryCode: hostile,
    country: hostile,
    region: hostile,
    city: hostile,
    organization: hostile,
    provider: hostile,
    hostname: hostile,
  },
  { requiredKeys: [] },
);
const payloads = fc.oneof(
  hostile.map((text) => Uint8Array.from(Buffer.from(text))),
  hostile.map((text) =>
    Uint8Array.from(Buffer.from(`GET /${text} HTTP/1.1\r\nHost: ${text}\r\nUser-Agent: ${text}\r\n\r\n`)),
  ),
  fc.uint8Array({ maxLength: 300 }),
);

describe("the text of an alert", () => {
  test("has each of our lines once and in order, and no control characters, whatever a client sends", () => {
    const composer = new AlertComposer(classic, portwatcherAlertLayout);
    fc.assert(
      fc.property(payloads, origins, (payload, origin) => {
        const alert = {
          kind: "connection",
          connection: connection(payload, identify(payload)),
          origin,
          suppressedBefore: 1,
        } as const;
        const { subject, text, json } = composer.compose(alert, envelope);
        const found = text.split("\n").flatMap((line) => labels.filter((label) => line.startsWith(label)));
        assert.deepEqual(found, labels);
        assert.equal(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(text.replace(/[\n\t]/g, "")), false);
        assert.equal(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(subject), false);
        assert.equal(JSON.parse(json ?? "").type, "connection");
      }),
      { numRuns: 300 },
    );
  });

  test("in the full style has a line for each known field, and none for others", () => {
    assert.equal(
      messageOf("SSH-2.0-Go\r\n", { hostname: "  ", countryCode: "" }).text,
      [
        "Decoy port: 1417",
        "Decoy IP: 192.0.2.1",
        "Listener: decoy",
        "Time: 2026-01-31 08:00:00 +01:00",
        "",
        "Peer IP: 89.160.20.112",
        "Peer port: 51234",
        "",
        "Protocol: SSH",
        "Client: SSH-2.0-Go",
        "Received: 12 bytes in 12 ms",
        "",
        "Payload (text, 12 bytes):",
        "  SSH-2.0-Go",
        "",
      ].join("\n"),
    );
  });

  test("names the network once, whether or not its provider's name contains the number", () => {
    const asked = (origin: Origin) => {
      const { text } = messageOf("", origin);
      return [/^Network: (.*)$/m.exec(text)?.[1], /^Organization: (.*)$/m.exec(text)?.[1]];
    };
    assert.deepEqual(asked({ asn: 64500, organization: "Example Carrier" }), ["AS64500 Example Carrier", undefined]);
    assert.deepEqual(asked({ asn: 64500, provider: "AS64500 Example Carrier" }), [
      "AS64500 Example Carrier",
      undefined,
    ]);
    assert.deepEqual(asked({ asn: 64500, provider: "AS64500" }), ["AS64500", undefined]);
    assert.deepEqual(asked({ asn: 64500, provider: "Vodafone" }), ["AS64500 Vodafone", undefined]);
    assert.deepEqual(asked({ provider: "Vodafone", organization: "Holder" }), ["Vodafone", "Holder"]);
    assert.deepEqual(asked({ organization: "Holder" }), [undefined, "Holder"]);
  });

  test("shows the place of a peer as precisely as it is known and wanted", () => {
    const asked = (origin: Origin, settings = full) => {
      return /^Location: (.*)$/m.exec(messageOf("", origin, { settings }).text)?.[1];
    };
    assert.equal(asked(linkoping), "Linköping, Östergötland County, Sweden (SE)");
    assert.equal(asked(linkoping, { ...full, includeCity: false }), "Sweden (SE)");
    assert.equal(asked({ city: "Berlin", region: "Berlin", country: "Germany" }), "Berlin, Germany");
    assert.equal(asked({ countryCode: "SE" }), "SE");
    const { text } = messageOf("", linkoping, { settings: { ...full, includeCoordinates: true, includeUtc: true } });
    assert.match(text, /^Coordinates \(approx\): 58\.42, 15\.62$/m);
    assert.match(text, /^Time \(UTC\): 2026-01-31 07:00:00 \+00:00$/m);
  });

  test("leaves out the input of a fingerprint", () => {
    const ssh = { ident: "SSH-2.0-Go", hassh: "8a8ae540028bf433cd68356c1b9e8d5b", hasshAlgorithms: "a,b;c;d;e" };
    const { text } = messageOf(
      "SSH-2.0-Go\r\n",
      {},
      { connection: { identification: { protocol: "ssh", complete: true, ssh } } },
    );
    assert.match(text, /^Client: SSH-2\.0-Go\nHASSH: 8a8ae540028bf433cd68356c1b9e8d5b\nReceived: /m);
    assert.doesNotMatch(text, /a,b;c/);
  });

  test("names the scanner, and the proxy that passed the connection on", () => {
    const identification = { ...identify(Buffer.from("x")), scanner: "nmap", probe: "GetRequest" };
    const via = { address: address("10.0.0.1"), port: 443 };
    const { text } = messageOf("x", {}, { connection: { identification, via } });
    assert.match(text, /^Scanner: nmap \(GetRequest\)$/m);
    assert.match(text, /^Via proxy: 10\.0\.0\.1:443$/m);
  });

  test("shows how much of a payload is displayed, and why a connection was cut off", () => {
    const cut = messageOf("x".repeat(20), {}, { connection: { bytes: 5000 } }).text;
    assert.match(cut, /^Received: 5,000 bytes in 12 ms$/m);
    assert.match(cut, /^Payload \(text, the first 20 of 5000 bytes\):$/m);
    const { payload: _, ...without } = full;
    assert.doesNotMatch(messageOf("x", {}, { settings: without }).text, /Payload/);
    const unheard = messageOf("", {}, { connection: { end: "over-limit" } });
    assert.match(unheard.subject, /\(rejected: too many connections\)$/);
    assert.match(unheard.text, /^Received: no data in 12 ms; rejected: too many connections were open$/m);
  });

  test("in the full style has one line for each label, and none from a client", () => {
    const own = /^(?:Decoy|Listener|Time|Since|Peer|rDNS|Location|Network|Organization|Protocol|HTTP|Received|Payload)/;
    fc.assert(
      fc.property(payloads, origins, (payload, origin) => {
        const { subject, text } = messageOf(payload, origin);
        const lines = text.split("\n");
        const from = lines.findIndex((line) => line.startsWith("Payload ("));
        for (const line of from < 0 ? [] : lines.slice(from + 1)) assert.match(line, /^(?: {2}|$)/);
        const found = lines.flatMap((line) => own.exec(line.split(":")[0] ?? "")?.input ?? []);
        assert.deepEqual(found, [...new Set(found)]);
        assert.equal(subject.includes("\n"), false);
        assert.notEqual(lines[0], subject);
        assert.ok(subject.length <= 270);
        assert.equal(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(text.replace(/[\n\t]/g, "")), false);
        assert.equal(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(subject), false);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the HTML part of an alert", () => {
  test("is only in mails, if enabled", () => {
    assert.equal(messageOf("x", {}, { html: false }).html, undefined);
    assert.equal(messageOf("x", {}, { settings: classic }).html, undefined);
    assert.equal(messageOf("x", {}, { settings: { ...full, html: false } }).html, undefined);
    assert.match(messageOf("x", {}).html ?? "", /^<!DOCTYPE html>/);
  });

  test("has dark-mode colours for everything that it shows", () => {
    const html = messageOf("x", linkoping).html ?? "";
    const dark = [...html.matchAll(/@media \(prefers-color-scheme:dark\)\{(.*?)\n\}\n/gs)]
      .map(([, rules]) => rules)
      .join("");
    for (const name of ["body", "card", "title", "heading", "label", "value", "evidence", "track", "bar"]) {
      assert.match(dark, new RegExp(`\\.${name}[,{]`), name);
    }
  });

  test("has the same content as the text, escaped, and loads nothing", () => {
    const hostile = '</pre><script src=//192.0.2.9/x></script><img src=x onerror="1">&amp;';
    const html = messageOf(`GET /${hostile} HTTP/1.1\r\n\r\n`, { hostname: hostile, city: hostile }).html ?? "";
    assert.doesNotMatch(html, /<(?:script|img|link|iframe)|<[^>]+\s(?:src|href|on\w+)=|url\(|@import/i);
    assert.ok(html.includes("&lt;script src=//192.0.2.9/x&gt;"));
    for (const label of ["Decoy port", "Peer IP", "rDNS", "Location", "Received"])
      assert.ok(html.includes(`>${label}<`));
  });

  test("contains only its own elements, each closed, whatever a client sends", () => {
    const known = new Set("html head meta title style body div p h1 h2 span table tr td pre".split(" "));
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (sent) => {
        const html = messageOf(`GET /${sent} HTTP/1.1\r\nUser-Agent: ${sent}\r\n\r\n`, { hostname: sent }).html ?? "";
        const open: string[] = [];
        for (const [, slash, tag = ""] of html.replace(/^<!DOCTYPE html>/, "").matchAll(/<(\/?)([^\s>]*)[^>]*>/g)) {
          assert.ok(known.has(tag), tag);
          if (slash === "/") assert.equal(open.pop(), tag);
          else if (tag !== "meta") open.push(tag);
        }
        assert.deepEqual(open, []);
      }),
      { numRuns: 200 },
    );
  });
});

describe("JSON for programs", () => {
  test("has no more of the place, and no payload, than is configured", () => {
    const alert = {
      kind: "connection",
      connection: connection("x", identify(Buffer.from("x"))),
      origin: linkoping,
      suppressedBefore: 0,
    } as const;
    const { payload: _, ...quiet } = { ...classic, includeCity: false };
    const little = JSON.parse(new AlertComposer(quiet).compose(alert, envelope).json ?? "");
    const much = JSON.parse(
      new AlertComposer({ ...classic, includeCoordinates: true, coordinatePrecision: 1 }).compose(alert, envelope)
        .json ?? "",
    );
    assert.equal("payload" in little, false);
    assert.deepEqual([little.origin.city, little.origin.latitude], [undefined, undefined]);
    assert.deepEqual([much.origin.city, much.origin.latitude, much.origin.longitude], ["Linköping", 58.4, 15.6]);
  });
});

describe("times", () => {
  test("carry the offset of their zone, in summer and winter", () => {
    const berlin = zonedTime("Europe/Berlin");
    assert.equal(berlin(Date.UTC(2026, 0, 31, 7)), "2026-01-31T08:00:00+01:00");
    assert.equal(berlin(Date.UTC(2026, 6, 31, 7)), "2026-07-31T09:00:00+02:00");
    assert.equal(berlin(Date.UTC(2026, 9, 25, 0, 59, 59)), "2026-10-25T02:59:59+02:00");
    assert.equal(berlin(Date.UTC(2026, 9, 25, 1)), "2026-10-25T02:00:00+01:00");
    assert.equal(zonedTime("UTC")(at), "2026-01-31T07:00:00+00:00");
    assert.equal(zonedTime("Asia/Kolkata")(at), "2026-01-31T12:30:00+05:30");
    assert.equal(zonedTime("America/New_York")(at), "2026-01-31T02:00:00-05:00");
  });

  test("of any number read back as the same second", () => {
    const zone = zonedTime("Australia/Lord_Howe");
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1971, 0), max: Date.UTC(2200, 0) }), (time) => {
        assert.equal(Date.parse(zone(time)), Math.floor(time / 1000) * 1000);
      }),
    );
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, -1e300]) assert.match(zone(odd), /^\d{4}-/);
  });
});

test("a message identifier is the same for the same alert, and safe", () => {
  assert.equal(alertMessageId(["connection", "01-a", "mail"], "host.example"), "<connection.01-a.mail@host.example>");
  assert.equal(alertMessageId(["a>\r\nb"], "h h"), "<a---b@h-h>");
  assert.equal(alertMessageId(["a"], ""), "<a@localhost>");
});
