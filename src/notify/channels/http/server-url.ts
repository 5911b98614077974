/** Parses the URL of a server: http or https, without a login. `undefined` if it is not one. */
export function parseServerUrl(text: string): URL | undefined {
  if (text.length > 2000 || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  if (url.username !== "" || url.password !== "" || url.hash !== "") return undefined;
  return url;
}
