import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { parseAddress } from "../../core/address.ts";
import { withoutBrackets } from "./dial.ts";

/** The folder of collected certificates, below the working directory, as in the earlier tool. */
const truststoreFolder = "ca_certs";

/** A chain is small; a larger file is not one. */
const maxTruststoreBytes = 1024 * 1024;

/**
 * `ca_certs/HOST-truststore.pem`, or `.txt` for its analysis. The host is a valid file name everywhere: the
 * colons of an IPv6 address become `_`.
 */
export function truststorePath(directory: string, host: string, extension: "pem" | "txt" = "pem"): string {
  const plain = withoutBrackets(host);
  const name = (parseAddress(plain) ?? plain).replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 200);
  return path.join(directory, truststoreFolder, `${name}-truststore.${extension}`);
}

/** The stored certificates of `host` as PEM; `undefined` where none were collected, or the file cannot be read. */
export function readTruststore(directory: string, host: string): string | undefined {
  const file = truststorePath(directory, host);
  try {
    if (statSync(file).size > maxTruststoreBytes) return undefined;
    const text = readFileSync(file, "utf8");
    return text.includes("-----BEGIN CERTIFICATE-----") ? text : undefined;
  } catch {
    return undefined;
  }
}
