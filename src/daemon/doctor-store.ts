import { existsSync } from "node:fs";
import path from "node:path";
import type { Config } from "../config/config.ts";
import type { Diagnosis } from "../core/diagnosis.ts";
import { messageOf, remedyOf } from "../core/errors.ts";
import { sizeText } from "../core/size-text.ts";
import { countIn, type TableSize } from "../core/store.ts";
import { systemClock } from "../platform/system-clock.ts";
import { shownBy } from "../present/health/shown-by.ts";
import { mutesNote } from "../present/mutes/mutes-note.ts";
import { plural } from "../present/text/plural.ts";
import { parseStoreLocation, type StoreLocation, shownLocation } from "../store/location.ts";
import { schemaVersion } from "../store/migrations/migrations.ts";
import { openStore } from "../store/open-store.ts";
import { askForHealth } from "./control/ask-health.ts";
import { examineFolder } from "./doctor-folder.ts";
import { examineLimit } from "./doctor-sizes.ts";
import { OpeningLog } from "./opening-log.ts";
import { describeSizes } from "./prune-to-size.ts";

/** The store: whether it works, whether it is intact, and its size. */
export async function* examineStore(config: Config, depth: "quick" | "full"): AsyncGenerator<Diagnosis> {
  const subject = "database";
  const location = parseStoreLocation(config.store.location);
  if (location.kind === "sqlite" && !existsSync(location.file)) {
    yield examineFolder(subject, path.dirname(location.file));
    return;
  }
  try {
    const opening = new OpeningLog();
    await using store = await openStore({ ...config.store, clock: systemClock, log: opening.log });
    yield* opening.findings();
    const count = await store.services.count();
    const health = await askForHealth(config.store.location, "harbinger run");
    // A running process reports errors of its own connection. Otherwise a test write (of the time only) shows them.
    if (!health.isRunning) await store.trustedTime(systemClock.now());
    const troubles = health.isRunning ? health.parts.filter(({ healthy }) => !healthy) : [];
    for (const { part, finding, deliveries } of troubles)
      yield { state: "bad", subject: part, finding, remedy: deliveries && shownBy(deliveries) };
    if (!troubles.some(({ part }) => part === "database"))
      yield {
        state: "ok",
        subject,
        finding: `${shownLocation(location)}, ${plural(count, "service", "services")} known`,
      };
    const backlog = await store.deliveries.backlog();
    const dead = countIn(backlog, "dead");
    if (dead > 0) {
      yield {
        state: "warning",
        subject: "deliveries",
        finding: `${dead} could not be delivered`,
        remedy: `${shownBy("dead")}; harbinger deliveries retry --all retries`,
      };
    } else yield { state: "ok", subject: "deliveries", finding: `${countIn(backlog, "queued")} waiting, none dead` };
    const mutes = (await store.mutes.active(systemClock.now())).length;
    if (mutes > 0) yield { state: "ok", subject: "mutes", finding: mutesNote(mutes) };
    const lock = await store.lock("harbinger doctor");
    if (lock.kind === "busy" && lock.trouble !== undefined) {
      yield { state: "bad", subject: "running", finding: `${lock.holder}: ${lock.trouble}` };
    } else if (lock.kind === "busy") yield { state: "ok", subject: "running", finding: lock.holder };
    else await lock[Symbol.asyncDispose]();
    if (location.kind === "sqlite") yield* examineDatabaseFile(location.file, depth);
    else yield* examineDatabaseServer(config, location);
    const { maxBytes } = config.retention;
    yield examineLimit({ used: await store.usedBytes(maxBytes), maxBytes });
  } catch (error) {
    const remedy = remedyOf(error);
    yield { state: "bad", subject, finding: messageOf(error), remedy };
  }
}

/** A larger log means that a long read is running; otherwise SQLite truncates it at 64 MiB. */
const maxUsualLogBytes = 200_000_000;
/** A smaller amount of unused space is soon used again. */
const maxUsualUnusedBytes = 50_000_000;
/** A flood of connections fills this in a few minutes. */
const enoughFreeBytes = 100_000_000;
/** Warn if backups were made before, but none for this long. */
const oldBackupMs = 14 * 86_400_000;

