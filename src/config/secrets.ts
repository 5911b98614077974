import { join } from "node:path";
import { decodeSecret, type SecretText, withoutLineEnd } from "../core/secret-text.ts";
import type { Finding } from "./issues.ts";
import { childrenOf, formsOf, type JsonSchema } from "./json-schema.ts";
import { isRawMap, type RawMap, type RawValue } from "./raw-value.ts";

/** Sources of secrets that are not in the configuration file. */
export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Reads a file named by a `*_file` key, relative to the configuration file. @throws if it cannot be read */
  readonly readSecretFile: (file: string) => Uint8Array;
}

/** A key of an existing section whose value may come from another source. */
interface Slot {
  readonly section: RawMap;
  readonly key: string;
  readonly path: readonly (string | number)[];
  readonly secret: boolean;
}

const maxSecretFileBytes = 64 * 1024;

/** A credential that systemd passes to the service (LoadCredential= of its unit). */
const credentialName = /^\$(?:CREDENTIALS_DIRECTORY|\{CREDENTIALS_DIRECTORY\})\/(.+)$/;
const noCredentials =
  "CREDENTIALS_DIRECTORY is not set: systemd sets it for a service with LoadCredential=; elsewhere set it to the folder, such as /run/credentials/harbinger.service";

/**
 * Fills in secrets: the value in the file takes precedence, then `*_file`, then the environment (`HARBINGER_EMAIL_PASSWORD` for
 * `email.password`). Removes the `*_file` keys. The schema defines which keys are secret.
 * @param root changed in place
 */
export function resolveSecrets(root: RawMap, schema: JsonSchema, sources: SecretSources): Finding[] {
  const findings: Finding[] = [];
  for (const slot of slotsOf(root, schema, [])) {
    const { section, key, path } = slot;
    const fileKey = `${key}_file`;
    const file = slot.secret ? section[fileKey] : undefined;
    const filePath = [...path.slice(0, -1), fileKey];
    if (slot.secret) delete section[fileKey];
    const written = section[key];
    if (written !== undefined) {
      // A block scalar has a line end.
      if (slot.secret && typeof written === "string") section[key] = withoutLineEnd(written);
      if (file !== undefined)
        findings.push({ path: filePath, what: "key", message: `give either ${key} or ${fileKey}` });
    } else if (typeof file === "string") {
      const read = readSecret(file, sources);
      if (read.kind === "text") section[key] = read.text;
      else findings.push({ path: filePath, what: "value", message: read.reason });
    } else if (file !== undefined) {
      findings.push({ path: filePath, what: "value", message: "expected the name of a file" });
    } else {
      const value = withoutLineEnd(sources.environment[environmentName(path)] ?? "");
      if (value !== "") section[key] = value;
    }
  }
  return findings;
}

function readSecret(file: string, sources: SecretSources): SecretText {
  const name = JSON.stringify(file);
  const inFolder = credentialName.exec(file)?.[1];
  const folder = sources.environment["CREDENTIALS_DIRECTORY"] ?? "";
  if (inFolder !== undefined && folder === "") return { kind: "bad", reason: noCredentials };
  let bytes: Uint8Array;
  try {
    bytes = sources.readSecretFile(inFolder === undefined ? file : join(folder, inFolder));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "error";
    return { kind: "bad", reason: `cannot read ${name} (${code})` };
  }
  if (bytes.length > maxSecretFileBytes) return { kind: "bad", reason: `${name} is too long for a secret` };
  const decoded = decodeSecret(bytes);
  if (decoded.kind === "bad") return { kind: "bad", reason: `${name} ${decoded.reason}` };
  const text = withoutLineEnd(decoded.text);
  return text === "" ? { kind: "bad", reason: `${name} is empty` } : { kind: "text", text };
}

/** `["email", "password"]` is `HARBINGER_EMAIL_PASSWORD`. */
function environmentName(path: readonly (string | number)[]): string {
  return `HARBINGER_${path
    .join("_")
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "_")}`;
}

/** A copy with `********` for every secret, including passwords in URLs. */
export function maskSecrets(value: RawValue, schemas: readonly JsonSchema[]): RawValue {
  if (typeof value === "string") {
    const isSecret = schemas.flatMap(formsOf).some((form) => form.secret === true);
    return isSecret ? mask : value.replace(urlPassword, `$1${mask}@`);
  }
  if (Array.isArray(value)) return value.map((item, index) => maskSecrets(item, childSchemas(schemas, index)));
  if (!isRawMap(value)) return schemas.flatMap(formsOf).some((form) => form.secret === true) ? mask : value;
  const masked: RawMap = Object.create(null);
  for (const [key, part] of Object.entries(value)) {
    if (part !== undefined) masked[key] = maskSecrets(part, childSchemas(schemas, key));
  }
  return masked;
}

const mask = "********";
/** Starts at `://`, because matching the scheme as well would take quadratic time for long words. */
const urlPassword = /(?<=[a-z0-9+.-])(:\/\/[^/?#\s:@]*:)([^/?#\s]*)@/gi;

/** All values at or below secret keys, and all passwords in URLs: they must not appear in messages. */
export function secretValues(value: RawValue, schemas: readonly JsonSchema[], suspect = false): string[] {
  if (value === undefined) return [];
  const secret = suspect || schemas.flatMap(formsOf).some((form) => form.secret === true);
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => secretValues(item, childSchemas(schemas, index), secret));
  }
  if (isRawMap(value)) {
    return Object.entries(value).flatMap(([key, part]) => secretValues(part, childSchemas(schemas, key), secret));
  }
  if (secret) return [String(value)];
  return [...String(value).matchAll(urlPassword)].flatMap((match) => match[2] ?? []);
}

function childSchemas(schemas: readonly JsonSchema[], key: PropertyKey): JsonSchema[] {
  return schemas.flatMap((schema) => childrenOf(schema, key));
}

function slotsOf(value: RawValue, schema: JsonSchema, path: readonly (string | number)[]): Slot[] {
  if (typeof value !== "object") return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      childrenOf(schema, index).flatMap((child) => slotsOf(item, child, [...path, index])),
    );
  }
  const here = formsOf(schema).flatMap((form) =>
    Object.entries(form.properties ?? {}).flatMap(([key, property]): Slot[] => {
      const secret = property.secret === true;
      return secret || property.fromEnvironment === true ? [{ section: value, key, path: [...path, key], secret }] : [];
    }),
  );
  const below = Object.keys(value).flatMap((key) =>
    childrenOf(schema, key).flatMap((child) => slotsOf(value[key], child, [...path, key])),
  );
  return [...here, ...below];
}
