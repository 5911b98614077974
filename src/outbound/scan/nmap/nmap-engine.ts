import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { formatPorts } from "../../../core/ports.ts";
import { safeText } from "../../../core/safe-text.ts";
import type { ScanEngine, ScanJob, ScanObserver, ScanResult } from "../../../core/scan-engine.ts";
import { stopReason } from "../../../core/stopped.ts";
import type { ConnectPlan } from "../../../core/watch.ts";
import { privateFileMode } from "../../../platform/private-files.ts";
import { findProgram } from "../../../platform/programs.ts";
import { runShell, type ShellOutcome } from "../../../platform/shell.ts";
import { untilAborted } from "../until-aborted.ts";
import { findNmapCall, type NmapCall, type NmapCallOutcome, withXmlFile, xmlPlace } from "./nmap-call.ts";
import { concludeNmapRun } from "./nmap-conclusion.ts";
import type { NmapPlan } from "./nmap-plan.ts";
import { fingerprint, type ResultReading, readText, readXmlFile, readXmlText } from "./nmap-result.ts";
import { scanWithoutNmap } from "./nmap-substitute.ts";
import { lineLooksLocal, looksFromHere, staysInOurFolder } from "./nmap-viewpoint.ts";
import {
  type LookupFamily,
  type RequestedTargets,
  readRequestedTargets,
  unlessListsChanged,
} from "./requested-targets.ts";
import { SightingBatches } from "./sighting-batches.ts";

export interface NmapEngineOptions {
  /** Scans instead where nmap is not installed, and supports the command line. */
  readonly fallback?: ScanEngine<ConnectPlan>;
  /** Folders in which nmap is searched. Default: PATH. */
  readonly searchPath?: string;
  /** Open ports that one scan may find; more makes it partial. Default 1,000,000. */
  readonly sightingLimit?: number;
  /** Resolves names in command lines. Default: the system's resolver. */
  readonly lookup?: LookupFamily | undefined;
}

/** Bytes of standard output that are read. */
const outputLimit = 64 * 1024 * 1024;
const errorLimit = 64 * 1024;
/** Pieces (of 64 KiB) of the result that are still read after an abort: the scan has to end within a second. */
const piecesAfterAbort = 32;
/** Where sudo searches for programs, in addition to PATH. */
const systemFolders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** Where the result of a run is. */
type ResultPlace =
  | { readonly kind: "file"; readonly file: string; readonly before: string }
  | { readonly kind: "stdout" }
  | { readonly kind: "text"; readonly why: string };

/**
 * Scans with an nmap command line from the configuration, in which `{port}` is replaced by the watch's ports (`22,80-90`). The
 * shell runs it, so it may contain `sudo`, pipes, quotes and environment variables.
 *
 * The result is nmap's XML: in a private file that is added to the command line, or where the line itself puts it
 * (`-oX`, `-oA`). Where the line is too complex to add an option (loops, substitutions, nmap inside another command's
 * argument), nmap's text output is read instead, with a note. Only ports of the watch in state `open` count; they are
 * unconfirmed unless nmap reports completed handshakes.
 */
export class NmapEngine implements ScanEngine<NmapPlan> {
  readonly #options: NmapEngineOptions;

  constructor(options: NmapEngineOptions = {}) {
    this.#options = options;
  }

