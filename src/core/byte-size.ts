const unitBytes: Readonly<Record<string, number>> = {
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  tb: 1000 ** 4,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/**
 * Reads a number of bytes as people write it: `500MB`, `1.5 GB` (powers of 1000), `64MiB` (powers of 1024).
 * @returns bytes, or `undefined` where `text` is not a size; a number without a unit is not
 */
export function parseByteSize(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,6})?) ?([kmgt]i?b)$/i.exec(text) ?? [];
  const size = unitBytes[unit?.toLowerCase() ?? ""];
  return size === undefined ? undefined : Math.round(Number(amount) * size);
}
