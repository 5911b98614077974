import { hash } from "node:crypto";
import type { KeyExchangeInit } from "./key-exchange-init.ts";

/** The input of HASSH: four name-lists, verbatim. https://github.com/salesforce/hassh */
export function hasshAlgorithms(init: KeyExchangeInit): string {
  return [init.keyExchange, init.encryptionClientToServer, init.macClientToServer, init.compressionClientToServer].join(
    ";",
  );
}

/** HASSH of an SSH client: MD5 of {@link hasshAlgorithms}, in lower-case hex. */
export function hassh(init: KeyExchangeInit): string {
  return hash("md5", Buffer.from(hasshAlgorithms(init), "latin1"));
}
