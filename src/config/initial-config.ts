import { commonPortGroups, commonPorts } from "../core/common-ports.ts";
import type { Port } from "../core/ports.ts";
import { aboutLargeIpv6 } from "./large-networks.ts";
import type { LargeIpv6Network } from "./local-networks.ts";
import { type ProposedNetwork, sizeOf } from "./proposed-networks.ts";
import { yamlScalar } from "./yaml-quoting.ts";

/** How the first configuration sends mail. */
export interface FirstMail {
  readonly to: readonly string[];
  readonly server: string;
  readonly port: number;
  readonly username?: string | undefined;
  /** Relative to the configuration file. The configuration never contains the password itself. */
  readonly passwordFile?: string | undefined;
  readonly from?: string;
}

export interface FirstNtfy {
  readonly topic: string;
  /** Absent: ntfy.sh. */
  readonly server?: string | undefined;
}

/** The content of a first configuration. */
export interface FirstConfig {
  /** Networks to scan. Empty: this machine scans itself. */
  readonly networks: readonly ProposedNetwork[];
  /** Networks that are listed in comments only. */
  readonly leftOut: readonly ProposedNetwork[];
  /** Networks of this machine that cannot be scanned; a comment says what to do instead. */
  readonly largeIpv6: readonly LargeIpv6Network[];
  readonly mail?: FirstMail | undefined;
  readonly ntfy?: FirstNtfy | undefined;
  /** Unused ports of this machine. Empty: no decoy. */
  readonly decoyPorts: readonly Port[];
}

/** A scan of all ports of more addresses takes longer than a night: 256 mostly silent ones take about three hours. */
const maxAddressesForAllPorts = 1024;
/** Larger networks are scanned for the common ports less often than every hour. */
const maxAddressesPerHour = 16_384;

/** The text of a first configuration file, with comments. It loads without warnings. */
export function initialConfig(plan: FirstConfig): string {
  return [head, networksPart(plan), portsPart, watchesPart(plan), notificationsPart(plan), decoyPart(plan), rest].join(
    "\n",
  );
}

const head = `# Harbinger's configuration. Every key: docs/reference/configuration.md
# Check it after a change:  harbinger config check      See the result:  harbinger config show
`;

function networksPart({ networks, leftOut, largeIpv6 }: FirstConfig): string {
  const lines = networks.map((network) => targetLine(network, ""));
  if (networks.length === 0) {
    lines.push("  # No network was given, so this machine scans itself until you list some.");
    lines.push("  - 127.0.0.1", '  - "::1"');
  }
  for (const network of leftOut) lines.push(targetLine(network, "# "));
  lines.push(...aboutLargeIpv6(largeIpv6).map((sentence) => comment(sentence)));
  const outside = networks.filter(({ isPublic }) => isPublic).map(({ cidr }) => JSON.stringify(cidr));
  const scope =
    outside.length === 0
      ? ""
      : `
# Public addresses are probed only if they are listed here. List only your own.
scope:
  allow: [${outside.join(", ")}]
`;
  return `# ---- Where to look -------------------------------------------------------------------------------------------------
x-networks: &networks
${lines.join("\n")}
${scope}`;
}

function targetLine({ cidr, comment }: ProposedNetwork, mark: string): string {
  const target = cidr.includes(":") ? JSON.stringify(cidr) : cidr;
  return `  ${mark}- ${target.padEnd(20)}${comment === undefined ? "" : `  # ${comment}`}`.trimEnd();
}

const portsPart = `# ---- What to look for ----------------------------------------------------------------------------------------------
# ${commonPorts.length} common TCP ports, by service. Add others that your network uses.
x-common-ports: &common-ports
${commonPortGroups
  .map(
    ({ name, services, reason, ports }) => `${comment(`${name} (${services}): ${reason}`)}\n  - "${ports.join(",")}"`,
  )
  .join("\n")}
`;

/** Wraps a comment between words, indented by two. */
function comment(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    const line = lines[last] ?? "";
    if (line.length + word.length > 100) lines.push(word);
    else lines[last] = line === "" ? word : `${line} ${word}`;
  }
  return lines.map((line) => `  # ${line}`).join("\n");
}

function watchesPart(plan: FirstConfig): string {
  const size = plan.networks.reduce((sum, { cidr }) => sum + sizeOf(cidr), 0);
  const hourly = size <= maxAddressesPerHour;
  const schedule = hourly
    ? `schedule: "7 * * * *"                 # each hour at minute 7 (minute hour day month weekday)`
    : `schedule: "7 */6 * * *"               # every six hours: the networks are large (minute hour day month weekday)`;
  return `# A watch with a schedule reports when something has changed; one without runs once a day and always reports.
# The checks query each open port, without logging in: which service it is (service), whether it can be used without a
# password (exposure), and which certificate it has and when that expires (cert).
watches:
  lan:
    label: Network
    targets: *networks
    ports: *common-ports
    checks: [service, exposure, cert]
    ${schedule}
${recipientLines(plan)}

${allPortsWatch(plan)}`;
}

