/** One environment variable of `portwatcher`. */
interface PortwatcherVariable {
  readonly name: string;
  /** Used if the variable is not set or blank. */
  readonly standard: string;
  /** One line, for `--help` and the man page. */
  readonly about: string;
  /** The same in full sentences, with limits, for the reference. */
  readonly details: string;
}

export interface VariableGroup {
  readonly title: string;
  readonly variables: readonly PortwatcherVariable[];
}

/**
 * Every variable that `portwatcher` reads: those of the earlier Portwatcher with its defaults, and `PW_STORE`. No other
 * file defines these defaults.
 */
const groups = {
  Listening: {
    PW_HOST: [
      "0.0.0.0",
      "address to listen on; :: is IPv6 and IPv4, localhost this machine only",
      "The address to listen on. `::` is IPv6 and IPv4; `localhost` is 127.0.0.1.",
    ],
    PW_PORT: ["1417", "TCP port", "The TCP port."],
    PW_MAX_CONCURRENCY: [
      "200",
      "size: up to 50 times as many connections at once; further ones are closed",
      "Size: up to 50 times as many connections are open at once; further ones are closed. 1 to 20,000.",
    ],
    PW_LOG_LEVEL: [
      "INFO",
      "DEBUG, INFO, WARNING or ERROR; the log is standard error",
      "`DEBUG`, `INFO` (a line for each connection), `WARNING` or `ERROR`. The log is standard error, in the time zone `PW_TZ` unless `TZ` is set.",
    ],
    PW_BANNER: [
      "",
      "sent unchanged, after the client's first bytes and before the connection is closed",
      "Sent to the client unchanged; no line end is added, and `\\r\\n` written with backslashes is four characters. At most 4096 bytes.",
    ],
    PW_STORE: [
      "",
      "database for waiting alerts: a file or postgres://...; blank: portwatcher.db in the working directory",
      "The database for waiting alerts: a file, or `postgres://...`. Blank: `portwatcher.db` in the working directory.",
    ],
  },
  Mail: {
    PW_ENABLE_EMAIL: [
      "1",
      "0: no mail; also none without PW_SMTP_SERVER and PW_MAIL_TO",
      "Off: no mail. Also none without `PW_SMTP_SERVER` and `PW_MAIL_TO`, unless this is set to on: then it is an error.",
    ],
    PW_SMTP_SERVER: ["", "name or address of the mail server", "Name or address of the mail server."],
    PW_SMTP_PORT: [
      "587",
      "its port; 465: TLS from the first byte",
      "Its port. On port 465 TLS is used from the first byte.",
    ],
    PW_SMTP_STARTTLS: ["1", "0: no TLS", "STARTTLS is required. Off: no TLS."],
    PW_SMTP_USER: ["", "login; blank: none", "Login name. Blank: no login."],
    PW_SMTP_PASS: ["", "its password", "Its password."],
    PW_SMTP_PASS_FILE: [
      "",
      "file that contains the password",
      "A file with the password, such as a Docker secret; trailing line ends and a byte order mark are ignored. It takes precedence over `PW_SMTP_PASS`.",
    ],
    PW_MAIL_FROM: [
      "",
      "sender; blank: the login if it is an address, otherwise the first recipient",
      "The sender. Default: the login if it is an address, otherwise the first recipient.",
    ],
    PW_MAIL_TO: [
      "",
      "recipients, separated by commas; each gets a separate message",
      "The recipients, separated by commas.",
    ],
  },
  Push: {
    PW_ENABLE_PUSH: [
      "1",
      "0: no push; also none without PW_NTFY_TOPIC",
      "Off: no push. Also none without `PW_NTFY_TOPIC`, unless this is set to on: then it is an error.",
    ],
    PW_NTFY_SERVER: ["https://ntfy.sh", "the ntfy server", "The ntfy server."],
    PW_NTFY_TOPIC: [
      "",
      "the topic; everyone who knows it can read the messages",
      "The topic. Everyone who knows it can read the messages.",
    ],
    PW_NTFY_PRIORITY: [
      "5",
      "1 to 5, or min, low, default, high, max",
      "1 to 5, or `min`, `low`, `default`, `high`, `max`.",
    ],
    PW_NTFY_TAGS: ["rotating_light,shield", "tags, separated by commas", "Tags, separated by commas."],
  },
  Place: {
    PW_GEOIP_CITY_DB: [
      "/var/lib/GeoIP/GeoLite2-City.mmdb",
      "MaxMind City database; may appear and change at any time",
      "The MaxMind City database.",
    ],
    PW_GEOIP_ASN_DB: ["/var/lib/GeoIP/GeoLite2-ASN.mmdb", "MaxMind ASN database", "The MaxMind ASN database."],
    PW_GEO_ALLOW_PRIVATE: [
      "0",
      "1: also look up private addresses",
      "On: private addresses are also looked up in the databases.",
    ],
    PW_IPAPI_ENABLE: [
      "0",
      "1: query ip-api.com if the databases have no city",
      "On: ip-api.com is queried if the databases have no city. The address is sent unencrypted.",
    ],
    PW_IPAPI_ENDPOINT: [
      "http://ip-api.com/json/",
      "URL to query; the address is appended",
      "The URL to query; the address is appended.",
    ],
    PW_IPAPI_BUDGET_PER_MIN: ["40", "maximum queries per minute", "Maximum number of queries in any minute."],
    PW_RDNS_ENABLE: ["1", "0: do not look up the peer's name in DNS", "Look up the peer's name in DNS."],
    PW_RDNS_TIMEOUT: [
      "1.0",
      "seconds; an alert waits 2 at most",
      "Seconds, 0.01 to 60. An alert waits up to 2 seconds for all lookups; a name that arrives later is used in the next alert.",
    ],
  },
  Details: {
    PW_INCLUDE_CITY: ["1", "0: no line with city and region", "Adds a line with city and region."],
    PW_INCLUDE_COORDS: ["0", "1: a line with coordinates", "Adds a line with coordinates."],
    PW_LATLON_PRECISION: ["2", "their decimal places, 0 to 6", "Their decimal places, 0 to 6."],
    PW_TZ: ["Europe/Berlin", "time zone", "The time zone."],
    PW_TS_INCLUDE_UTC: ["0", "1: also a line with the time in UTC", "Adds a line with the time in UTC."],
  },
  Cooldown: {
    PW_RL_COOLDOWN_S: [
      "1800",
      "seconds after an alert in which the same address is only counted; 0: none",
      "Seconds after an alert in which its address is only counted. 0: every connection sends an alert.",
    ],
    PW_RL_FORGET_S: [
      "86400",
      "seconds after which this count is dropped if the address does not return",
      "Seconds after which this count is dropped if the address does not return.",
    ],
    PW_CACHE_SIZE: ["20000", "maximum number of addresses remembered", "Maximum number of addresses remembered."],
  },
  Ignoring: {
    PW_NOTIFY_IGNORE_LOOPBACK: [
      "1",
      "0: also alert on connections from this machine",
      "No alerts for connections from this machine.",
    ],
    PW_NOTIFY_IGNORE_PRIVATES: [
      "0",
      "1: no alerts for private and link-local addresses",
      "No alerts for private and link-local addresses.",
    ],
    PW_NOTIFY_IGNORE_CIDRS: [
      "",
      "networks without alerts, separated by commas",
      "No alerts for these networks; separated by commas.",
    ],
    PW_LOG_IGNORE_SUPPRESSED: [
      "1",
      "0: log and store connections that these three exclude from alerts",
      "Connections that these three exclude from alerts are neither logged nor stored.",
    ],
  },
  "First bytes": {
    PW_CAPTURE_PAYLOAD: [
      "1",
      "0: read nothing, so no protocol is recognised",
      "Off: nothing is read, so no protocol is recognised.",
    ],
    PW_PROBE_MAX_BYTES: [
      "2048",
      "maximum bytes kept per connection",
      "Maximum bytes kept per connection, 1 to 65,536.",
    ],
    PW_PROBE_TIMEOUT_MS: [
      "800",
      "milliseconds to wait for data from the client",
      "Milliseconds to wait for data from the client, 1 to 60,000.",
    ],
    PW_PAYLOAD_IN_NOTIF: ["1", "0: do not show them", "Alerts show the first bytes."],
    PW_PAYLOAD_MAX_CHARS: ["600", "maximum characters shown", "Maximum number of characters shown."],
    PW_PAYLOAD_MODE: [
      "auto",
      "auto, text, hex or base64",
      "`text`, `hex` or `base64`; `auto`: text if the bytes are text, otherwise hex.",
    ],
    PW_PAYLOAD_STRIP_CONTROL: [
      "1",
      "control characters as a dot; 0: as an escape sequence such as \\x1b",
      "Control characters are shown as a dot; off: as an escape sequence such as `\\x1b`.",
    ],
    PW_TLS_JA3: ["0", "1: show JA3 and JA4 of TLS clients", "Show JA3 and JA4 of TLS clients."],
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly [string, string, string]>>>>;

type KeysOfEach<Group> = Group extends unknown ? keyof Group : never;

export type VariableName = KeysOfEach<(typeof groups)[keyof typeof groups]>;

export const variableGroups: readonly VariableGroup[] = Object.entries(groups).map(([title, variables]) => ({
  title,
  variables: Object.entries(variables).map(([name, [standard, about, details]]) => ({
    name,
    standard,
    about,
    details,
  })),
}));

const standards: ReadonlyMap<string, string> = new Map(
  variableGroups.flatMap(({ variables }) => variables.map(({ name, standard }) => [name, standard])),
);

export const variableNames: readonly string[] = [...standards.keys()];

export function standardOf(name: VariableName): string {
  return standards.get(name) ?? "";
}
