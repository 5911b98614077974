import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The version message of a Bitcoin node. */
export interface BitcoinVersion {
  /** `main`, `testnet3`, `signet`, `regtest`. */
  readonly network: string;
  readonly version: number;
  /** `/Satoshi:27.0.0/`. */
  readonly userAgent?: string | undefined;
}

const networks: Readonly<Record<number, string>> = {
  4190024921: "main",
  185665799: "testnet3",
  168021824: "signet",
  4206867930: "regtest",
};
const command = "version".padEnd(12, "\0");
/** Version, services, time, both addresses and a nonce. */
const fixedBytes = 80;
const maxBytes = 4096;

/** Proof: the magic number of a network, and the command `version`. https://developer.bitcoin.org/reference/p2p_networking.html */
export function parse(bytes: Uint8Array): Outcome<BitcoinVersion> {
  const reader = new Reader(bytes);
  const magic = reader.u32();
  if (reader.overrun) return mayBegin(bytes) ? incomplete : mismatch;
  const network = networks[magic];
  if (network === undefined) return mismatch;
  const named = reader.view(12);
  const name = named.latin1(named.remaining);
  if (!command.startsWith(name)) return mismatch;
  if (named.cut) return incomplete;
  const length = reader.u32le();
  reader.skip(4);
  if (reader.overrun) return incomplete;
  if (length < fixedBytes || length > maxBytes) return mismatch;
  const body = reader.view(length);
  const version = body.u32le();
  if (body.overrun) return incomplete;
  body.skip(fixedBytes - 4);
  const userAgent = body.latin1(body.u8());
  const isKnown = !body.overrun && userAgent !== "";
  return match({ network, version, userAgent: isKnown ? fact(userAgent) : undefined }, !body.cut);
}

function mayBegin(bytes: Uint8Array): boolean {
  return Object.keys(networks).some((magic) => {
    const whole = Number(magic).toString(16).padStart(8, "0");
    return whole.startsWith(Buffer.from(bytes).toString("hex"));
  });
}

export const bitcoin = protocol({
  name: "bitcoin",
  strength: "strong",
  firstBytes: oneOf(0xf9, 0x0b, 0x0a, 0xfa),
  parse,
  describe: (value) => ({ bitcoin: { ...value } }),
});
