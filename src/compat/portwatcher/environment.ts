import { type Address, parseAddress } from "../../core/address.ts";
import { nearestName } from "../../core/nearest-name.ts";
import { canonicalTimeZone } from "../../core/wall-clock.ts";
import type { AlertTextSettings } from "../../present/alerts/alert-text.ts";
import { portwatcherBudget, portwatcherCooldown, portwatcherText } from "./alert-defaults.ts";
import { type PortwatcherMail, type PortwatcherPush, readMail, readPush } from "./channels.ts";
import { type Environment, EnvironmentValues } from "./environment-values.ts";
import type { ValueRules } from "./value-rules.ts";
import { variableNames } from "./variables.ts";

/**
 * The settings of `portwatcher`. Those of listener, enrichment, alerts and mail must match the types of the flows; the compiler
 * checks that where `daemon/` passes them on.
 */
export interface PortwatcherSettings {
  readonly listener: ReturnType<typeof readListener>;
  readonly enrich: ReturnType<typeof readEnrichment>;
  readonly alerts: ReturnType<typeof readAlerts>;
  /** Absent: no mail is sent. */
  readonly mail?: PortwatcherMail | undefined;
  /** Absent: nothing is pushed. */
  readonly push?: PortwatcherPush | undefined;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /** The value of PW_STORE. Absent: a file is chosen. */
  readonly store?: string | undefined;
}

export type PortwatcherOutcome =
  | { readonly kind: "settings"; readonly settings: PortwatcherSettings; readonly warnings: readonly string[] }
  /** Each contains the name of its variable, and no secret. */
  | { readonly kind: "invalid"; readonly problems: readonly string[]; readonly warnings: readonly string[] };

/**
 * PW_MAX_CONCURRENCY was the number of handlers of the earlier tool, and further clients waited. Here no client waits: for each
 * handler, this many connections may be open at once.
 */
export const connectionsPerHandler = 50;

const maxCooldownS = 365 * 86_400;

export interface ReadOptions {
  /** Reads the bytes of a file (PW_SMTP_PASS_FILE); throws the system's error. */
  readonly readFile: (file: string) => Uint8Array;
  /** Variables whose values contain no comments. */
  readonly literal?: ReadonlySet<string> | undefined;
  readonly rules: ValueRules;
}

/** Reads the variables of the earlier Portwatcher, and PW_STORE. No other variable is used. */
export function readEnvironment(
  environment: Environment,
  { readFile, literal, rules }: ReadOptions,
): PortwatcherOutcome {
  const values = new EnvironmentValues(environment, literal);
  const mail = readMail(values, readFile);
  const push = readPush(values, rules);
  const settings: PortwatcherSettings = {
    listener: readListener(values, rules),
    enrich: readEnrichment(values, rules),
    alerts: readAlerts(values, mail?.recipients ?? []),
    logLevel: values.parsed("PW_LOG_LEVEL", logLevel, "DEBUG, INFO, WARNING or ERROR") ?? "info",
    mail,
    push,
    store: readStore(values),
  };
  const { problems } = values;
  const warnings = [...unknownVariables(environment), ...values.warnings];
  if (problems.length > 0) {
    return { kind: "invalid", problems: [...new Set(problems)], warnings: [...new Set(warnings)] };
  }
  if (mail === undefined && push === undefined && !areAlertsOff(values)) {
    warnings.push("no alerts will be sent: configure mail (PW_SMTP_SERVER, PW_MAIL_TO) or push (PW_NTFY_TOPIC)");
  }
  return { kind: "settings", settings, warnings: [...new Set(warnings)] };
}

/** Whether both mail and push are explicitly off. */
function areAlertsOff(values: EnvironmentValues): boolean {
  return !values.flag("PW_ENABLE_EMAIL") && !values.flag("PW_ENABLE_PUSH");
}

function readListener(values: EnvironmentValues, { maxBannerBytes }: ValueRules) {
  const isCapturing = values.flag("PW_CAPTURE_PAYLOAD");
  const maxBytes = values.count("PW_PROBE_MAX_BYTES", 1, 65_536);
  const clientTimeMs = values.count("PW_PROBE_TIMEOUT_MS", 1, 60_000);
  const connections = values.count("PW_MAX_CONCURRENCY", 1, 20_000) * connectionsPerHandler;
  const banner = Buffer.from(values.raw("PW_BANNER"), "utf8");
  if (banner.length > maxBannerBytes) values.problems.push(`PW_BANNER: at most ${maxBannerBytes} bytes`);
  return {
    name: "portwatcher",
    hosts:
      values.parsed("PW_HOST", hostAddresses, "an address of this machine, 0.0.0.0 (IPv4) or :: (IPv6 and IPv4)") ?? [],
    ports: [values.count("PW_PORT", 1, 65_535)],
    capture: {
      mode: "classic" as const,
      maxBytes: isCapturing ? maxBytes : 0,
      clientTimeMs: isCapturing ? clientTimeMs : 0,
      bannerTimeMs: clientTimeMs,
      banner: banner.length === 0 ? undefined : banner,
      dialogue: false,
      // The earlier tool shows the payload as it was received.
      passwords: true,
    },
    // One address can use at most half of them.
    limits: { connections, perAddress: connections / 2 },
    trustedProxies: [],
    ignore: [],
    logIgnored: true,
  };
}

