import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isRandomised, type Mac } from "../../../core/device.ts";
import { safeText } from "../../../core/safe-text.ts";
import { embeddedFile } from "../../../platform/single-executable.ts";
import { virtualVendorOf } from "./virtual-machines.ts";

/**
 * The organisation that registered the first octets of a MAC address: the IEEE registries MA-L, MA-M and MA-S, from the package oui-data.
 * Its file of 5.6 MB stays on the disk: it is sorted, so a look-up reads a few hundred bytes about 18 times.
 */
export interface VendorLookupOptions {
  /** A JSON file with one entry a line, sorted by length of prefix and prefix. Default: that of oui-data. */
  readonly file?: string;
}

/** Registries by the length of their prefixes in hexadecimal digits, most specific first. */
const prefixDigits = [9, 7, 6] as const;
/** Longer than any line of the file. */
const windowBytes = 1024;
const maxRemembered = 4096;
const maxVendorCharacters = 80;

/** Entries without a vendor: the prefix belongs to a smaller registry, or its owner is private. */
const unnamed = new Set(["ieee registration authority", "private"]);

export class VendorLookup {
  readonly #options: VendorLookupOptions;
  readonly #remembered = new Map<string, string | undefined>();

  constructor(options: VendorLookupOptions = {}) {
    this.#options = options;
  }

  /** `undefined` where it is not registered (a randomised address), has no public vendor, or the data is missing. */
  vendorOf(mac: Mac): string | undefined {
    const virtual = virtualVendorOf(mac);
    if (virtual !== undefined) return virtual;
    if (isRandomised(mac)) return undefined;
    const digits = mac.replaceAll(":", "").toUpperCase().slice(0, prefixDigits[0]);
    if (this.#remembered.has(digits)) return this.#remembered.get(digits);
    const vendor = this.#find(digits);
    if (this.#remembered.size >= maxRemembered) this.#remembered.clear();
    this.#remembered.set(digits, vendor);
    return vendor;
  }

  #find(digits: string): string | undefined {
    try {
      using file = openSorted(this.#options.file);
      for (const length of prefixDigits) {
        const entry = entryOf(file, digits.slice(0, length));
        const vendor = entry === undefined ? undefined : nameIn(entry);
        if (vendor !== undefined) return vendor;
      }
      return undefined;
    } catch {
      // A device is recorded without a vendor rather than not at all.
      return undefined;
    }
  }
}

interface SortedFile extends Disposable {
  readonly size: number;
  /** @returns how many bytes it has from `position` on, as far as there is room for them in `window` */
  read(window: Buffer, position: number): number;
}

function openSorted(file: string | undefined): SortedFile {
  const embedded = file === undefined ? embeddedFile("oui-data") : undefined;
  if (embedded !== undefined) {
    return {
      size: embedded.length,
      read: (window, position) => embedded.copy(window, 0, position),
      [Symbol.dispose]: () => undefined,
    };
  }
  const descriptor = openSync(file ?? fileURLToPath(import.meta.resolve("oui-data")), "r");
  return {
    size: fstatSync(descriptor).size,
    read: (window, position) => readSync(descriptor, window, 0, window.length, position),
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

const linePattern = /^ ?"([0-9A-F]{6,9})": (".*"),?\r?$/;

/** Finds the line of `prefix` by binary search. @returns its value as JSON text */
function entryOf(file: SortedFile, prefix: string): string | undefined {
  let low = 0;
  let high = file.size;
  const window = Buffer.alloc(windowBytes);
  while (low < high) {
    const middle = (low + high) >> 1;
    const line = firstLineFrom(file, middle, window);
    const [, key, value] = linePattern.exec(line.text) ?? [];
    // Past the last entry, and before the first one, which the opening brace precedes.
    if (key === undefined || value === undefined) {
      if (line.text === "{") low = line.end;
      else high = middle;
      continue;
    }
    if (key === prefix) return value;
    if (key.length < prefix.length || (key.length === prefix.length && key < prefix)) low = line.end;
    else high = middle;
  }
  return undefined;
}

/** The first line that begins at `position` or after it. */
function firstLineFrom(file: SortedFile, position: number, window: Buffer): { text: string; end: number } {
  // One byte before, so that a line that begins exactly here is not passed over.
  const from = Math.max(0, position - 1);
  const length = file.read(window, from);
  const bytes = window.subarray(0, length);
  const start = position === 0 ? 0 : bytes.indexOf(0x0a) + 1;
  if (start === 0 && position !== 0) return { text: "", end: file.size };
  const lineFeed = bytes.indexOf(0x0a, start);
  const end = lineFeed < 0 ? length : lineFeed;
  return { text: bytes.toString("utf8", start, end), end: from + end + 1 };
}

function nameIn(json: string): string | undefined {
  const value: unknown = JSON.parse(json);
  if (typeof value !== "string") return undefined;
  const name = safeText(value.split("\n", 1)[0] ?? "", { limit: maxVendorCharacters }).trim();
  return name === "" || unnamed.has(name.toLowerCase()) ? undefined : name;
}
