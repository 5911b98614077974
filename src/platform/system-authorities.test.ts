import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const module = JSON.stringify(new URL("system-authorities.ts", import.meta.url).href);

async function countWith(environment: Readonly<Record<string, string>>) {
  const program = `const { systemAuthorities } = await import(${module}); console.log(systemAuthorities().length);`;
  return await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
    env: { ...process.env, ...environment },
  });
}

test("a system without certificate authorities has none, and no warning is printed", {
  skip: process.platform === "linux" ? false : "the variables name the store on Linux only",
}, async () => {
  const { stdout, stderr } = await countWith({ SSL_CERT_DIR: "/nonexistent", SSL_CERT_FILE: "/nonexistent/cert.pem" });
  assert.equal(stdout, "0\n");
  assert.equal(stderr, "");
});

test("the authorities of a file are found if there is no folder of them", {
  skip: process.platform === "linux" ? false : "the variables name the store on Linux only",
}, async () => {
  const file = fileURLToPath(new URL("../../test/harness/certificates/localhost.pem", import.meta.url));
  const { stdout } = await countWith({ SSL_CERT_DIR: "/nonexistent", SSL_CERT_FILE: file });
  assert.equal(stdout, "1\n");
});
