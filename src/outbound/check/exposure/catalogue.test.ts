import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HttpCase } from "../../../../test/check-servers/http-case.ts";
import { anyPage } from "../../../../test/check-servers/http-case.ts";
import { httpCases } from "../../../../test/check-servers/http-cases.ts";
import { httpCaseServer } from "../../../../test/check-servers/http-server.ts";
import { protocolCases } from "../../../../test/check-servers/protocol-cases.ts";
import { scriptedServer } from "../../../../test/check-servers/scripted-server.ts";
import type { Verdict } from "../../../core/check.ts";
import { protocolTitle } from "../../../core/protocol-title.ts";
import { serverProduct } from "../../../wire/http/server.ts";
import { Deadline } from "../../probe/deadline.ts";
import { productName } from "../service/product-name.ts";
import { identityOf } from "../service/service-check.ts";
import { askEntry, type EntryAnswer } from "./ask-entry.ts";
import { exposureCatalogue } from "./catalogue.ts";
import type { CatalogueEntry, HttpEntry, ProtocolEntry } from "./entry.ts";

/** Every entry needs a case in which it proves its verdict, and one in which it does not. */

test("every entry has a positive and a negative case, and every case has an entry", () => {
  for (const entry of exposureCatalogue) {
    if (entry.kind === "http") {
      const cases = httpCases[entry.name];
      assert.ok(cases !== undefined && cases.exposed.length > 0, `${entry.name} has no positive case`);
      assert.ok(cases.protected.length > 0, `${entry.name} has no negative case`);
      continue;
    }
    const cases = protocolCases[entry.name] ?? [];
    const isPositive = (kase: (typeof cases)[number]) => kase.verdict === entry.proves && kase.isRecognised !== false;
    assert.ok(cases.some(isPositive), `${entry.name} has no positive case`);
    assert.ok(
      cases.some((kase) => !isPositive(kase)),
      `${entry.name} has no negative case`,
    );
  }
  const names = new Set(exposureCatalogue.map((entry) => entry.name));
  assert.equal(names.size, exposureCatalogue.length, "a name is taken twice");
  for (const name of [...Object.keys(httpCases), ...Object.keys(protocolCases)]) assert.ok(names.has(name), name);
});

/** Entries of two products, and of a library that many products are made with. */
const ofMany = new Set([
  ...["mysql", "karaf", "sieve", "dict", "mpd", "kerberos", "java-rmi", "jdwp", "socks5", "iscsi", "openvpn", "mumble"],
  ...["git", "svdrp", "telnet"],
]);

/** The text about a service begins with its product, which is that of the entry, unless the entry is about a protocol. */
function assertNamed(entry: CatalogueEntry, { name, product }: EntryAnswer): void {
  if (product !== undefined) {
    assert.ok(name?.startsWith(product), `${name} does not begin with ${product}`);
    assert.equal(product, productName(product));
    const isOfProtocol = entry.title === protocolTitle(entry.name) && /^[A-Z\d]+$/.test(entry.title);
    if (!isOfProtocol && !ofMany.has(entry.name))
      assert.ok(isSame(product, productName(entry.title)), `${entry.name}: ${product}`);
  }
  if (entry.title !== entry.name) assert.notEqual(name, entry.name);
}

/** Valkey uses the protocol of Redis, and reports its own name. */
function isSame(product: string, other: string): boolean {
  return (
    product === other ||
    (product === "Valkey" && other === "Redis") ||
    // A proxy for PostgreSQL or HTTP, which reports its own name.
    (product === "PgBouncer" && other === "PostgreSQL") ||
    other === "HTTP proxy"
  );
}

test("the product of every entry has one name, without the kind of its interface", () => {
  for (const { title } of exposureCatalogue) {
    const product = productName(title);
    assert.doesNotMatch(product, /[()]| (?:API|console|management|dashboard)$/i, title);
    assert.equal(productName(product), product, title);
  }
  assert.equal(productName("RabbitMQ management"), "RabbitMQ");
  assert.equal(productName("Apache Karaf console (SSH)"), "Apache Karaf");
  assert.equal(productName("Apache Ignite (thin client)"), "Apache Ignite");
});

test("a web server that shows the product of its entry gets the name of the entry", () => {
  for (const entry of exposureCatalogue) {
    for (const { headers } of httpCases[entry.name]?.exposed ?? []) {
      const server = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "server")?.[1];
      if (typeof server !== "string") continue;
      const { product } = identityOf({ protocol: "http", ...serverProduct(server) });
      assert.equal(product, productName(entry.title), entry.name);
    }
  }
});

async function ask(entry: CatalogueEntry, port: number) {
  using deadline = new Deadline(8000, new AbortController().signal);
  return await askEntry(entry, { host: "127.0.0.1", port }, deadline);
}

describe("HTTP entries", () => {
  for (const entry of exposureCatalogue.filter((candidate): candidate is HttpEntry => candidate.kind === "http")) {
    const cases = httpCases[entry.name];
    const expectations: readonly (readonly [Verdict, readonly HttpCase[]])[] = [
      ["exposed", cases?.exposed ?? []],
      ["protected", cases?.protected ?? []],
      ["inconclusive", cases?.inconclusive ?? []],
    ];
    for (const [verdict, answers] of expectations) {
      for (const answer of answers) {
        test(`${entry.name}: ${answer.title ?? "as documented"} is ${verdict}`, async () => {
          const path = answer.path ?? entry.requests[0]?.path;
          await using server = await httpCaseServer(answer, { path, tls: entry.tls === "always" });
          const result = await ask(entry, server.port);
          assert.equal(result.judgement.verdict, verdict, JSON.stringify(result));
          assert.notEqual(result.judgement.reason, "");
          if (answer.version !== undefined) assert.equal(result.version, answer.version);
          if (verdict === "exposed")
            assert.ok(`${result.product} `.startsWith(`${productName(entry.title)} `), result.product);
        });
      }
    }
    test(`${entry.name}: a page with the same words, a missing page and an error prove nothing`, async () => {
      for (const answer of [anyPage, { status: 404 }, { status: 500, body: "oops" }]) {
        await using server = await httpCaseServer(answer, { path: undefined, tls: entry.tls === "always" });
        const result = await ask(entry, server.port);
        assert.equal(result.judgement.verdict, "inconclusive", JSON.stringify(result));
      }
    });
  }
});

describe("protocol entries", { concurrency: 4 }, () => {
  for (const entry of exposureCatalogue.filter(
    (candidate): candidate is ProtocolEntry => candidate.kind === "protocol",
  )) {
    for (const kase of protocolCases[entry.name] ?? []) {
      test(`${entry.name}: ${kase.title} is ${kase.verdict}`, async () => {
        await using server = { unexpected: [], ...(await (kase.start?.() ?? scriptedServer(kase.scripts))) };
        const result = await ask(entry, server.port);
        const context = `${JSON.stringify(result)} unexpected ${JSON.stringify(server.unexpected)}`;
        assert.equal(result.judgement.verdict, kase.verdict, context);
        assert.equal(result.isRecognised, kase.isRecognised ?? true, context);
        assert.notEqual(result.judgement.reason, "");
        if (kase.product !== undefined) assert.equal(result.product, kase.product, context);
        if (kase.version !== undefined) assert.equal(result.version, kase.version, context);
        if (result.isRecognised) assertNamed(entry, result);
      });
    }
  }
});
