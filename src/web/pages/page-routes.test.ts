import assert from "node:assert/strict";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import fastify from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { WebApp } from "../app.ts";
import { pageRoutes } from "./page-routes.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-test-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function writePages(to: string): void {
  mkdirSync(path.join(to, "assets"), { recursive: true });
  const files = [
    { name: "index.html", hash: "1", text: "<!doctype html>page" },
    { name: "assets/index-abc.js", hash: "2", text: "code" },
  ];
  for (const { name, text } of files) {
    writeFileSync(path.join(to, name), text);
    writeFileSync(path.join(to, `${name}.br`), brotliCompressSync(text));
    writeFileSync(path.join(to, `${name}.gz`), gzipSync(text));
  }
  writeFileSync(path.join(to, "secret.txt"), "not listed");
  writeFileSync(path.join(to, "files.json"), JSON.stringify({ sources: "x", files }));
}

function appWith(pages: string, basePath = ""): WebApp {
  const app: WebApp = fastify().withTypeProvider<ZodTypeProvider>();
  void app.register(
    (inside, _options, done) => {
      pageRoutes(inside.withTypeProvider<ZodTypeProvider>(), {}, { basePath, folder: pages });
      done();
    },
    { prefix: basePath },
  );
  return app;
}

describe("the files of the pages", () => {
  writePages(folder);

  test("come in the smallest form that the client takes", async () => {
    const app = appWith(folder);
    for (const [accepted, coding, read] of [
      ["gzip, deflate, br", "br", brotliDecompressSync],
      ["gzip", "gzip", gunzipSync],
      ["br;q=0, gzip;q=0.5", "gzip", gunzipSync],
      ["identity", undefined, (bytes: Buffer) => bytes],
      [undefined, undefined, (bytes: Buffer) => bytes],
    ] as const) {
      const headers = accepted === undefined ? {} : { "accept-encoding": accepted };
      const { statusCode, headers: sent, rawPayload } = await app.inject({ url: "/assets/index-abc.js", headers });
      assert.equal(statusCode, 200);
      assert.equal(sent["content-encoding"], coding);
      assert.equal(sent["content-type"], "text/javascript; charset=utf-8");
      assert.equal(sent["vary"], "Accept-Encoding");
      assert.equal(read(rawPayload).toString(), "code");
    }
  });

  test("are kept by browsers: for ever with a hash in their name, else until they change", async () => {
    const app = appWith(folder);
    const code = await app.inject("/assets/index-abc.js");
    assert.match(String(code.headers["cache-control"]), /immutable/);
    const page = await app.inject("/");
    assert.equal(page.headers["cache-control"], "no-cache");
    const again = await app.inject({ url: "/", headers: { "if-none-match": String(page.headers["etag"]) } });
    assert.deepEqual([again.statusCode, again.body], [304, ""]);
  });

  test("are only those in the list", async () => {
    const app = appWith(folder);
    for (const url of [
      "/secret.txt",
      "/files.json",
      "/index.html.br",
      "/assets/..%2fsecret.txt",
      "/assets/../secret.txt",
      "/assets/%2e%2e%2ffiles.json",
      "/assets/index-abc.js.br",
      "/assets/__proto__",
    ])
      assert.equal((await app.inject(url)).statusCode, 404, url);
  });

  test("are below the base path, with a slash at its end", async () => {
    const app = appWith(folder, "/harbinger");
    const short = await app.inject("/harbinger");
    assert.deepEqual([short.statusCode, short.headers["location"]], [308, "/harbinger/"]);
    assert.equal((await app.inject("/harbinger/")).statusCode, 200);
    assert.equal((await app.inject("/harbinger/assets/index-abc.js")).statusCode, 200);
    assert.equal((await app.inject("/")).statusCode, 404);
  });

  test("are found without the # of their addresses by browsers alone, and nothing else is led anywhere", async () => {
    const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
    for (const [basePath, url, location] of [
      ["", "/network", "/#/network"],
      ["", "/network/", "/#/network"],
      ["", "/knocks?x=1", "/#/knocks"],
      ["", "/network/hosts/fd00::1%25eth0", "/#/network/hosts/fd00%3A%3A1%25eth0"],
      ["", "/network//evil.example/%0d%0aX:y", "/#/network/evil.example/%0D%0AX%3Ay"],
      ["/harbinger", "/harbinger/settings", "/harbinger/#/settings"],
    ] as const) {
      const { statusCode, headers } = await appWith(folder, basePath).inject({ url, headers: browser });
      assert.deepEqual([statusCode, headers["location"], headers["vary"]], [302, location, "Accept"], url);
    }
    const app = appWith(folder);
    for (const accept of ["*/*", "application/json", "text/html;q=0", ""])
      assert.equal((await app.inject({ url: "/network", headers: { accept } })).statusCode, 404, accept);
    for (const url of ["/things", "/Network", "/networks", "/settings.html"])
      assert.equal((await app.inject({ url, headers: browser })).statusCode, 404, url);
  });

  test("appear as soon as they are built", async () => {
    const later = path.join(folder, "later");
    const app = appWith(later);
    const missing = await app.inject("/");
    assert.equal(missing.statusCode, 503);
    assert.match(missing.body, /not part of this installation/);
    writePages(later);
    assert.equal((await app.inject("/")).statusCode, 200);
  });
});

test("no source of the pages makes markup or code of text", () => {
  const sources = path.join(import.meta.dirname, "..", "dashboard");
  const files = globSync("**/*.{ts,tsx}", { cwd: sources });
  assert.ok(files.length > 10);
  for (const file of files) {
    const text = readFileSync(path.join(sources, file), "utf8");
    assert.doesNotMatch(
      text,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySet|createContextualFragment|DOMParser|srcdoc|\beval\b|new Function/,
      file,
    );
  }
});
