import { writeFileSync } from "node:fs";
import { HarbingerError, messageOf, systemCode } from "../core/errors.ts";
import { privateFileMode } from "../platform/private-files.ts";
import { type Interfaces, type LocalNetwork, localNetworks } from "./local-networks.ts";

/** The text of a first configuration file, with comments, for the networks that this machine is in. */
export function initialConfig(options: { readonly interfaces: Interfaces }): string {
  return `# Harbinger's configuration. Every key: docs/reference/configuration.md
# Check it after a change:  harbinger config check      See what it comes to:  harbinger config show

# ---- Where to look -------------------------------------------------------------------------------------------------
${targetList(localNetworks(options.interfaces))}
# ---- What to look for ----------------------------------------------------------------------------------------------
# Watches with the same label share a report. With a schedule (cron: minute hour day month weekday) a watch reports when
# there is news; without one it runs once a day at standalone.report_time and always reports.
watches:
  web:
    label: Web Services
    targets: *lan
    ports: [80, 443, 8000-8100, 8443]
    schedule: "*/30 * * * *"
    # email: security@example.org

  remote-access:
    label: Remote Access
    targets: *lan
    ports: [22, 23, 3389, 5900]           # SSH, Telnet, RDP, VNC
    schedule: "*/30 * * * *"

  file-sharing:
    label: File Sharing
    targets: *lan
    ports: [21, 139, 445, 873, 2049]      # FTP, NetBIOS, SMB, rsync, NFS
    schedule: "10 * * * *"

  databases:
    label: Databases
    targets: *lan
    ports: [1433, 1521, 3306, 5432, 6379, 9200, 27017]
    schedule: "20 * * * *"

# ---- Whom to tell --------------------------------------------------------------------------------------------------
reports:
  save_to_file: true
  directory: reports

# Without this section reports are kept as files only.
# email:
#   smtp_server: smtp.example.org
#   smtp_port: 587                        # 465: TLS from the first byte
#   use_tls: true
#   username: harbinger@example.org
#   password_file: mail-password          # or HARBINGER_EMAIL_PASSWORD in the environment
#   from_address: harbinger@example.org

standalone:
  report_time: "08:00"

# ---- Decoys: ports where nobody has business -----------------------------------------------------------------------
# Whoever connects is recorded, and told of to everybody who is named here. Ports below 1024 need a right: see the guide.
# listeners:
#   decoy: { ports: [2222, 3389] }
# alerts: { email: security@example.org }
# notify:
#   ntfy: { topic: a-topic-that-is-hard-to-guess }
#   webhooks:
#     chat: { preset: slack, url_file: slack-address }

# ---- What else there is, with its defaults -------------------------------------------------------------------------
# store: sqlite:harbinger.db
# logging: { level: INFO, file: harbinger.log }
# scope:
#   allow: []                             # public addresses that may be probed
#   exclude: []                           # never probed, whatever else is said
`;
}

function targetList(networks: readonly LocalNetwork[]): string {
  const real = networks.filter((network) => !network.virtual);
  const lines = real.map((network) => line(network, ""));
  if (real.length === 0) {
    lines.push("# This machine is in no private network, so it looks at itself until you name others.");
    lines.push("  - 127.0.0.1", '  - "::1"');
  }
  for (const network of networks) if (network.virtual) lines.push(line(network, "# "));
  return `x-lan: &lan\n${lines.join("\n")}\n`;
}

function line(network: LocalNetwork, comment: string): string {
  const inside = network.virtual ? " (inside this machine)" : "";
  const part =
    network.partOf === undefined
      ? ""
      : `; part of ${network.partOf}, which is too large to propose: a look at all of it takes long`;
  return `  ${comment}- ${network.cidr.padEnd(20)}  # ${plainName(network.interfaceName)}${inside}${part}`;
}

/** Interface names are the system's, on some systems with anything in them; here they stand in a comment. */
function plainName(name: string): string {
  return name.replace(/[^\p{L}\p{N} ._:()-]/gu, "").slice(0, 40);
}

/**
 * Writes a new file that only its owner may read; one that exists is never touched.
 * @throws HarbingerError `config` where the file exists, `permission` where it cannot be written
 */
export function writeInitialConfig(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx", mode: privateFileMode });
  } catch (error) {
    if (systemCode(error) === "EEXIST") {
      throw new HarbingerError("config", `${file} exists already and was not touched`, {
        remedy: "Name another file with --config, or move this one away.",
        cause: error,
      });
    }
    throw new HarbingerError("permission", `${file} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}