/** Only for networks that are small enough: the others are listed in a comment. */
function allPortsWatch(plan: FirstConfig): string {
  const small: string[] = [];
  const large: string[] = [];
  let addresses = 0;
  for (const { cidr } of plan.networks) {
    const fits = addresses + sizeOf(cidr) <= maxAddressesForAllPorts;
    if (fits) addresses += sizeOf(cidr);
    (fits ? small : large).push(JSON.stringify(cidr));
  }
  const targets = large.length === 0 ? "*networks" : `[${small.join(", ")}]`;
  const why = `too many addresses to scan all of their ports in one night: ${large.join(", ")}`;
  if (small.length === 0 && large.length > 0) return `  # No watch of all ports; ${why}.\n`;
  return `  # All other ports, to find uncommon services: once a week at night, because this takes hours. It runs only at that time, not at
  # the first start, and with \`harbinger --mode cron\` only when it is due. The other watches wait while it runs.
  lan-all-ports:
    label: All Ports
    targets: ${targets}${large.length === 0 ? "" : `  # left out, ${why}`}
    ports: 1-65535
    exclude_ports: *common-ports
    checks: [service, exposure, cert]
    schedule: "30 1 * * 0"                # Sunday at 01:30
    only_on_schedule: true
${recipientLines(plan)}
`;
}

/** The recipients of a watch. Without recipients its reports are files. */
function recipientLines({ mail, ntfy }: FirstConfig): string {
  if (mail === undefined && ntfy === undefined) {
    return "    # email: security@example.org          # needs the section email below\n    # notify: [ntfy]                        # needs the section notify below";
  }
  return [
    ...(mail === undefined ? [] : [`    email: [${mail.to.map(yamlScalar).join(", ")}]`]),
    ...(ntfy === undefined ? [] : ["    notify: [ntfy]"]),
  ].join("\n");
}

function notificationsPart({ mail, ntfy }: FirstConfig): string {
  return `# ---- Recipients ----------------------------------------------------------------------------------------------------
reports:
  save_to_file: true
  directory: reports

${mail === undefined ? mailExample : mailSection(mail)}
${ntfy === undefined ? ntfyExample : ntfySection(ntfy)}`;
}

function mailSection({ server, port, username, passwordFile, from }: FirstMail): string {
  const lines = ["email:", `  smtp_server: ${yamlScalar(server)}`];
  lines.push(`  smtp_port: ${port}${port === 465 ? "                        # TLS from the first byte" : ""}`);
  if (username !== undefined) lines.push(`  username: ${yamlScalar(username)}`);
  if (passwordFile !== undefined) {
    lines.push(`  password_file: ${yamlScalar(passwordFile)}   # or HARBINGER_EMAIL_PASSWORD in the environment`);
  }
  if (from !== undefined)
    lines.push(`  from_address: ${yamlScalar(from)}      # the sender; the server must accept it`);
  return `${lines.join("\n")}\n`;
}

const mailExample = `# Without this section reports are kept as files only.
# email:
#   smtp_server: smtp.example.org
#   smtp_port: 587                        # 465: TLS from the first byte
#   username: harbinger@example.org
#   password_file: mail-password          # or HARBINGER_EMAIL_PASSWORD in the environment
#   from_address: harbinger@example.org
`;

function ntfySection({ topic, server }: FirstNtfy): string {
  const where = server === undefined ? "" : `    server: ${yamlScalar(server)}\n`;
  return `# Everyone who knows the topic can read the messages: choose one that is hard to guess.
notify:
  ntfy:
${where}    topic: ${yamlScalar(topic)}
`;
}

const ntfyExample = `# A watch sends its reports there only with notify: [ntfy], or [chat].
# notify:
#   ntfy: { topic: a-topic-that-is-hard-to-guess }
#   webhooks:
#     chat: { preset: slack, url_file: slack-address }
`;

function decoyPart({ decoyPorts, mail, ntfy }: FirstConfig): string {
  const hasChannel = mail !== undefined || ntfy !== undefined;
  const isOn = decoyPorts.length > 0 && hasChannel;
  const ports = decoyPorts.length > 0 ? decoyPorts : [2222, 3389];
  const mark = isOn ? "" : "# ";
  const to = mail === undefined ? "security@example.org" : mail.to.map(yamlScalar).join(", ");
  const alerts = mail === undefined ? "" : `alerts: { email: [${to}] }\n`;
  const lines = isOn
    ? `listeners:\n  decoy: { ports: [${ports.join(", ")}] }\n${alerts}`
    : `${mark}listeners:\n${mark}  decoy: { ports: [${ports.join(", ")}] }\n${hasChannel ? "" : `${mark}alerts: { email: ${to} }\n`}`;
  return `# ---- Decoys: ports that no legitimate client uses ------------------------------------------------------------------
# Connections to them are recorded and reported ${mail === undefined ? "to every channel under notify" : "by mail and to every channel under notify"}. No other program of this machine may use
# these ports.${ports.some((port) => port < 1024) ? " Those below 1024 need a privilege: see the guide." : ""}
${lines}`;
}

const rest = `# ---- Other settings, with their defaults ---------------------------------------------------------------------------
# devices: { enabled: true }              # report new devices on your networks; harbinger devices lists them
# standalone: { report_time: "08:00" }    # of watches without a schedule; time_zone: Europe/Berlin
# store: sqlite:harbinger.db
# logging: { level: INFO, file: harbinger.log }
`;
