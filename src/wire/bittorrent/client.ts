import { hexText } from "../fact.ts";
import { match, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The handshake of a BitTorrent peer. */
export interface BittorrentHandshake {
  /** Forty hex digits. */
  readonly infoHash?: string | undefined;
  /** From a peer id in the style of Azureus: `Transmission 4.0.5`; for an unknown client its two letters and version. */
  readonly client?: string | undefined;
  /** `dht`, `fast`, `extended`. */
  readonly extensions?: readonly string[] | undefined;
}

const header = ascii("\u0013BitTorrent protocol");
const clients: Readonly<Record<string, string>> = {
  AZ: "Vuze",
  BC: "BitComet",
  DE: "Deluge",
  LT: "libtorrent",
  lt: "rTorrent",
  TR: "Transmission",
  UT: "µTorrent",
  WW: "WebTorrent",
  qB: "qBittorrent",
};

/** Proof: a length and the protocol's name. BEP 3, "peer protocol"; BEP 4 (reserved bits), BEP 20 (peer ids). */
export function parse(bytes: Uint8Array): Outcome<BittorrentHandshake> {
  const agreement = startsWith(bytes, header);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes, header.length);
  const reserved = reader.take(8);
  if (reader.overrun) return match({}, false);
  const extensions = [
    ...(((reserved[5] ?? 0) & 0x10) !== 0 ? ["extended"] : []),
    ...(((reserved[7] ?? 0) & 0x04) !== 0 ? ["fast"] : []),
    ...(((reserved[7] ?? 0) & 0x01) !== 0 ? ["dht"] : []),
  ];
  const known = extensions.length > 0 ? { extensions } : {};
  const infoHash = hexText(reader.take(20));
  if (reader.overrun) return match(known, false);
  const peer = /^-([A-Za-z]{2})([0-9A-Za-z]{4})-/.exec(reader.latin1(20));
  if (reader.overrun) return match({ ...known, infoHash }, false);
  const [, code = "", version = ""] = peer ?? [];
  const client = peer === null ? undefined : `${clients[code] ?? code} ${shownVersion(version)}`;
  return match({ infoHash, client, ...known });
}

/** `4050` is 4.0.5: four digits; the last one is omitted if it is zero. */
function shownVersion(digits: string): string {
  const parts = Array.from(digits, (digit) => String(Number.parseInt(digit, 36)));
  return (parts[3] === "0" ? parts.slice(0, 3) : parts).join(".");
}

export const bittorrent = protocol({
  name: "bittorrent",
  strength: "strong",
  firstBytes: oneOf(0x13),
  parse,
  describe: (value) => ({ bittorrent: { ...value } }),
});
