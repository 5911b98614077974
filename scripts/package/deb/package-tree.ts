import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { constants, gzipSync } from "node:zlib";

/** The content of a package, laid out in a folder. Names are absolute, as they will be on the machine. */
export class PackageTree {
  readonly root: string;
  readonly #sourceDate: number;

  /** @param sourceDate the date of all files, in seconds since 1970 */
  constructor(root: string, sourceDate: number) {
    this.root = root;
    this.#sourceDate = sourceDate;
    this.#folder(root);
  }

  write(name: string, content: string | Uint8Array, mode = 0o644): void {
    const place = this.#place(name);
    writeFileSync(place, content);
    chmodSync(place, mode);
  }

  copy(from: string, name: string, mode = 0o644): void {
    const place = this.#place(name);
    copyFileSync(from, place);
    chmodSync(place, mode);
  }

  /** @param name without `.gz` */
  writeCompressed(name: string, content: string | Uint8Array): void {
    this.write(`${name}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
  }

  link(name: string, target: string): void {
    symlinkSync(target, this.#place(name));
  }

  /** Every file and link except dpkg's own, sorted. */
  files(): string[] {
    return readdirSync(this.root, { recursive: true, encoding: "utf8" })
      .filter((name) => !name.startsWith("DEBIAN") && !lstatSync(path.join(this.root, name)).isDirectory())
      .map((name) => `/${name}`)
      .sort();
  }

  /** For `md5sums`, with which `dpkg --verify` finds changed files. */
  checksums(): string {
    return this.files()
      .filter((name) => lstatSync(path.join(this.root, name)).isFile())
      .map((name) => `${md5(readFileSync(path.join(this.root, name)))}  ${name.slice(1)}\n`)
      .join("");
  }

  /** Kibibytes, each file and folder rounded up, as dpkg counts. */
  installedSize(): number {
    const names = readdirSync(this.root, { recursive: true, encoding: "utf8" });
    return names
      .filter((name) => !name.startsWith("DEBIAN"))
      .map((name) => lstatSync(path.join(this.root, name)))
      .reduce((sum, entry) => sum + (entry.isFile() ? Math.ceil(entry.size / 1024) : 1), 0);
  }

  /** Sets the date of everything. Nothing is written afterwards. */
  close(): void {
    const date = new Date(this.#sourceDate * 1000);
    for (const name of readdirSync(this.root, { recursive: true, encoding: "utf8" }).reverse()) {
      lutimesSync(path.join(this.root, name), date, date);
    }
    lutimesSync(this.root, date, date);
  }

  #place(name: string): string {
    const place = path.join(this.root, name);
    this.#folder(path.dirname(place));
    return place;
  }

  /** Every user may enter it, whatever the umask. */
  #folder(folder: string): void {
    if (folder !== this.root && folder.startsWith(this.root)) this.#folder(path.dirname(folder));
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
  }
}

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
