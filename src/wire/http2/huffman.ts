import { wireText } from "../reader.ts";

/** Code length of each octet, 0 to 255 (RFC 7541 appendix B). The code is canonical, so its lengths define it. */
const codeLengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26,
];
const maxCodeBits = 30;

/** For each length: the first code, the number of codes, and the index of their first octet in `octets`. */
const firstCode = new Uint32Array(maxCodeBits + 1);
const codeCount = new Uint32Array(maxCodeBits + 1);
const firstOctet = new Uint32Array(maxCodeBits + 1);
const octets: readonly number[] = Array.from(codeLengths.keys()).sort(
  (left, right) => (codeLengths[left] ?? 0) - (codeLengths[right] ?? 0) || left - right,
);

for (const length of codeLengths) codeCount[length] = (codeCount[length] ?? 0) + 1;
for (let length = 1; length <= maxCodeBits; length++) {
  firstCode[length] = ((firstCode[length - 1] ?? 0) + (codeCount[length - 1] ?? 0)) * 2;
  firstOctet[length] = (firstOctet[length - 1] ?? 0) + (codeCount[length - 1] ?? 0);
}

/** Decodes a Huffman-coded string literal; `undefined` if the padding or a code is invalid (RFC 7541 section 5.2). */
export function decodeHuffman(bytes: Uint8Array): string | undefined {
  const octetsRead: number[] = [];
  let code = 0;
  let length = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      length++;
      const index = code - (firstCode[length] ?? 0);
      if (index >= 0 && index < (codeCount[length] ?? 0)) {
        octetsRead.push(octets[(firstOctet[length] ?? 0) + index] ?? 0);
        code = 0;
        length = 0;
      } else if (length >= maxCodeBits) {
        // Thirty ones are the end-of-string symbol, which must not appear.
        return undefined;
      }
    }
  }
  // Padding: fewer than eight bits, all ones.
  return length < 8 && code === 2 ** length - 1 ? wireText(Uint8Array.from(octetsRead)) : undefined;
}
