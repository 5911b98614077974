/**
 * How many first payloads per second `identify` identifies. `node bench/identify.ts [SECONDS]`
 * The cases alternate, so that a slow moment of the machine affects all of them.
 */
import { readFileSync } from "node:fs";
import { identify } from "../src/wire/identify.ts";

const secondsPerCase = Number(process.argv[2] ?? 2);
const rounds = 10;

const cases = [
  fixture("http/fixtures/curl-get.bin"),
  fixture("http/fixtures/chromium-get.bin"),
  fixture("http2/fixtures/curl-prior-knowledge.bin"),
  fixture("tls/fixtures/curl-openssl3.bin"),
  fixture("tls/fixtures/chromium.bin"),
  fixture("tls/fixtures/openssl-several-records.bin"),
  fixture("ssh/fixtures/openssh.bin"),
  fixture("rdp/fixtures/nmap-cookie.bin"),
  { name: "unknown text", bytes: Buffer.from("hello out there, is this thing on?\r\n") },
  { name: "unknown binary", bytes: Buffer.alloc(512, 0xf7) },
];

const total = cases.map(() => ({ calls: 0, elapsedMs: 0 }));
for (const { bytes } of cases) run(bytes, 50);
for (let round = 0; round < rounds; round++) {
  for (const [index, { bytes }] of cases.entries()) {
    const measured = run(bytes, (secondsPerCase * 1000) / rounds);
    const sum = total[index];
    if (sum === undefined) continue;
    sum.calls += measured.calls;
    sum.elapsedMs += measured.elapsedMs;
  }
}
for (const [index, { name, bytes }] of cases.entries()) {
  const { calls, elapsedMs } = total[index] ?? { calls: 0, elapsedMs: 1 };
  const perSecond = Math.round((calls * 1000) / elapsedMs).toLocaleString("en-US");
  const microseconds = ((elapsedMs * 1000) / calls).toFixed(2);
  process.stdout.write(
    `${name.padEnd(34)} ${String(bytes.length).padStart(6)} bytes ${perSecond.padStart(12)}/s ${microseconds.padStart(8)} µs\n`,
  );
}

function run(bytes: Uint8Array, forMs: number): { readonly calls: number; readonly elapsedMs: number } {
  const started = performance.now();
  let calls = 0;
  let elapsedMs = 0;
  do {
    for (let i = 0; i < 100; i++) identify(bytes);
    calls += 100;
    elapsedMs = performance.now() - started;
  } while (elapsedMs < forMs);
  return { calls, elapsedMs };
}

function fixture(file: string): { readonly name: string; readonly bytes: Uint8Array } {
  return { name: file.replace("fixtures/", ""), bytes: readFileSync(new URL(`../src/wire/${file}`, import.meta.url)) };
}
