import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Address, parseAddress } from "../../src/core/address.ts";
import type { Check, CheckResult } from "../../src/core/check.ts";
import type { Audience } from "../../src/core/delivery.ts";
import type { ExaminationStore } from "../../src/core/examination.ts";
import { silentLog } from "../../src/core/log.ts";
import type { ScanSummary } from "../../src/core/scan-store.ts";
import type { Store } from "../../src/core/store.ts";
import type { Watch } from "../../src/core/watch.ts";
import { createPostCommand } from "../../src/outbound/check/post-command/post-command.ts";
import { Examination } from "../../src/outbound/examine/examination.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";

const audience: Audience = { label: "Lab", channel: "file", recipient: "", watches: ["lab", "other"] };
export const day = 86_400_000;
export const start = Date.UTC(2030, 0, 1);

/** A store, and scans and checks with scripted results. */
export class Lab implements AsyncDisposable {
  readonly store: Store;
  readonly #folder: string;
  readonly stop = new AbortController();
  /** `host check` of every check that ran. */
  readonly ran: string[] = [];
  now = start;
  answer: (host: string, check: string) => Promise<CheckResult> | CheckResult = (_host, check) => passed(check);

  private constructor(store: Store, folder: string) {
    this.store = store;
    this.#folder = folder;
  }

  static async open(): Promise<Lab> {
    const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-examination-"));
    const file = path.join(folder, "harbinger.db");
    const clock = { ...systemClock, now: () => start };
    return new Lab(await openSqliteStore({ file, clock, log: silentLog, role: "all" }), folder);
  }

  async scan(hosts: readonly string[], watch = "lab"): Promise<ScanSummary> {
    const session = await this.store.scans.begin({ watch, ports: [443], engine: "connect", at: this.now });
    await session.add(hosts.map((host) => ({ address: address(host), port: 443 })));
    return await session.finish({
      at: this.now,
      status: "complete",
      engine: "connect",
      notes: [],
      coverage: { kind: "all" },
      policy: { goneAfter: 1, flapLimit: 9, flapWindowMs: day, announceFailure: "always" },
      audiences: [audience],
    });
  }

  examination(examinations: ExaminationStore = this.store.examinations): Examination {
    const { discoveries } = this.store;
    return new Examination({
      discoveries,
      examinations,
      checks: ["service", "exposure", "cert"].map((name) => this.#check(name)),
      runPostCommand: createPostCommand(),
      clock: { ...systemClock, now: () => this.now },
      log: silentLog,
    });
  }

  async examine(watch: Partial<Watch> = {}, examination = this.examination()): Promise<void> {
    await examination.examine({ watch: { ...lab, ...watch }, audiences: [audience] }, this.stop.signal);
  }

  /** `kind address: detail` of all discoveries, oldest first. */
  async reported(): Promise<readonly string[]> {
    const discoveries = (await this.store.discoveries.list({ limit: 10_000 })).rows;
    return discoveries
      .toReversed()
      .map(({ kind, address, detail }) => `${kind} ${address}${detail === undefined ? "" : `: ${detail}`}`);
  }

  async evidenceOf(host: string): Promise<string | undefined> {
    const found = (await this.store.discoveries.list({ limit: 1, address: address(host) })).rows;
    return found[0]?.evidence;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #check(name: string): Check {
    return {
      name,
      description: "",
      options: [],
      run: async ({ host }) => {
        this.ran.push(`${host} ${name}`);
        return await this.answer(host, name);
      },
    };
  }
}

const lab: Watch = {
  name: "lab",
  label: "Lab",
  ports: [443],
  recipients: [],
  scan: { engine: "none" },
  checks: ["service"],
  goneAfter: 1,
  reportOn: "always",
};

export function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

export function passed(check: string, output = `${check} output`): CheckResult {
  return { check, passed: true, output, facts: {} };
}

export function product(name: string, version: string): CheckResult {
  return { ...passed("service"), facts: { protocol: "http", product: name, version } };
}

export function showing(sha256: string): CheckResult {
  const certificate = {
    sha256,
    keySha256: sha256,
    subject: `CN=${sha256}`,
    issuer: "CN=issuer",
    serial: "1",
    validFrom: new Date(start - day).toISOString(),
    validTo: new Date(start + 90 * day).toISOString(),
    names: [],
    selfSigned: false,
    sha1: sha256,
    keyType: "ec",
    signatureAlgorithm: "ecdsa-with-SHA256",
    authority: false,
    daysLeft: 90,
  };
  return { ...passed("cert"), facts: { chain: [certificate] } };
}

export function hosts(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
}
