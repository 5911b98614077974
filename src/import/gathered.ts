import { createHash } from "node:crypto";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Address } from "../core/address.ts";
import type { Connection } from "../core/connection.ts";
import type { DeviceName, Mac, NameSource } from "../core/device.ts";
import { HarbingerError, messageOf } from "../core/errors.ts";
import type { ImportedDevice, ImportedService } from "../core/imported.ts";

/** Number of rows per transaction. */
const rowsPerTransaction = 20_000;

/**
 * Merges the records of all files into one service, device or connection each, so that the counts do not depend on the
 * order or on repetitions. The records are in a temporary file, which SQLite deletes, so that memory does not grow with
 * the files.
 */
export class Gathered implements Disposable {
  readonly #database: DatabaseSync;
  readonly #service: StatementSync;
  readonly #device: StatementSync;
  readonly #deviceName: StatementSync;
  readonly #deviceAddress: StatementSync;
  readonly #connection: StatementSync;
  readonly #occurrence: StatementSync;
  #pending = 0;

  constructor() {
    // An empty name: a temporary database on the disk.
    this.#database = new DatabaseSync("");
    this.#database.exec(schema);
    this.#service = this.#database.prepare(addService);
    this.#device = this.#database.prepare(addDevice);
    this.#deviceName = this.#database.prepare("insert or ignore into device_name values (?, ?, ?)");
    this.#deviceAddress = this.#database.prepare(addDeviceAddress);
    this.#connection = this.#database.prepare("insert or ignore into connection values (?, ?)");
    this.#occurrence = this.#database.prepare(
      "insert into occurrence values (?, 1) on conflict (key) do update set count = count + 1 returning count",
    );
    this.#database.exec("begin");
  }

  addService(service: ImportedService): void {
    const { address, port, firstSeen, lastSeen, hostname, mac, vendor, service: what } = service;
    const version = what?.product === undefined ? null : (what.version ?? null);
    this.#write(() =>
      this.#service.run(
        address,
        port,
        firstSeen,
        lastSeen,
        hostname ?? null,
        mac ?? null,
        vendor ?? null,
        what?.name ?? null,
        what?.product ?? null,
        version,
      ),
    );
  }

  addDevice(device: ImportedDevice): void {
    const { mac, name, vendor, approved, firstSeen, lastSeen } = device;
    this.#write(() => {
      this.#device.run(mac, name ?? null, vendor ?? null, approved ? 1 : 0, firstSeen, lastSeen);
      for (const each of device.names.slice(0, 8)) this.#deviceName.run(mac, each.source, each.name);
      for (const each of device.addresses) this.#deviceAddress.run(mac, each.address, each.firstSeen, each.lastSeen);
    });
  }

  /**
   * Equal records in one file are different occurrences; the first occurrence in one file is the same as the first in
   * another.
   * @param file identifies the file
   */
  addConnection(connection: Omit<Connection, "id">, id: string | undefined, file: number): void {
    const payload = Buffer.from(connection.payload).toString("base64");
    const text = JSON.stringify({ ...connection, payload });
    const key = createHash("sha256").update(text).digest("hex").slice(0, 32);
    this.#write(() => {
      const count = id === undefined ? Number(this.#occurrence.get(`${file} ${key}`)?.["count"] ?? 1) : 1;
      this.#connection.run(id ?? `import-${key}-${count}`, text);
    });
  }

  get counts(): { readonly services: number; readonly devices: number; readonly connections: number } {
    const count = (table: string) =>
      Number(this.#database.prepare(`select count(*) as count from ${table}`).get()?.["count"] ?? 0);
    return { services: count("service"), devices: count("device"), connections: count("connection") };
  }

  *services(pageSize: number): Generator<readonly ImportedService[]> {
    const page = this.#database.prepare(
      "select * from service where (address, port) > (?, ?) order by address, port limit ?",
    );
    for (let [address, port] = ["", 0]; ; ) {
      const rows = page.all(address, port, pageSize);
      if (rows.length === 0) return;
      yield rows.map(toService);
      const last = rows.at(-1);
      address = String(last?.["address"]);
      port = Number(last?.["port"]);
    }
  }

  *devices(pageSize: number): Generator<readonly ImportedDevice[]> {
    const page = this.#database.prepare("select * from device where mac > ? order by mac limit ?");
    const names = this.#database.prepare("select source, name from device_name where mac = ? order by rowid");
    const addresses = this.#database.prepare(
      "select address, first, last from device_address where mac = ? order by last desc, address limit 64",
    );
    for (let mac = ""; ; ) {
      const rows = page.all(mac, pageSize);
      if (rows.length === 0) return;
      yield rows.map((row) => toDevice(row, names.all(String(row["mac"])), addresses.all(String(row["mac"]))));
      mac = String(rows.at(-1)?.["mac"]);
    }
  }

  *connections(pageSize: number): Generator<readonly Connection[]> {
    const page = this.#database.prepare("select rowid, * from connection where rowid > ? order by rowid limit ?");
    for (let after = 0; ; ) {
      const rows = page.all(after, pageSize);
      if (rows.length === 0) return;
      yield rows.map(toConnection);
      after = Number(rows.at(-1)?.["rowid"]);
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #write(work: () => void): void {
    try {
      work();
      this.#pending += 1;
      if (this.#pending < rowsPerTransaction) return;
      this.#pending = 0;
      this.#database.exec("commit");
      this.#database.exec("begin");
    } catch (error) {
      throw new HarbingerError("store-full", `cannot write the temporary file of the import: ${messageOf(error)}`, {
        remedy: "Nothing was imported. Set TMPDIR to a folder with about as much free space as the size of the files.",
        cause: error,
      });
    }
  }
}

const schema = `
  pragma journal_mode = off;
  pragma synchronous = off;
  pragma temp_store = file;
  pragma cache_size = -16384;
  create table service (address text not null, port integer not null, first integer not null, last integer not null,
    hostname text, mac text, vendor text, name text, product text, version text, primary key (address, port)) without rowid;
  create table device (mac text primary key, name text, vendor text, approved integer not null, first integer not null,
    last integer not null) without rowid;
  create table device_name (mac text not null, source text not null, name text not null, unique (mac, source, name));
  create table device_address (mac text not null, address text not null, first integer not null, last integer not null,
    primary key (mac, address)) without rowid;
  create table connection (id text not null unique, text text not null);
  create table occurrence (key text primary key, count integer not null) without rowid;
`;

/** Keeps the latest value of each attribute; a version belongs to its product. */
const addService = `
  insert into service values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (address, port) do update set
    first = min(first, excluded.first), last = max(last, excluded.last),
    hostname = case when excluded.last > last then coalesce(excluded.hostname, hostname) else coalesce(hostname, excluded.hostname) end,
    mac = case when excluded.last > last then coalesce(excluded.mac, mac) else coalesce(mac, excluded.mac) end,
    vendor = case when excluded.last > last then coalesce(excluded.vendor, vendor) else coalesce(vendor, excluded.vendor) end,
    name = case when excluded.last > last then coalesce(excluded.name, name) else coalesce(name, excluded.name) end,
    version = case when excluded.product is null then version
      when product is null or (excluded.last > last and product <> excluded.product) then excluded.version
      when product <> excluded.product then version
      when excluded.last > last then coalesce(excluded.version, version) else coalesce(version, excluded.version) end,
    product = case when excluded.last > last then coalesce(excluded.product, product) else coalesce(product, excluded.product) end`;

const addDevice = `
  insert into device values (?, ?, ?, ?, ?, ?)
  on conflict (mac) do update set
    name = case when excluded.last > last then coalesce(excluded.name, name) else coalesce(name, excluded.name) end,
    vendor = coalesce(vendor, excluded.vendor), approved = max(approved, excluded.approved),
    first = min(first, excluded.first), last = max(last, excluded.last)`;

const addDeviceAddress = `
  insert into device_address values (?, ?, ?, ?)
  on conflict (mac, address) do update set first = min(first, excluded.first), last = max(last, excluded.last)`;

type Cells = Readonly<Record<string, unknown>>;

/** The rows come only from the statements above. */
function toService(row: Cells): ImportedService {
  const text = (name: string) => (typeof row[name] === "string" ? row[name] : undefined);
  const [name, product, version] = [text("name"), text("product"), text("version")];
  return {
    address: String(row["address"]) as Address,
    port: Number(row["port"]),
    firstSeen: Number(row["first"]),
    lastSeen: Number(row["last"]),
    hostname: text("hostname"),
    mac: text("mac"),
    vendor: text("vendor"),
    service: name === undefined && product === undefined ? undefined : { name, product, version },
  };
}

function toDevice(row: Cells, names: readonly Cells[], addresses: readonly Cells[]): ImportedDevice {
  const text = (name: string) => (typeof row[name] === "string" ? row[name] : undefined);
  return {
    mac: String(row["mac"]) as Mac,
    firstSeen: Number(row["first"]),
    lastSeen: Number(row["last"]),
    name: text("name"),
    vendor: text("vendor"),
    approved: row["approved"] === 1,
    names: names.map(
      (each): DeviceName => ({ name: String(each["name"]), source: String(each["source"]) as NameSource }),
    ),
    addresses: addresses.map((each) => ({
      address: String(each["address"]) as Address,
      firstSeen: Number(each["first"]),
      lastSeen: Number(each["last"]),
    })),
  };
}

function toConnection(row: Cells): Connection {
  const stored: Omit<Connection, "id" | "payload"> & { readonly payload: string } = JSON.parse(String(row["text"]));
  return { ...stored, id: String(row["id"]), payload: new Uint8Array(Buffer.from(stored.payload, "base64")) };
}
