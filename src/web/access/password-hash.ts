import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/**
 * Hashes of passwords as text: `$scrypt$ln=15,r=8,p=3$SALT$HASH`, salt and hash in base64 without padding. The parameters are those that
 * OWASP's Password Storage Cheat Sheet lists for scrypt with 32 MiB; one hash takes about a third of a second.
 */
export type PasswordHash = string & { readonly __brand: "password hash" };

interface Parameters {
  /** Binary logarithm of the cost N. */
  readonly logCost: number;
  readonly blockSize: number;
  readonly parallelization: number;
}

interface ParsedHash extends Parameters {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const usual: Parameters = { logCost: 15, blockSize: 8, parallelization: 3 };
const saltBytes = 16;
const hashBytes = 32;
/** What a hash from a configuration may cost: 128 MiB of memory. */
const max: Parameters = { logCost: 17, blockSize: 8, parallelization: 8 };

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Whether `text` has the form of a hash, with parameters within limits. */
export function isPasswordHash(text: string): text is PasswordHash {
  return parse(text) !== undefined;
}

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(password.normalize("NFC"), salt, hashBytes, optionsOf(usual));
  const { logCost, blockSize, parallelization } = usual;
  const parameters = `ln=${logCost},r=${blockSize},p=${parallelization}`;
  return `$scrypt$${parameters}$${base64(salt)}$${base64(hash)}` as PasswordHash;
}

/** Whether the hash is of this password. Takes equally long for every password. */
export async function isPasswordOf(hash: PasswordHash, password: string): Promise<boolean> {
  const parsed = parse(hash);
  if (parsed === undefined) throw new TypeError("not a validated password hash");
  const derived = await derive(password.normalize("NFC"), parsed.salt, parsed.hash.length, optionsOf(parsed));
  return timingSafeEqual(derived, parsed.hash);
}

function parse(text: string): ParsedHash | undefined {
  const fields = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{16,64})\$([A-Za-z0-9+/]{43})$/.exec(text);
  if (fields === null) return undefined;
  const [, logCost, blockSize, parallelization, salt = "", hash = ""] = fields;
  const parsed = {
    logCost: Number(logCost),
    blockSize: Number(blockSize),
    parallelization: Number(parallelization),
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
  const isWithin = (["logCost", "blockSize", "parallelization"] as const).every(
    (name) => parsed[name] >= 1 && parsed[name] <= max[name],
  );
  return isWithin && parsed.logCost >= 10 && parsed.hash.length === hashBytes ? parsed : undefined;
}

/** scrypt needs 128 * N * r bytes (RFC 7914, section 2), and Node a little more. */
function optionsOf({ logCost, blockSize, parallelization }: Parameters): ScryptOptions {
  const cost = 2 ** logCost;
  return {
    cost,
    blockSize,
    parallelization,
    maxmem: 128 * cost * blockSize + 128 * blockSize * parallelization + 2 ** 20,
  };
}

function base64(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("=", "");
}
