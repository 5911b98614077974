import { accessSync, constants } from "node:fs";
import { networkInterfaces } from "node:os";
import path from "node:path";
import { timeZoneVariableProblem } from "../platform/system-time-zone.ts";
import type { StoreSettings } from "../store/schema.ts";
import { channelFindings, missingAuthorities } from "./channel-findings.ts";
import { unknownChannels } from "./channel-names.ts";
import { unknownChecks } from "./check-names.ts";
import { checkSections } from "./check-sections.ts";
import { type Config, configOf } from "./config.ts";
import { defaultSections } from "./default-config.ts";
import { deviceNameTaken } from "./device-warnings.ts";
import { type ParsedDocument, parseYaml } from "./document.ts";
import { absoluteFiles } from "./file-names.ts";
import type { Finding } from "./issues.ts";
import { configJsonSchema } from "./json-schema.ts";
import { portsListenedTwice } from "./listener-warnings.ts";
import type { Interfaces } from "./local-networks.ts";
import { applyOverrides } from "./overrides.ts";
import { plantedBy } from "./planted-file.ts";
import { formatPath, type Problem, tidyProblems } from "./problems.ts";
import { isRawMap, type RawMap } from "./raw-value.ts";
import { type ReadBytes, readBytes, readText } from "./read-file.ts";
import { scopeFindings } from "./scope-findings.ts";
import { resolveSecrets, secretValues } from "./secrets.ts";
import { storeAlone, timeZoneAlone } from "./store-alone.ts";
import { warningsOf } from "./warnings.ts";
import { unusableCertificate } from "./web-findings.ts";
import { storeUnder, writtenUnder } from "./written-files.ts";

/**
 * Combines file and environment into one validated configuration. The only entry point. The outcome is a
 * configuration, or the list of all errors with their places.
 */
export interface LoadOptions {
  /** `undefined`: `harbinger.yaml` in the working directory. */
  readonly file: string | undefined;
  /** The user named the file, so it must exist. Otherwise the built-in default replaces a missing file. */
  readonly explicit: boolean;
  /**
   * Only for the configuration of the machine: the folder to which written files are relative. Default: the working
   * directory.
   */
  readonly workFolder?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Valid names in `checks`; without it they are not validated. */
  readonly checkNames?: readonly string[];
  /** @throws like `readFileSync` */
  readonly readFile?: ReadBytes;
  readonly fileExists?: (file: string) => boolean;
  /** The interfaces of this machine, for warnings. */
  readonly interfaces?: Interfaces;
}

export type LoadOutcome =
  | { readonly kind: "config"; readonly config: Config; readonly warnings: readonly Problem[] }
  | {
      readonly kind: "invalid";
      readonly problems: readonly Problem[];
      readonly warnings: readonly Problem[];
      /** The store, if no error may concern it. */
      readonly store?: StoreSettings;
      /** The zone in which times are shown, if one is set and is valid. */
      readonly timeZone?: string | undefined;
    };

export const defaultFile = "harbinger.yaml";

export function loadConfig(options: LoadOptions): LoadOutcome {
  const file = options.file ?? defaultFile;
  const otherUser = options.explicit ? undefined : plantedBy(file);
  if (otherUser !== undefined) {
    const message = `another user (user id ${otherUser}) created this file in a world-writable folder, so it is not read; to use it anyway, name it: --config ${file}`;
    return invalid([{ source: file, path: "", message }], options);
  }
  const read = readText(file, options.readFile ?? readBytes);
  if (read.kind === "text") return loadText(read.text, file, options);
  if (read.kind === "bad") {
    const message =
      read.isDenied === true && options.workFolder !== undefined ? notReadableText(read.reason) : read.reason;
    return invalid([{ source: file, ...placeOf(read.line), path: "", message }], options);
  }
  if (options.explicit) {
    const message = `no such file; "harbinger config init" writes one to start with`;
    return invalid([{ source: file, path: "", message }], options);
  }
  return finish(defaultSections(options.interfaces ?? networkInterfaces()), undefined, { source: undefined, options });
}

/** Loads text as the content of `file`. */
export function loadText(text: string, file: string, options: LoadOptions): LoadOutcome {
  const document = parseYaml(text);
  const syntax = document.errors.map((error) => ({
    source: file,
    line: error.line,
    column: error.column,
    path: formatPath(error.path),
    message: error.message,
  }));
  const { root } = document;
  if (root === undefined) {
    const empty = {
      source: file,
      line: 1,
      column: 1,
      path: "",
      message: 'the file is empty; see "harbinger config init"',
    };
    return invalid(syntax.length > 0 ? syntax : [empty], options);
  }
  if (!isRawMap(root)) {
    const found = Array.isArray(root) ? "a list" : "a single value";
    const message = `expected sections such as "watches:" or "port_ssh:", found ${found}`;
    return invalid([...syntax, { source: file, ...document.locate([], "key"), path: "", message }], options);
  }
  return finish(root, document, { source: file, options, syntax });
}

interface Origin {
  readonly source: string | undefined;
  readonly options: LoadOptions;
  readonly syntax?: readonly Problem[];
}

