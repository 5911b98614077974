import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** How this machine reaches the npm registry. */
export interface NpmSettings {
  /** Without a trailing slash. */
  readonly registry: string;
  /** A file of certificate authorities, if a proxy or a private registry needs them. */
  readonly certificates: string | undefined;
  /** The user's npmrc, which may contain passwords. */
  readonly npmrc: string | undefined;
}

export function npmSettings(environment: Readonly<Record<string, string | undefined>>): NpmSettings {
  const certificates = [npmConfig("cafile"), environment["NODE_EXTRA_CA_CERTS"], environment["SSL_CERT_FILE"]];
  return {
    registry: (npmConfig("registry") ?? "https://registry.npmjs.org").replace(/\/+$/, ""),
    certificates: certificates.find(isFile),
    npmrc: [npmConfig("userconfig")].find(isFile),
  };
}

function npmConfig(key: string): string | undefined {
  const text = execFileSync("npm", ["config", "get", key], { encoding: "utf8" }).trim();
  return text === "" || text === "null" || text === "undefined" ? undefined : text;
}

function isFile(name: string | undefined): boolean {
  return name !== undefined && existsSync(name);
}
