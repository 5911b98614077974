import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { PortwatcherSettings } from "../compat/portwatcher/environment.ts";
import type { Environment } from "../compat/portwatcher/environment-values.ts";
import { variableNames } from "../compat/portwatcher/variables.ts";
import { parseRange } from "../core/network.ts";
import { readPortwatcherEnvironment } from "./portwatcher-environment.ts";

const noFiles = (file: string): string => {
  throw Object.assign(new Error(`ENOENT: ${file}`), { code: "ENOENT" });
};

const mail = { PW_SMTP_SERVER: "mx.example.de", PW_MAIL_TO: "you@example.de" };

function read(environment: Environment, readFile = noFiles): PortwatcherSettings & { warnings: readonly string[] } {
  const outcome = readPortwatcherEnvironment(environment, { readFile: (file) => Buffer.from(readFile(file)) });
  if (outcome.kind === "invalid") assert.fail(outcome.problems.join("\n"));
  return { ...outcome.settings, warnings: outcome.warnings };
}

function problemsOf(environment: Environment, readFile = noFiles): readonly string[] {
  const outcome = readPortwatcherEnvironment(environment, { readFile: (file) => Buffer.from(readFile(file)) });
  return outcome.kind === "invalid" ? outcome.problems : [];
}

describe("the environment of portwatcher", () => {
  test("has the earlier tool's defaults if nothing is set", () => {
    const { listener, enrich, alerts, logLevel, mail, push, store } = read({});
    assert.deepEqual(listener.hosts, ["0.0.0.0"]);
    assert.deepEqual(listener.ports, [1417]);
    assert.deepEqual(listener.capture, {
      mode: "classic",
      maxBytes: 2048,
      clientTimeMs: 800,
      bannerTimeMs: 800,
      banner: undefined,
      dialogue: false,
      passwords: true,
    });
    assert.deepEqual(listener.limits, { connections: 10_000, perAddress: 5000 });
    assert.deepEqual(enrich, {
      cityDatabase: "/var/lib/GeoIP/GeoLite2-City.mmdb",
      asnDatabase: "/var/lib/GeoIP/GeoLite2-ASN.mmdb",
      countryData: true,
      rdns: { enabled: true, timeoutMs: 1000 },
      ipApi: { enabled: false, endpoint: "http://ip-api.com/json/", budgetPerMinute: 40 },
      allowPrivate: false,
      cacheSize: 20_000,
    });
    assert.deepEqual(alerts.cooldown, {
      cooldownMs: 1_800_000,
      forgetMs: 86_400_000,
      limit: 20_000,
      ipv6ByNetwork: false,
      summaries: false,
    });
    assert.deepEqual(alerts.ignore, {
      loopback: true,
      thisMachine: false,
      privates: false,
      networks: [],
      ports: [],
      pairs: [],
      alsoUnrecorded: true,
    });
    assert.deepEqual(alerts.text, {
      html: false,
      timeZone: "Europe/Berlin",
      includeUtc: false,
      includeCity: true,
      includeCoordinates: false,
      coordinatePrecision: 2,
      payload: { mode: "auto", maxChars: 600, stripControl: true },
      fingerprints: false,
    });
    assert.deepEqual(
      { logLevel, mail, push, store },
      { logLevel: "info", mail: undefined, push: undefined, store: undefined },
    );
  });

  test("warns that no alerts are sent while neither mail nor push is configured", () => {
    assert.match(read({}).warnings.join("\n"), /no alerts will be sent/);
    assert.deepEqual(read({ PW_NTFY_TOPIC: "x" }).warnings, []);
    assert.deepEqual(read(mail).warnings, []);
  });

  test("treats blank as not set", () => {
    const blank = Object.fromEntries(variableNames.map((name) => [name, " \t"]));
    assert.deepEqual(read(blank), read({}));
  });

  test("strips a comment after white space or at the start, and keeps # inside a word", () => {
    const environment = {
      ...mail,
      PW_PORT: "99        # our port",
      PW_PAYLOAD_MODE: "hex#",
      PW_SMTP_USER: "user@example.de\t# login",
      PW_SMTP_PASS: "a#b##c # really",
      PW_NTFY_TOPIC: "# none",
    };
    assert.deepEqual(problemsOf(environment), ['PW_PAYLOAD_MODE: "hex#": expected auto, text, hex or base64']);
    const { listener, mail: read_, push } = read({ ...environment, PW_PAYLOAD_MODE: "#hex" });
    assert.deepEqual(listener.ports, [99]);
    assert.equal(push, undefined);
    assert.deepEqual(read_?.server.credentials, { username: "user@example.de", password: "a#b##c" });
  });

  test("takes 0, false, no and off in any case as false", () => {
    for (const word of ["0", "false", "FALSE", "No", "oFF", "off # for now"]) {
      assert.equal(read({ PW_RDNS_ENABLE: word }).enrich.rdns.enabled, false, word);
    }
    for (const word of ["1", "true", "Yes", "ON", "2", "ja"]) {
      assert.equal(read({ PW_IPAPI_ENABLE: word }).enrich.ipApi.enabled, true, word);
    }
    assert.match(read({ PW_IPAPI_ENABLE: "ja" }).warnings.join("\n"), /PW_IPAPI_ENABLE: "ja" counts as 1/);
  });

  test("reads every variable", () => {
    const { listener, enrich, alerts, mail, push, logLevel, store, warnings } = read({
      PW_HOST: "::",
      PW_PORT: "5555",
      PW_MAX_CONCURRENCY: "10",
      PW_LOG_LEVEL: "warning",
      PW_BANNER: "220 hello",
      PW_STORE: "/data/alerts.db",
      PW_SMTP_SERVER: "mx.example.de",
      PW_SMTP_PORT: "2525",
      PW_SMTP_STARTTLS: "1",
      PW_SMTP_USER: "u",
      PW_SMTP_PASS: "p",
      PW_MAIL_FROM: "Port Watch <portwatch@example.de>",
      PW_MAIL_TO: "you@example.de, Ann <ann@example.de>,you@example.de",
      PW_NTFY_SERVER: "https://push.example.de/ntfy",
      PW_NTFY_TOPIC: "knocks",
      PW_NTFY_PRIORITY: "high",
      PW_NTFY_TAGS: "eyes, shield",
      PW_GEOIP_CITY_DB: "/geo/city.mmdb",
      PW_GEOIP_ASN_DB: "/geo/asn.mmdb",
      PW_GEO_ALLOW_PRIVATE: "1",
      PW_IPAPI_ENABLE: "1",
      PW_IPAPI_ENDPOINT: "https://geo.example.de/json/",
      PW_IPAPI_BUDGET_PER_MIN: "5",
      PW_RDNS_ENABLE: "0",
      PW_RDNS_TIMEOUT: "0.25",
      PW_INCLUDE_CITY: "0",
      PW_INCLUDE_COORDS: "1",
      PW_LATLON_PRECISION: "4",
      PW_TZ: "UTC",
      PW_TS_INCLUDE_UTC: "1",
      PW_RL_COOLDOWN_S: "60",
      PW_RL_FORGET_S: "3600",
      PW_CACHE_SIZE: "100",
      PW_NOTIFY_IGNORE_LOOPBACK: "0",
      PW_NOTIFY_IGNORE_PRIVATES: "1",
      PW_NOTIFY_IGNORE_CIDRS: "172.24.0.0/16,::1/128",
      PW_LOG_IGNORE_SUPPRESSED: "0",
      PW_CAPTURE_PAYLOAD: "1",
      PW_PROBE_MAX_BYTES: "512",
      PW_PROBE_TIMEOUT_MS: "300",
      PW_PAYLOAD_IN_NOTIF: "1",
      PW_PAYLOAD_MAX_CHARS: "80",
      PW_PAYLOAD_MODE: "Base64",
      PW_PAYLOAD_STRIP_CONTROL: "0",
      PW_TLS_JA3: "1",
    });
    assert.deepEqual(warnings, []);
    assert.deepEqual([logLevel, store], ["warn", "/data/alerts.db"]);
    assert.deepEqual(listener, {
      name: "portwatcher",
      hosts: ["::"],
      ports: [5555],
      capture: {
        mode: "classic",
        maxBytes: 512,
        clientTimeMs: 300,
        bannerTimeMs: 300,
        banner: Buffer.from("220 hello"),
        dialogue: false,
        passwords: true,
      },
      limits: { connections: 500, perAddress: 250 },
      trustedProxies: [],
      ignore: [],
      logIgnored: true,
    });
    assert.deepEqual(mail, {
      server: {
        kind: "smtp",
        server: "mx.example.de",
        port: 2525,
        tls: "starttls",
        verify: "unless-local",
        fromAddress: "Port Watch <portwatch@example.de>",
        credentials: { username: "u", password: "p" },
      },
      recipients: ["you@example.de", "ann@example.de"],
    });
    assert.deepEqual(push, {
      server: "https://push.example.de/ntfy",
      topic: "knocks",
      priority: 4,
      tags: ["eyes", "shield"],
    });
    assert.deepEqual(enrich, {
      cityDatabase: "/geo/city.mmdb",
      asnDatabase: "/geo/asn.mmdb",
      countryData: true,
      rdns: { enabled: false, timeoutMs: 250 },
      ipApi: { enabled: true, endpoint: "https://geo.example.de/json/", budgetPerMinute: 5 },
      allowPrivate: true,
      cacheSize: 100,
    });
    assert.deepEqual(alerts.recipients, ["you@example.de", "ann@example.de"]);
    assert.deepEqual(
      [alerts.cooldown.cooldownMs, alerts.cooldown.forgetMs, alerts.cooldown.limit],
      [60_000, 3_600_000, 100],
    );
    assert.deepEqual(alerts.ignore, {
      loopback: false,
      thisMachine: false,
      privates: true,
      networks: [parseRange("172.24.0.0/16"), parseRange("::1")],
      ports: [],
      pairs: [],
      alsoUnrecorded: false,
    });
    assert.deepEqual(alerts.text, {
      html: false,
      timeZone: "UTC",
      includeUtc: true,
      includeCity: false,
      includeCoordinates: true,
      coordinatePrecision: 4,
      payload: { mode: "base64", maxChars: 80, stripControl: false },
      fingerprints: true,
    });
  });

  test("reports unknown variables beside errors", () => {
    const outcome = readPortwatcherEnvironment(
      { PW_PORTT: "1417", PW_TZ: "Mars/Base" },
      { readFile: () => Buffer.of() },
    );
    assert.ok(outcome.kind === "invalid");
    assert.match(outcome.warnings.join(), /PW_PORTT is not a variable of portwatcher. Did you mean PW_PORT\?/);
  });

  test("lists all errors, each with its variable", () => {
    const problems = problemsOf({
      ...mail,
      PW_PORT: "70000",
      PW_HOST: "nowhere.example",
      PW_TZ: "Mars/Base",
      PW_LOG_LEVEL: "loud",
      PW_RDNS_TIMEOUT: "soon",
      PW_PROBE_MAX_BYTES: "-1",
      PW_NOTIFY_IGNORE_CIDRS: "10.0.0.0/8,10.0.0.0/33",
      PW_MAIL_FROM: "not an address",
      PW_SMTP_PORT: "25a",
      PW_NTFY_TOPIC: "a b",
      PW_NTFY_PRIORITY: "9",
      PW_NTFY_SERVER: "ntfy.sh",
      PW_IPAPI_ENDPOINT: "ftp://x",
      PW_STORE: "mysql://user:secret@host/db",
    });
    const named = problems.map((problem) => problem.split(":")[0]);
    assert.deepEqual(named.sort(), [
      "PW_HOST",
      "PW_IPAPI_ENDPOINT",
      "PW_LOG_LEVEL",
      "PW_MAIL_FROM",
      "PW_NOTIFY_IGNORE_CIDRS",
      "PW_NTFY_PRIORITY",
      "PW_NTFY_SERVER",
      "PW_NTFY_TOPIC",
      "PW_PORT",
      "PW_PROBE_MAX_BYTES",
      "PW_RDNS_TIMEOUT",
      "PW_SMTP_PORT",
      "PW_STORE",
      "PW_TZ",
    ]);
    assert.ok(problems.includes('PW_PORT: "70000": expected a whole number from 1 to 65535'));
    assert.ok(!problems.join("\n").includes("secret"));
  });

  test("names the variable that an unknown one probably means, and continues", () => {
    const { warnings } = read({ ...mail, PW_SMTP_SEVER: "x", PW_WEATHER: "sun", OTHER: "x" });
    assert.deepEqual(warnings, [
      "PW_SMTP_SEVER is not a variable of portwatcher. Did you mean PW_SMTP_SERVER?",
      "PW_WEATHER is not a variable of portwatcher",
    ]);
  });

  test("sends no mail if none was configured, and names what is missing if some was", () => {
    assert.equal(read({ PW_NTFY_TOPIC: "x" }).mail, undefined);
    assert.equal(read({ ...mail, PW_ENABLE_EMAIL: "0", PW_SMTP_PORT: "none" }).mail, undefined);
    assert.deepEqual(problemsOf({ PW_SMTP_SERVER: "mx.example.de" }), [
      "PW_MAIL_TO is missing (or set PW_ENABLE_EMAIL=0)",
    ]);
    assert.deepEqual(problemsOf({ PW_ENABLE_EMAIL: "1", PW_ENABLE_PUSH: "1" }), [
      "PW_SMTP_SERVER is missing (or set PW_ENABLE_EMAIL=0)",
      "PW_MAIL_TO is missing (or set PW_ENABLE_EMAIL=0)",
      "PW_NTFY_TOPIC is missing (or set PW_ENABLE_PUSH=0)",
    ]);
  });

  test("finds a sender if none is given", () => {
    assert.equal(read(mail).mail?.server.fromAddress, "you@example.de");
    const login = { ...mail, PW_SMTP_USER: "me@example.de", PW_SMTP_PASS: "x" };
    assert.equal(read(login).mail?.server.fromAddress, "me@example.de");
  });

  test("uses TLS from the first byte on port 465, and none if STARTTLS is off", () => {
    assert.equal(read({ ...mail, PW_SMTP_PORT: "465" }).mail?.server.tls, "implicit");
    assert.equal(read({ ...mail, PW_SMTP_STARTTLS: "0" }).mail?.server.tls, "none");
    const login = { PW_SMTP_USER: "u", PW_SMTP_PASS: "p", PW_SMTP_STARTTLS: "0" };
    assert.match(read({ ...mail, ...login }).warnings.join("\n"), /sent unencrypted/);
    assert.deepEqual(read({ ...mail, ...login, PW_SMTP_SERVER: "127.0.0.1" }).warnings, []);
  });

  test("reads the password from a file, without its last line end", () => {
    const environment = { ...mail, PW_SMTP_USER: "u", PW_SMTP_PASS_FILE: "/run/secrets/smtp_pass # secret" };
    const readFile = (content: string) => (file: string) => {
      assert.equal(file, "/run/secrets/smtp_pass");
      return content;
    };
    assert.equal(read(environment, readFile(" a # b \n")).mail?.server.credentials?.password, " a # b ");
    assert.equal(read(environment, readFile("a\r\n")).mail?.server.credentials?.password, "a");
    assert.deepEqual(problemsOf(environment), [
      'PW_SMTP_PASS_FILE: "/run/secrets/smtp_pass": expected a file that can be read (ENOENT)',
    ]);
    assert.match(problemsOf(environment, readFile("\n")).join(), /PW_SMTP_PASS_FILE.*it is empty/);
    const both = read({ ...environment, PW_SMTP_PASS: "CHANGE_ME" }, readFile("right"));
    assert.equal(both.mail?.server.credentials?.password, "right");
    assert.match(both.warnings.join(), /both set; the file is used/);
  });

  test("sends the banner unchanged, never a preset", () => {
    const bannerOf = (text: string) => {
      const { banner } = read({ PW_BANNER: text }).listener.capture;
      return banner === undefined ? undefined : Buffer.from(banner).toString();
    };
    assert.equal(bannerOf("ssh"), "ssh");
    assert.equal(bannerOf("220 ready\r\n"), "220 ready\r\n");
    assert.equal(bannerOf("220 ready\\r\\n   # greeting"), "220 ready\\r\\n");
    assert.equal(bannerOf("  # none"), undefined);
    assert.match(problemsOf({ PW_BANNER: "ü".repeat(2049) }).join(), /PW_BANNER: at most 4096 bytes/);
  });

  test("reads nothing and shows nothing if the payload is not to be captured", () => {
    const { listener, alerts } = read({ PW_CAPTURE_PAYLOAD: "0" });
    assert.deepEqual([listener.capture.maxBytes, listener.capture.clientTimeMs], [0, 0]);
    assert.equal(alerts.text.payload, undefined);
    const kept = read({ PW_PAYLOAD_IN_NOTIF: "0" });
    assert.equal(kept.listener.capture.maxBytes, 2048);
    assert.equal(kept.alerts.text.payload, undefined);
  });

  test("never throws, and gives either settings within their bounds or problems that name variables", () => {
    const word = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "0",
        "1",
        "-1",
        "1e9",
        "NaN",
        "99999999999999999999",
        "::",
        "a@b",
        "https://ntfy.sh",
        "# x",
        "x # y",
      ),
      fc.integer().map(String),
      fc.double().map(String),
    );
    const environment = fc.dictionary(
      fc.oneof(
        fc.constantFrom(...variableNames),
        fc.string().map((name) => `PW_${name}`),
      ),
      word,
    );
    fc.assert(
      fc.property(environment, word, (variables, content) => {
        const outcome = readPortwatcherEnvironment(variables, { readFile: () => Buffer.from(content) });
        if (outcome.kind === "invalid") {
          assert.ok(outcome.problems.length > 0);
          for (const problem of outcome.problems) {
            assert.ok(
              variableNames.some((name) => problem.startsWith(name)),
              problem,
            );
            assert.ok(problem.length < 300);
          }
          return;
        }
        const { listener, enrich, alerts } = outcome.settings;
        assert.ok(listener.ports.every((port) => Number.isInteger(port) && port >= 1 && port <= 65_535));
        for (const number of [
          listener.capture.maxBytes,
          listener.capture.clientTimeMs,
          listener.limits.connections,
          listener.limits.perAddress,
          enrich.rdns.timeoutMs,
          enrich.ipApi.budgetPerMinute,
          enrich.cacheSize,
          alerts.cooldown.cooldownMs,
          alerts.cooldown.forgetMs,
        ]) {
          assert.ok(Number.isSafeInteger(number) && number >= 0 && number < 2 ** 36, String(number));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("reads any password and any number correctly", () => {
    const password = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !/(?:^|\s)#/.test(text));
    fc.assert(
      fc.property(password, fc.integer({ min: 1, max: 65_535 }), (text, port) => {
        const { mail: read_, listener } = read({
          ...mail,
          PW_SMTP_USER: "u",
          PW_SMTP_PASS: `  ${text}  # note`,
          PW_PORT: ` ${port} `,
        });
        assert.equal(read_?.server.credentials?.password, text);
        assert.deepEqual(listener.ports, [port]);
      }),
      { numRuns: 200 },
    );
  });
});