function finish(written: RawMap, document: ParsedDocument | undefined, origin: Origin): LoadOutcome {
  const { options, source } = origin;
  const schema = configJsonSchema();
  const folder = path.dirname(path.resolve(source ?? defaultFile));
  const read = options.readFile ?? readBytes;
  const root = copyOf(written);
  const overridden = applyOverrides(root, options.environment);
  const fromElsewhere = resolveSecrets(root, schema, {
    environment: options.environment,
    readSecretFile: (name) => read(path.resolve(folder, name)),
  });
  const checked = checkSections(root);
  const { workFolder } = options;
  const absolute = checked.kind === "sections" ? absoluteFiles(checked.sections, folder) : undefined;
  const isStoreOverridden = overridden.has("store");
  const sections =
    absolute === undefined || workFolder === undefined
      ? absolute
      : writtenUnder(absolute, { root, folder: workFolder, isStoreOverridden });
  const exists = options.fileExists ?? isReadable;
  const interfaces = options.interfaces ?? networkInterfaces();
  const findings = [...fromElsewhere, ...checked.findings];
  if (sections !== undefined) {
    if (options.checkNames !== undefined) findings.push(...unknownChecks(sections, options.checkNames));
    findings.push(...unknownChannels(sections));
    findings.push(...portsListenedTwice(sections), ...scopeFindings(sections), ...deviceNameTaken(sections));
    findings.push(...channelFindings(sections, "error"), ...missingAuthorities(sections, exists));
    findings.push(...unusableCertificate(sections, read));
  }
  const secrets = [...secretValues(root, [schema]), ...secretValues(written, [schema])];
  const problemOf = (finding: Finding): Problem =>
    placed(
      { ...finding, message: withoutSecrets(finding.message, secrets) },
      source ?? "(built-in)",
      document,
      overridden,
    );
  const { errors: quoteErrors, warnings: quoteWarnings, others } = quoteFindings(document, findings);
  const problems = tidyProblems([...(origin.syntax ?? []), ...[...quoteErrors, ...others].map(problemOf)]);
  // The user did not write the built-in default, so it gets no other warnings.
  const zoneProblem = timeZoneVariableProblem(options.environment["TZ"]);
  const zone = zoneProblem === undefined ? [] : [{ source: "environment", path: "TZ", message: zoneProblem }];
  const warnings =
    sections === undefined || source === undefined
      ? zone
      : tidyProblems([
          ...zone,
          ...[...quoteWarnings, ...warningsOf(sections, { fileExists: exists, interfaces })]
            .filter((warning) => !fromElsewhere.some((error) => isInSameSection(error, warning)))
            .map(problemOf),
        ]);
  if (sections === undefined || problems.length > 0) {
    const mistakes = [...findings, ...(document?.errors ?? [])];
    const { store } = storeAlone(root, mistakes, isStoreOverridden);
    if (store === undefined) return { kind: "invalid", problems, warnings };
    const isMoved = workFolder !== undefined && !isStoreOverridden;
    const timeZone = timeZoneAlone(root);
    return { kind: "invalid", problems, warnings, store: isMoved ? storeUnder(store, workFolder) : store, timeZone };
  }
  const config = configOf(sections, root, source);
  return { kind: "config", config, warnings };
}

/** A secret that cannot be read is one mistake: a warning that its section lacks it is a consequence. */
function isInSameSection(error: Finding, warning: Finding): boolean {
  return formatPath(error.path.slice(0, -1)) === formatPath(warning.path.slice(0, -1));
}

/** For the configuration of the machine: only the user of the service and its group can read it. */
function notReadableText(reason: string): string {
  return `${reason}; run the command as the user of the service (sudo -u harbinger harbinger ...) or as root, or name another file by --config`;
}

function placed(
  finding: Finding,
  source: string,
  document: ParsedDocument | undefined,
  overridden: ReadonlyMap<string, string>,
): Problem {
  const variable = overridden.get(finding.path.map(String).join("."));
  if (variable !== undefined) return { source: "environment", path: variable, message: finding.message };
  const place = document?.locate(finding.path, finding.what) ?? {};
  return { source, ...place, path: formatPath(finding.path), message: finding.message };
}

/**
 * Typographic quotes are an error if the value is invalid, because they are the cause. Otherwise they are a warning, because they
 * are a part of the value.
 */
function quoteFindings(document: ParsedDocument | undefined, findings: readonly Finding[]) {
  const place = (path: readonly PropertyKey[]) => formatPath(path);
  const refused = new Set(findings.map(({ path }) => place(path)));
  const quotes = (document?.quotes ?? []).map(({ path, message }): Finding => ({ path, what: "value", message }));
  const quoted = new Set(quotes.map(({ path }) => place(path)));
  return {
    errors: quotes.filter(({ path }) => refused.has(place(path))),
    warnings: quotes.filter(({ path }) => !refused.has(place(path))),
    others: findings.filter(({ path }) => !quoted.has(place(path))),
  };
}

/** Masks secrets. No message should contain one; this is a second protection. */
function withoutSecrets(message: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => (secret.length < 4 ? text : text.replaceAll(secret, "********")), message);
}

/** The outcome if nothing of the file can be used. */
function invalid(problems: readonly Problem[], { environment }: LoadOptions): LoadOutcome {
  const root: RawMap = Object.create(null);
  const isStoreKnown = applyOverrides(root, environment).has("store");
  const store = isStoreKnown ? storeAlone(root, [], isStoreKnown) : {};
  return { kind: "invalid", problems: tidyProblems(problems), warnings: [], ...store };
}

function placeOf(line: number | undefined) {
  return line === undefined ? {} : { line, column: 1 };
}

function copyOf(map: RawMap): RawMap {
  return structuredClone(map);
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