async function* examineDatabaseFile(file: string, depth: "quick" | "full"): AsyncGenerator<Diagnosis> {
  const { examineFile } = await import("../store/sqlite/examine-file.ts");
  const { damage, bytes, logBytes, unusedBytes, shrinks, freeBytes, sizes, lastBackup, beside } = examineFile(
    file,
    depth,
  );
  if (damage === undefined) {
    const finding = `not examined: the file takes ${sizeText(bytes)}`;
    yield { state: "ok", subject: "integrity", finding, remedy: "harbinger doctor --full checks all of it." };
  } else if (damage.length > 0) {
    yield {
      state: "bad",
      subject: "integrity",
      finding: `the database ${file} is damaged: ${damage.join("; ")}`,
      remedy: "Restore a backup: harbinger restore FILE --force keeps the damaged database beside it.",
    };
  } else {
    const finding = `schema ${schemaVersion}, no damage found${depth === "full" ? ", indices included" : ""}`;
    yield { state: "ok", subject: "integrity", finding };
  }
  yield {
    state: "ok",
    subject: "size",
    finding: `${sizeText(bytes)}, of which ${sizeText(unusedBytes)} are unused${sizeList(sizes)}`,
  };
  if (!shrinks && unusedBytes > maxUsualUnusedBytes) {
    yield {
      state: "warning",
      subject: "unused space",
      finding: `${sizeText(unusedBytes)} of the file are unused, and a file made by an earlier version does not shrink`,
      remedy:
        "Once, while harbinger is stopped: harbinger backup FILE, then harbinger restore FILE --force --send-waiting. The new file shrinks automatically.",
    };
  }
  if (logBytes > maxUsualLogBytes) {
    yield {
      state: "warning",
      subject: "write-ahead log",
      finding: `${sizeText(logBytes)}: a program is reading the database for a long time, or was killed`,
      remedy: "It shrinks when that program ends, or with the next start of harbinger.",
    };
  }
  if (freeBytes !== undefined && freeBytes < enoughFreeBytes) {
    yield {
      state: "warning",
      subject: "disk",
      finding: `${sizeText(freeBytes)} are free on the disk of the database`,
      remedy: "Free disk space, or lower the limits in `retention:`.",
    };
  }
  yield* examineBackups(lastBackup);
  for (const { kind, file: other, bytes: size } of beside) {
    if (kind !== "set-aside") continue;
    yield {
      state: "warning",
      subject: "set aside",
      finding: `${other} (${sizeText(size)}): recording continued there after the database file was replaced`,
      remedy: `harbinger restore ${other} --force restores it and keeps the current database beside it; otherwise remove it.`,
    };
  }
  const copies = beside.filter(({ kind }) => kind !== "set-aside");
  if (copies.length === 0) return;
  const total = copies.reduce((sum, copy) => sum + copy.bytes, 0);
  yield {
    state: "ok",
    subject: "copies",
    finding: `${plural(copies.length, "earlier database", "earlier databases")} beside it, ${sizeText(total)}: ${copies.map((copy) => path.basename(copy.file)).join(", ")}`,
    remedy: "Remove those that you no longer need.",
  };
}

function* examineBackups(last: { readonly at: number; readonly place: string } | undefined): Generator<Diagnosis> {
  const subject = "backup";
  if (last === undefined) {
    yield {
      state: "ok",
      subject,
      finding: "none yet",
      remedy: "harbinger backup FILE makes one, also while harbinger is running.",
    };
    return;
  }
  const ageMs = systemClock.now() - last.at;
  const finding = `the last one is ${ageText(ageMs)} old: ${last.place}`;
  if (ageMs <= oldBackupMs) yield { state: "ok", subject, finding };
  else yield { state: "warning", subject, finding, remedy: "Check that your backup job still runs." };
}

function ageText(ageMs: number): string {
  const minutes = Math.max(0, Math.floor(ageMs / 60_000));
  if (minutes < 120) return plural(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? plural(hours, "hour") : plural(Math.floor(hours / 24), "day");
}

async function* examineDatabaseServer(
  { store }: Config,
  location: Extract<StoreLocation, { readonly kind: "postgres" }>,
): AsyncGenerator<Diagnosis> {
  const { examineServer } = await import("../store/postgres/examine-server.ts");
  const { urlWithPassword } = await import("../store/postgres/open-postgres-store.ts");
  const { version, bytes, sizes } = await examineServer({
    url: urlWithPassword({ ...store, url: location.url }),
    shownLocation: shownLocation(location),
  });
  yield { state: "ok", subject: "server", finding: `PostgreSQL ${version}, schema ${schemaVersion}` };
  yield { state: "ok", subject: "size", finding: `${sizeText(bytes)}${sizeList(sizes)}` };
}

function sizeList(sizes: readonly TableSize[]): string {
  return sizes.length === 0 ? "" : `; most of it: ${describeSizes(sizes)}`;
}
