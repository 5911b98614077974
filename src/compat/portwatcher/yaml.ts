import { stringify } from "yaml";
import { formatRange } from "../../core/network.ts";
import type { PortwatcherMail, PortwatcherPush } from "./channels.ts";
import type { PortwatcherSettings } from "./environment.ts";

/** A configuration file, and notes about settings of the environment that it does not contain. */
export interface PortwatcherYaml {
  readonly text: string;
  readonly notes: readonly string[];
}

const head = `# The decoy of portwatcher, converted from its environment variables. Every key: docs/reference/configuration.md
# Start it with: harbinger run
`;

/** Converts the settings of `portwatcher` to an equivalent configuration of `harbinger run`, without the mail password. */
export function portwatcherYaml(
  settings: PortwatcherSettings,
  { passwordFile }: { readonly passwordFile: string | undefined },
): PortwatcherYaml {
  const { mail, push } = settings;
  const notes: string[] = [];
  const login = mail?.server.credentials;
  if (login !== undefined && passwordFile === undefined) {
    notes.push(
      "The mail password is not written to the configuration: set HARBINGER_EMAIL_PASSWORD, or set email.password_file to a file that contains it.",
    );
  }
  if (settings.listener.capture.maxBytes < minCaptureBytes) {
    notes.push("A decoy reads at least 64 bytes of a connection; PW_CAPTURE_PAYLOAD=0 has no equivalent.");
  }
  const sections = {
    listeners: { portwatcher: listenerSection(settings) },
    alerts: alertSection(settings),
    enrich: enrichSection(settings),
    email: mail && emailSection(mail, passwordFile),
    notify: push && { ntfy: ntfySection(push) },
    store: settings.store,
    logging: { level: levels[settings.logLevel] },
  };
  return { text: `${head}${stringify(sections, { lineWidth: 0 })}`, notes };
}

const minCaptureBytes = 64;
const levels = { debug: "DEBUG", info: "INFO", warn: "WARNING", error: "ERROR" } as const;

function listenerSection({ listener }: PortwatcherSettings) {
  const { capture, limits, hosts, ports } = listener;
  return {
    ports: [...ports],
    host: hosts.length === 0 ? undefined : [...hosts],
    banner: capture.banner === undefined ? "" : Buffer.from(capture.banner).toString("utf8"),
    dialogue: false,
    passwords: true,
    capture: {
      mode: "classic",
      max_bytes: Math.max(capture.maxBytes, minCaptureBytes),
      client_time: `${Math.max(capture.clientTimeMs, 10)}ms`,
      banner_time: `${Math.max(capture.bannerTimeMs, 10)}ms`,
    },
    limits: { connections: limits.connections, per_address: limits.perAddress },
  };
}

function alertSection({ alerts, mail, push }: PortwatcherSettings) {
  const { cooldown, budget, ignore, text } = alerts;
  return {
    email: mail && [...mail.recipients],
    notify: push && "ntfy",
    cooldown: seconds(cooldown.cooldownMs),
    forget: seconds(cooldown.forgetMs),
    remember: cooldown.limit,
    ipv6_by_network: cooldown.ipv6ByNetwork,
    summary: cooldown.summaries,
    budget: {
      at_once: budget.atOnce,
      then_every: seconds(budget.refillMs),
      digest: seconds(budget.digestMs),
      longest_digest: seconds(budget.maxDigestMs),
    },
    ignore: {
      loopback: ignore.loopback,
      private: ignore.privates,
      networks: ignore.networks.map(formatRange),
      unrecorded: ignore.alsoUnrecorded,
    },
    time_zone: text.timeZone,
    include_utc: text.includeUtc,
    include_city: text.includeCity,
    include_coords: text.includeCoordinates,
    coords_precision: text.coordinatePrecision,
    html: text.html,
    fingerprints: text.fingerprints,
    payload:
      text.payload === undefined
        ? { include: false }
        : {
            mode: text.payload.mode,
            max_chars: Math.max(text.payload.maxChars, 1),
            strip_control: text.payload.stripControl,
          },
  };
}

function enrichSection({ enrich }: PortwatcherSettings) {
  return {
    geoip: {
      city_database: enrich.cityDatabase,
      asn_database: enrich.asnDatabase,
      allow_private: enrich.allowPrivate,
    },
    rdns: { enabled: enrich.rdns.enabled, timeout: `${Math.max(Math.round(enrich.rdns.timeoutMs), 10)}ms` },
    ip_api: {
      enabled: enrich.ipApi.enabled,
      endpoint: enrich.ipApi.endpoint,
      budget_per_minute: enrich.ipApi.budgetPerMinute,
    },
  };
}

function emailSection(
  { server: { server, port, tls, credentials, fromAddress } }: PortwatcherMail,
  passwordFile?: string,
) {
  return {
    smtp_server: server,
    smtp_port: port,
    use_tls: tls === "implicit" ? undefined : tls === "starttls",
    username: credentials?.username,
    password_file: credentials && passwordFile,
    from_address: fromAddress,
  };
}

function ntfySection({ server, topic, priority, tags }: PortwatcherPush) {
  return { server: new URL(server).href, topic, priority, tags: [...tags] };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)}s`;
}
