import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { Clock } from "../../../core/clock.ts";
import type { Mac } from "../../../core/device.ts";
import type { Log } from "../../../core/log.ts";
import { parseDhcpLeases } from "../../../wire/dhcp-leases/parse.ts";
import { deviceNameOf } from "./device-name.ts";

/** Where a DHCP server on this machine keeps its leases. */
const usualLeaseFiles: readonly string[] = [
  "/var/lib/misc/dnsmasq.leases",
  "/tmp/dhcp.leases",
  "/etc/pihole/dhcp.leases",
  "/var/lib/dhcp/dhcpd.leases",
  "/var/lib/dhcpd/dhcpd.leases",
  "/var/db/dhcpd.leases",
  "/var/lib/kea/kea-leases4.csv",
];

export interface LeaseNamesOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Files from the configuration, read before the usual ones. */
  readonly files: readonly string[];
  readonly usualFiles?: readonly string[] | undefined;
}

/** Of a larger file the first line and the end are read, because new leases are appended. */
const maxFileBytes = 4_000_000;
const maxFiles = 16;
const firstLineBytes = 1024;

/** Reads the names that devices sent to a DHCP server on this machine. */
export class LeaseNames {
  readonly #options: LeaseNamesOptions;

  constructor(options: LeaseNamesOptions) {
    this.#options = options;
  }

  /** Never rejects. The lease that ends last names the device; expired ones do not count. */
  async names(): Promise<ReadonlyMap<Mac, string>> {
    const { clock, files, usualFiles = usualLeaseFiles } = this.#options;
    const now = clock.now();
    const best = new Map<Mac, { readonly name: string; readonly expiresAt: number }>();
    for (const file of [...new Set([...files, ...usualFiles])].slice(0, maxFiles)) {
      for (const { mac, name: sent, address, expiresAt } of parseDhcpLeases(await this.#read(file))) {
        const name = sent === undefined ? undefined : deviceNameOf(sent, address);
        if (name === undefined || expiresAt <= now || (best.get(mac)?.expiresAt ?? 0) >= expiresAt) continue;
        best.set(mac, { name, expiresAt });
      }
    }
    return new Map([...best].map(([mac, { name }]) => [mac, name]));
  }

  async #read(file: string): Promise<string> {
    try {
      return await readBounded(file);
    } catch (error) {
      if (this.#options.files.includes(file)) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "not readable";
        this.#options.log.warn("cannot read the DHCP leases", { file, reason: code });
      }
      return "";
    }
  }
}

async function readBounded(file: string): Promise<string> {
  // Opening a pipe must not wait for a writer.
  await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const status = await handle.stat();
  if (!status.isFile()) throw Object.assign(new Error("not a file"), { code: "not a file" });
  // Every user can write to /tmp: only files of root and of this user count there.
  if (file.startsWith("/tmp/") && status.uid !== 0 && status.uid !== process.getuid?.()) return "";
  const size = status.size;
  if (size <= maxFileBytes) return textAt(handle, 0, size);
  const [firstLine = ""] = (await textAt(handle, 0, firstLineBytes)).split("\n", 1);
  const end = await textAt(handle, size - maxFileBytes, maxFileBytes);
  return `${firstLine}\n${end.slice(end.indexOf("\n") + 1)}`;
}

async function textAt(handle: Awaited<ReturnType<typeof open>>, position: number, length: number): Promise<string> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.toString("utf8", 0, bytesRead);
}
