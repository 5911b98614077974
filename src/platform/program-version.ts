import { readFileSync } from "node:fs";
import { embeddedText } from "./single-executable.ts";

/** The version in package.json, which is two folders above this file, both in the sources and compiled. */
export function programVersion(): string {
  const embedded = embeddedText("version");
  if (embedded !== undefined) return embedded;
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
