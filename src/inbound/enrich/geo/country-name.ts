const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });

/** Upper-case ISO 3166-1 alpha-2, or `undefined` for what is none; `ZZ` stands for "unknown". */
export function countryCodeOf(text: string | undefined): string | undefined {
  const code = text?.toUpperCase();
  return code !== undefined && /^[A-Z]{2}$/.test(code) && code !== "ZZ" ? code : undefined;
}

/** Asking takes far longer than a lookup in a database; there are 676 codes at most. */
const asked = new Map<string, string | undefined>();

/** English name of a country, from the Unicode data that Node brings along. @param code as `countryCodeOf` gives it */
export function countryName(code: string): string | undefined {
  if (!asked.has(code)) asked.set(code, names.of(code));
  return asked.get(code);
}
