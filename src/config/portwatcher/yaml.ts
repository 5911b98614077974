import { stringify } from "yaml";
import { formatRange } from "../../core/network.ts";
import type { PortwatcherSettings } from "./environment.ts";

/** What the environment holds that the file does not. */
export interface PortwatcherYaml {
  readonly text: string;
  readonly notes: readonly string[];
}

const head = `# The decoy that portwatcher was told by its environment. Every key: docs/reference/configuration.md
# Start it with: harbinger run
`;

/** Settings of `portwatcher` as a configuration of `harbinger run` that does the same. The mail password is not in it. */
export function portwatcherYaml(
  settings: PortwatcherSettings,
  { passwordFile }: { readonly passwordFile: string | undefined },
): PortwatcherYaml {
  const { mail, push } = settings;
  const notes: string[] = [];
  const login = mail?.server.credentials;
  if (login !== undefined && passwordFile === undefined) {
    notes.push(
      "The mail password is not written down: set HARBINGER_EMAIL_PASSWORD, or email.password_file to a file that holds it.",
    );
  }
  if (settings.listener.capture.maxBytes < smallestCapture) {
    notes.push("A decoy here reads 64 bytes of a connection at least; PW_CAPTURE_PAYLOAD=0 has no equivalent.");
  }
  const sections = {
    listeners: { portwatcher: listenerSection(settings) },
    alerts: alertSection(settings),
    enrich: enrichSection(settings),
    ...(mail === undefined
      ? {}
      : {
          email: {
            smtp_server: mail.server.server,
            smtp_port: mail.server.port,
            ...(mail.server.tls === "implicit" ? {} : { use_tls: mail.server.tls === "starttls" }),
            ...(login === undefined ? {} : { username: login.username }),
            ...(login === undefined || passwordFile === undefined ? {} : { password_file: passwordFile }),
            from_address: mail.server.fromAddress,
          },
        }),
    ...(push === undefined ? {} : { notify: { ntfy: ntfySection(push) } }),
    ...(settings.store === undefined ? {} : { store: settings.store }),
    logging: { level: levels[settings.logLevel] },
  };
  return { text: `${head}${stringify(sections, { lineWidth: 0 })}`, notes };
}

const smallestCapture = 64;
const levels = { debug: "DEBUG", info: "INFO", warn: "WARNING", error: "ERROR" } as const;

function listenerSection({ listener }: PortwatcherSettings) {
  const { capture, limits, hosts, ports } = listener;
  return {
    ports: [...ports],
    ...(hosts.length === 0 ? {} : { host: [...hosts] }),
    banner: capture.banner === undefined ? "" : Buffer.from(capture.banner).toString("utf8"),
    dialogue: false,
    passwords: true,
    capture: {
      mode: "classic",
      max_bytes: Math.max(capture.maxBytes, smallestCapture),
      client_time: `${Math.max(capture.clientTimeMs, 10)}ms`,
      banner_time: `${Math.max(capture.bannerTimeMs, 10)}ms`,
    },
    limits: { connections: limits.connections, per_address: limits.perAddress },
  };
}

function alertSection({ alerts, mail, push }: PortwatcherSettings) {
  const { cooldown, budget, ignore, text } = alerts;
  return {
    ...(mail === undefined ? {} : { email: [...mail.recipients] }),
    ...(push === undefined ? {} : { notify: "ntfy" }),
    cooldown: seconds(cooldown.cooldownMs),
    forget: seconds(cooldown.forgetMs),
    remember: cooldown.limit,
    ipv6_by_network: cooldown.ipv6ByNetwork,
    summary: cooldown.summaries,
    ...(budget === undefined
      ? { budget: false }
      : {
          budget: {
            at_once: budget.atOnce,
            then_every: seconds(budget.refillMs),
            digest: seconds(budget.digestMs),
            longest_digest: seconds(budget.maxDigestMs),
          },
        }),
    ignore: {
      loopback: ignore.loopback,
      private: ignore.privates,
      networks: ignore.networks.map(formatRange),
      unrecorded: ignore.alsoUnrecorded,
    },
    ...(text.timeZone === undefined ? {} : { time_zone: text.timeZone }),
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
      ...(enrich.cityDatabase === undefined ? {} : { city_database: enrich.cityDatabase }),
      ...(enrich.asnDatabase === undefined ? {} : { asn_database: enrich.asnDatabase }),
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

function ntfySection({ options, topic }: NonNullable<PortwatcherSettings["push"]>) {
  return { server: options.server.href, topic, priority: options.priority, tags: [...(options.tags ?? [])] };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)}s`;
}