  async scan(job: ScanJob<NmapPlan>, observer: ScanObserver, signal: AbortSignal): Promise<ScanResult> {
    const commandLine = job.plan.commandLine.replaceAll("{port}", formatPorts(job.ports));
    const found = findNmapCall(commandLine);
    if (found.kind === "call" && !this.#isInstalled(found.call)) {
      return scanWithoutNmap(this.#options.fallback, job, observer, signal);
    }
    const folder = await mkdtemp(path.join(os.tmpdir(), "harbinger-nmap-"));
    try {
      return await this.#scanInto(path.join(folder, "scan.xml"), commandLine, found, job, observer, signal);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #scanInto(
    ownFile: string,
    commandLine: string,
    found: NmapCallOutcome,
    job: ScanJob<NmapPlan>,
    observer: ScanObserver,
    signal: AbortSignal,
  ): Promise<ScanResult> {
    const call = found.kind === "call" ? found.call : undefined;
    const place = await this.#resultPlace(found, ownFile);
    const isOurs = place.kind === "file" && place.file === ownFile;
    const { timeoutMs } = job.plan;
    const isFromHere = call === undefined ? lineLooksLocal(commandLine) : looksFromHere(found);
    const requestedBefore = await this.#requestedTargets(commandLine, call, isFromHere, signal);
    const line = isOurs && call !== undefined ? withXmlFile(commandLine, call, ownFile) : commandLine;
    const outcome = await runShell(line, { timeoutMs, signal, outputLimit, errorLimit });
    const batches = new SightingBatches(observer, {
      limit: this.#options.sightingLimit ?? 1_000_000,
      unconfirmed: looksFromHere(found) ? "half-open" : "elsewhere",
    });
    const isOver = readingLimit(signal);
    let reading = await readResult(place, outcome, job, batches, isOver);
    let source: "xml" | "text" = place.kind === "text" ? "text" : "xml";
    const notes = place.kind === "text" ? [textNote(place.why)] : [];
    if (reading.kind === "empty" && source === "xml") {
      reading = await readText(outcome.stdout, job.ports, batches.take);
      source = "text";
      if (reading.kind === "read") notes.push(textNote("nmap wrote no XML"));
    }
    await batches.flush();
    const total = reading.kind === "read" ? reading.hostsTotal : undefined;
    observer.progress?.({ done: total ?? 0, total, found: batches.found });
    if (outcome.kind === "exited" && outcome.code === 127 && batches.found === 0 && call?.isAlone === true) {
      return scanWithoutNmap(this.#options.fallback, job, observer, signal);
    }
    const requested = await unlessListsChanged(requestedBefore);
    return concludeNmapRun({
      commandLine,
      timeoutMs,
      ports: job.ports,
      call,
      requested,
      isFromHere,
      outcome,
      stopped: wasStopped(outcome, reading, signal) ? stopReason(signal) : undefined,
      reading,
      source,
      batches,
      notes,
    });
  }

  /** What the call is told to scan. An abort ends the wait for names. */
  async #requestedTargets(
    commandLine: string,
    call: NmapCall | undefined,
    isFromHere: boolean,
    signal: AbortSignal,
  ): Promise<RequestedTargets | undefined> {
    if (call === undefined) return undefined;
    const { lookup } = this.#options;
    return untilAborted(
      readRequestedTargets(call, {
        isFromHere,
        isInOurFolder: staysInOurFolder(commandLine),
        lookup,
      }),
      signal,
    );
  }

  async #resultPlace(found: NmapCallOutcome, ownFile: string): Promise<ResultPlace> {
    if (found.kind === "unclear") return { kind: "text", why: `the command line contains ${found.what}` };
    const place = xmlPlace(found.call);
    switch (place.kind) {
      case "unclear":
        return { kind: "text", why: `the command line contains ${place.what}` };
      case "stdout":
        return place;
      case "file": {
        const file = path.resolve(place.file);
        return { kind: "file", file, before: await fingerprint(file) };
      }
      case "add":
        // Created first: nmap, perhaps as root, then writes to a file that this process may read.
        await writeFile(ownFile, "", { mode: privateFileMode });
        return { kind: "file", file: ownFile, before: "" };
    }
  }

  #isInstalled(call: NmapCall): boolean {
    const own = this.#options.searchPath ?? process.env["PATH"];
    const searchPath = call.wrapped ? [own ?? "", ...systemFolders].join(path.delimiter) : own;
    return findProgram(call.program.text, searchPath) !== undefined;
  }
}

async function readResult(
  place: ResultPlace,
  outcome: ShellOutcome,
  job: ScanJob<NmapPlan>,
  batches: SightingBatches,
  isOver: () => boolean,
): Promise<ResultReading> {
  switch (place.kind) {
    case "file":
      // What an earlier run left there is not this scan's result.
      if ((await fingerprint(place.file)) === place.before) return { kind: "empty" };
      return readXmlFile(place.file, job.ports, batches.take, isOver);
    case "stdout":
      return readXmlText(outcome.stdout, job.ports, batches.take, isOver);
    case "text":
      return readText(outcome.stdout, job.ports, batches.take);
  }
}

function textNote(why: string): string {
  return safeText(`Read from nmap's text output, because ${why}`);
}

/** nmap was stopped, or the reading of its result was. */
function wasStopped(outcome: ShellOutcome, reading: ResultReading, signal: AbortSignal): boolean {
  return outcome.kind === "aborted" || (signal.aborted && reading.kind === "read" && !reading.complete);
}

/** Reads to the end, after an abort only a little further. */
function readingLimit(signal: AbortSignal): () => boolean {
  let pieces = 0;
  return () => {
    if (signal.aborted) pieces += 1;
    return pieces > piecesAfterAbort;
  };
}
