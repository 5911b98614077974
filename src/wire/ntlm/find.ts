import { ascii } from "../reader.ts";
import { type NtlmMessage, ntlmResponses, parse } from "./parse.ts";

export type NtlmNames = Omit<NtlmMessage, "kind">;

const magic = Buffer.from(ascii("NTLMSSP\0"));
const maxMessages = 8;

/** The names in NTLM messages anywhere in these bytes, because SMB and Negotiate wrap them. Later messages take precedence. */
export function findNtlm(bytes: Uint8Array): NtlmNames {
  let found: NtlmNames = {};
  for (const at of placesOf(bytes)) {
    const outcome = parse(bytes.subarray(at));
    if (outcome.kind !== "match") continue;
    const { kind: _, ...names } = outcome.value;
    found = { ...found, ...names };
  }
  return found;
}

/** The positions of the responses in these messages. */
export function findNtlmSecrets(bytes: Uint8Array): readonly { readonly start: number; readonly end: number }[] {
  return placesOf(bytes).flatMap((at) =>
    ntlmResponses(bytes.subarray(at)).map(({ start, end }) => ({ start: start + at, end: end + at })),
  );
}

function placesOf(bytes: Uint8Array): readonly number[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places: number[] = [];
  let at = buffer.indexOf(magic);
  while (at !== -1 && places.length < maxMessages) {
    places.push(at);
    at = buffer.indexOf(magic, at + magic.length);
  }
  return places;
}