function readEnrichment(values: EnvironmentValues, { isIpApiEndpoint }: ValueRules) {
  const endpoint = values.parsed(
    "PW_IPAPI_ENDPOINT",
    (text) => (isIpApiEndpoint(text) ? text : undefined),
    "an http:// or https:// address",
  );
  return {
    cityDatabase: values.text("PW_GEOIP_CITY_DB"),
    asnDatabase: values.text("PW_GEOIP_ASN_DB"),
    countryData: true,
    rdns: { enabled: values.flag("PW_RDNS_ENABLE"), timeoutMs: values.seconds("PW_RDNS_TIMEOUT", 0.01, 60) },
    ipApi: {
      enabled: values.flag("PW_IPAPI_ENABLE"),
      endpoint: endpoint ?? "",
      budgetPerMinute: values.count("PW_IPAPI_BUDGET_PER_MIN", 0, 10_000),
    },
    allowPrivate: values.flag("PW_GEO_ALLOW_PRIVATE"),
    cacheSize: values.count("PW_CACHE_SIZE", 1, 1_000_000),
  };
}

function readAlerts(values: EnvironmentValues, recipients: readonly string[]) {
  const mode = values.parsed("PW_PAYLOAD_MODE", payloadMode, "auto, text, hex or base64") ?? "auto";
  const maxChars = values.count("PW_PAYLOAD_MAX_CHARS", 0, 200_000);
  const stripControl = values.flag("PW_PAYLOAD_STRIP_CONTROL");
  const isShown = values.flag("PW_PAYLOAD_IN_NOTIF") && values.flag("PW_CAPTURE_PAYLOAD");
  const text: AlertTextSettings = {
    ...portwatcherText,
    timeZone: values.parsed("PW_TZ", canonicalTimeZone, "a time zone such as Europe/Berlin or UTC") ?? "UTC",
    includeUtc: values.flag("PW_TS_INCLUDE_UTC"),
    includeCity: values.flag("PW_INCLUDE_CITY"),
    includeCoordinates: values.flag("PW_INCLUDE_COORDS"),
    coordinatePrecision: values.count("PW_LATLON_PRECISION", 0, 6),
    payload: isShown ? { mode, maxChars, stripControl } : undefined,
    fingerprints: values.flag("PW_TLS_JA3"),
  };
  return {
    recipients,
    cooldown: {
      ...portwatcherCooldown,
      cooldownMs: values.seconds("PW_RL_COOLDOWN_S", 0, maxCooldownS),
      forgetMs: values.seconds("PW_RL_FORGET_S", 0, maxCooldownS),
      limit: values.count("PW_CACHE_SIZE", 1, 1_000_000),
    },
    budget: portwatcherBudget,
    ignore: {
      loopback: values.flag("PW_NOTIFY_IGNORE_LOOPBACK"),
      thisMachine: false,
      privates: values.flag("PW_NOTIFY_IGNORE_PRIVATES"),
      networks: values.networks("PW_NOTIFY_IGNORE_CIDRS"),
      ports: [],
      pairs: [],
      alsoUnrecorded: values.flag("PW_LOG_IGNORE_SUPPRESSED"),
    },
    text,
  };
}

function readStore(values: EnvironmentValues): string | undefined {
  if (!values.isSet("PW_STORE")) return undefined;
  const text = values.text("PW_STORE");
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const isPostgres = /^postgres(?:ql)?:\/\//i.test(text) && URL.canParse(text);
  if ((isUrl && !isPostgres) || /\p{Cc}/u.test(text)) {
    // The value may contain a password, so it is not shown.
    values.problems.push("PW_STORE: expected the name of a file, or postgres://USER@HOST/DATABASE");
  }
  return text;
}

function unknownVariables(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith("PW_") && !variableNames.includes(name) && environment[name] !== undefined)
    .map((name) => {
      const nearest = nearestName(name, variableNames);
      return `${name} is not a variable of portwatcher${nearest === undefined ? "" : `. Did you mean ${nearest}?`}`;
    });
}

function hostAddresses(text: string): readonly Address[] | undefined {
  if (text === "*") return [];
  const address = parseAddress(text.toLowerCase() === "localhost" ? "127.0.0.1" : text);
  return address === undefined ? undefined : [address];
}

function logLevel(text: string): PortwatcherSettings["logLevel"] | undefined {
  switch (text.toUpperCase()) {
    case "DEBUG":
    case "NOTSET":
      return "debug";
    case "INFO":
      return "info";
    case "WARNING":
    case "WARN":
      return "warn";
    case "ERROR":
    case "CRITICAL":
    case "FATAL":
      return "error";
    default:
      return undefined;
  }
}

function payloadMode(text: string): "auto" | "text" | "hex" | "base64" | undefined {
  const mode = text.toLowerCase();
  return mode === "auto" || mode === "text" || mode === "hex" || mode === "base64" ? mode : undefined;
}
