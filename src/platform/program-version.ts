import { readFileSync } from "node:fs";
import { embeddedText } from "./single-executable.ts";

/** The version in package.json, two folders above the sources and above the compiled files. */
export function programVersion(): string {
  const embedded = embeddedText("version");
  if (embedded !== undefined) return embedded;
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
