const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });

/** Upper-case ISO 3166-1 alpha-2, or `undefined` if it is not a code; `ZZ` means "unknown". */
export function countryCodeOf(text: string | undefined): string | undefined {
  const code = text?.toUpperCase();
  return code !== undefined && /^[A-Z]{2}$/.test(code) && code !== "ZZ" ? code : undefined;
}

/** A cache: `Intl` takes far longer than a database lookup. There are at most 676 codes. */
const asked = new Map<string, string | undefined>();

/** English name of a country, from the Unicode data of Node. @param code as `countryCodeOf` gives it */
export function countryName(code: string): string | undefined {
  if (!asked.has(code)) asked.set(code, names.of(code));
  return asked.get(code);
}
