/** One environment variable of `portwatcher`. */
interface PortwatcherVariable {
  readonly name: string;
  /** What counts where it is not set or blank. */
  readonly standard: string;
  /** One line, for `--help` and the man page. */
  readonly about: string;
  /** The same in whole sentences, with limits, for the reference. */
  readonly details: string;
}

export interface VariableGroup {
  readonly title: string;
  readonly variables: readonly PortwatcherVariable[];
}

/**
 * Every variable that `portwatcher` reads: those of the earlier Portwatcher with its defaults, and `PW_STORE`. What they
 * default to is written here alone.
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
      "size; 50 connections for each of these are heard at once, the next ones closed",
      "Size: 50 connections for each of these are heard at once, the next ones are closed. 1 to 20,000.",
    ],
    PW_LOG_LEVEL: [
      "INFO",
      "DEBUG, INFO, WARNING or ERROR; the log is standard error",
      "`DEBUG`, `INFO` (a line for each connection), `WARNING` or `ERROR`. The log is standard error, in the time zone `PW_TZ` unless `TZ` is set.",
    ],
    PW_BANNER: [
      "",
      "sent as it is, after the client's first bytes and before the end",
      "Sent to the client as it is, without a line end of ours: `\\r\\n` written with backslashes is four characters. At most 4096 bytes.",
    ],
    PW_STORE: [
      "",
      "where what is due waits: a file or postgres://...; blank: portwatcher.db in the working directory",
      "Where what is due waits: a file, or `postgres://...`. Blank: `portwatcher.db` in the working directory.",
    ],
  },
  Mail: {
    PW_ENABLE_EMAIL: [
      "1",
      "0: no mail; without PW_SMTP_SERVER and PW_MAIL_TO there is none either",
      "Off: no mail. Without `PW_SMTP_SERVER` and `PW_MAIL_TO` there is none either, unless it is switched on by name: then it is an error.",
    ],
    PW_SMTP_SERVER: ["", "name or address of the mail server", "Name or address of the mail server."],
    PW_SMTP_PORT: ["587", "its port; 465 is TLS from the first byte", "On port 465 TLS is spoken from the first byte."],
    PW_SMTP_STARTTLS: ["1", "0: no TLS", "STARTTLS is required. Off: no TLS."],
    PW_SMTP_USER: ["", "login; blank: none", "Login; none where it is blank."],
    PW_SMTP_PASS: ["", "its password", "Its password."],
    PW_SMTP_PASS_FILE: [
      "",
      "file that contains the password, instead",
      "A file with the password, such as a Docker secret; line ends after it and a byte order mark do not count. It comes before `PW_SMTP_PASS`.",
    ],
    PW_MAIL_FROM: [
      "",
      "sender; blank: the login where it is an address, else the first recipient",
      "The sender. Default: the login where it is an address, else the first recipient.",
    ],
    PW_MAIL_TO: [
      "",
      "recipients, separated by commas; each has a message of its own",
      "The recipients, separated by commas.",
    ],
  },
  Push: {
    PW_ENABLE_PUSH: [
      "1",
      "0: no push; without PW_NTFY_TOPIC there is none either",
      "Off: no push. Without `PW_NTFY_TOPIC` there is none either, unless it is switched on by name.",
    ],
    PW_NTFY_SERVER: ["https://ntfy.sh", "the ntfy server", "The ntfy server."],
    PW_NTFY_TOPIC: ["", "the topic; whoever knows it can read along", "The topic. Whoever knows it can read along."],
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
      "1: look up private addresses, too",
      "On: private addresses are looked up in the databases, too.",
    ],
    PW_IPAPI_ENABLE: [
      "0",
      "1: ask ip-api.com where the databases know no city",
      "On: ip-api.com is asked where the databases know no city. It learns the address, in the clear.",
    ],
    PW_IPAPI_ENDPOINT: [
      "http://ip-api.com/json/",
      "where to ask; the address is appended",
      "Where to ask; the address is appended.",
    ],
    PW_IPAPI_BUDGET_PER_MIN: ["40", "questions a minute at most", "Questions in any minute, at most."],
    PW_RDNS_ENABLE: ["1", "0: do not ask DNS for the peer's name", "Ask DNS for the peer's name."],
    PW_RDNS_TIMEOUT: [
      "1.0",
      "seconds; an alert waits 2 at most",
      "Seconds, 0.01 to 60. An alert waits 2 seconds for all that is looked up; a name that comes later is there for the next one.",
    ],
  },
  Details: {
    PW_INCLUDE_CITY: ["1", "0: no line with city and region", "A line with city and region."],
    PW_INCLUDE_COORDS: ["0", "1: a line with coordinates", "A line with coordinates."],
    PW_LATLON_PRECISION: ["2", "their decimal places, 0 to 6", "Their decimal places, 0 to 6."],
    PW_TZ: ["Europe/Berlin", "time zone", "The time zone."],
    PW_TS_INCLUDE_UTC: ["0", "1: a line with the time in UTC, too", "A line with the time in UTC, too."],
  },
  Cooldown: {
    PW_RL_COOLDOWN_S: [
      "1800",
      "seconds after an alert in which the same address is only counted; 0: none",
      "Seconds after an alert in which its address is only counted. 0: every connection is told of.",
    ],
    PW_RL_FORGET_S: [
      "86400",
      "seconds that such a count waits for the address to come back",
      "Seconds that such a count waits for the address to come back.",
    ],
    PW_CACHE_SIZE: ["20000", "addresses remembered at most", "Addresses remembered at most."],
  },
  Ignoring: {
    PW_NOTIFY_IGNORE_LOOPBACK: [
      "1",
      "0: tell of connections from this machine, too",
      "Nobody is told of connections from this machine.",
    ],
    PW_NOTIFY_IGNORE_PRIVATES: [
      "0",
      "1: do not tell of private and link-local addresses",
      "Nobody is told of private and link-local addresses.",
    ],
    PW_NOTIFY_IGNORE_CIDRS: [
      "",
      "networks not to tell of, separated by commas",
      "Nobody is told of these networks; separated by commas.",
    ],
    PW_LOG_IGNORE_SUPPRESSED: [
      "1",
      "0: log and keep what is not told of because of these three",
      "Connections that these three exclude from alerts are neither logged nor stored.",
    ],
  },
  "First bytes": {
    PW_CAPTURE_PAYLOAD: [
      "1",
      "0: read nothing; then nothing is recognised either",
      "Off: nothing is read, so nothing is recognised either.",
    ],
    PW_PROBE_MAX_BYTES: ["2048", "bytes kept of a connection at most", "Bytes kept of one connection, 1 to 65,536."],
    PW_PROBE_TIMEOUT_MS: [
      "800",
      "milliseconds in which the client may speak",
      "Milliseconds in which the client may speak, 1 to 60,000.",
    ],
    PW_PAYLOAD_IN_NOTIF: ["1", "0: do not show them", "Alerts show the first bytes."],
    PW_PAYLOAD_MAX_CHARS: ["600", "characters shown at most", "Characters of them at most."],
    PW_PAYLOAD_MODE: [
      "auto",
      "auto, text, hex or base64",
      "`text`, `hex` or `base64`; `auto` is text where it is text, else hex.",
    ],
    PW_PAYLOAD_STRIP_CONTROL: [
      "1",
      "control characters as a dot; 0: as an escape such as \\x1b",
      "Control characters are shown as a dot; off: as an escape such as `\\x1b`.",
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
