import { networkInterfaces } from "node:os";
import path from "node:path";
import type { FirstConfig, FirstMail } from "../../config/initial-config.ts";
import { whyTooLarge } from "../../config/large-networks.ts";
import { largeIpv6Networks, localNetworks } from "../../config/local-networks.ts";
import { namedNetwork, type ProposedNetwork, proposalOf } from "../../config/proposed-networks.ts";
import { HarbingerError } from "../../core/errors.ts";
import type { Port } from "../../core/ports.ts";
import { parseRecipient, splitList } from "../../core/recipients.ts";
import { freePorts } from "../../platform/free-ports.ts";
import { onLinkRoutes6 } from "../../platform/own-links.ts";

/** The settings of a first configuration. */
export interface InitPlan extends FirstConfig {
  /** The password typed by the user, to be written to `mail.passwordFile`. */
  readonly password?: string | undefined;
}

export interface InitOptions {
  readonly network?: readonly string[];
  readonly email?: readonly string[];
  readonly smtp?: string;
  readonly smtpUser?: string;
  readonly smtpPasswordFile?: string;
  readonly from?: string;
  readonly ntfy?: string;
  readonly ntfyServer?: string;
  readonly decoy: boolean;
}

/** Unprivileged ports that intruders often try, most frequent first. */
const decoyCandidates: readonly Port[] = [2222, 3389, 5900, 1433, 6379, 2323, 8081, 3306, 5432, 9200, 1417];
const decoysWanted = 4;

export async function freeDecoyPorts(): Promise<readonly Port[]> {
  return await freePorts(decoyCandidates, decoysWanted);
}

/** The networks of this machine: those to propose, others that are only listed (inside it, tunnels), and those too large to scan. */
export function foundNetworks(): {
  readonly proposed: readonly ProposedNetwork[];
  readonly others: readonly ProposedNetwork[];
  readonly largeIpv6: FirstConfig["largeIpv6"];
} {
  const interfaces = networkInterfaces();
  const found = localNetworks(interfaces);
  return {
    proposed: found.filter(({ kind }) => kind === "lan").map(proposalOf),
    others: found.filter(({ kind }) => kind !== "lan").map(proposalOf),
    largeIpv6: largeIpv6Networks(interfaces, onLinkRoutes6()),
  };
}

/**
 * The plan made from the options, without questions.
 * @param file the configuration file to write; a password file is named relative to it
 * @throws HarbingerError `usage`
 */
export async function planFromOptions(options: InitOptions, file: string): Promise<InitPlan> {
  const { proposed, others, largeIpv6 } = foundNetworks();
  const mail = mailFrom(options, file);
  const ntfy = options.ntfy === undefined ? undefined : { topic: options.ntfy, server: options.ntfyServer };
  if (ntfy === undefined && options.ntfyServer !== undefined) throw needs("--ntfy-server", "--ntfy TOPIC");
  return {
    networks: options.network?.map(readNetwork) ?? proposed,
    leftOut: options.network === undefined ? others : [],
    largeIpv6: options.network === undefined ? largeIpv6 : [],
    mail,
    ntfy,
    decoyPorts: options.decoy ? await freeDecoyPorts() : [],
  };
}

function readNetwork(text: string): ProposedNetwork {
  const network = namedNetwork(text);
  if (network === undefined) {
    throw new HarbingerError("usage", `--network ${text}: not an address, network or range`, {
      remedy: "Write it as 192.168.1.0/24, 192.168.1.7, 192.168.1.10-50 or fd00::10.",
    });
  }
  const tooLarge = whyTooLarge(text);
  if (tooLarge === undefined) return network;
  throw new HarbingerError("usage", `--network: ${tooLarge}`);
}

function mailFrom(options: InitOptions, file: string): FirstMail | undefined {
  const { email, smtp, smtpUser, smtpPasswordFile, from } = options;
  if (email === undefined) {
    if (smtp !== undefined) throw needs("--smtp", "--email TO");
    if (smtpUser !== undefined || smtpPasswordFile !== undefined) throw needs("a mail login", "--email TO --smtp HOST");
    if (from !== undefined) throw needs("--from", "--email TO --smtp HOST");
    return undefined;
  }
  if (smtp === undefined) throw needs("--email", "--smtp HOST[:PORT], the mail server");
  if ((smtpUser === undefined) !== (smtpPasswordFile === undefined)) {
    throw needs("a mail login", "both --smtp-user NAME and --smtp-password-file FILE");
  }
  const to = splitList(email);
  for (const text of [...to, ...(from === undefined ? [] : [from])]) {
    if (parseRecipient(text)?.includes("@") !== true) {
      throw new HarbingerError("usage", `${JSON.stringify(text)} is not a mail address`, {
        remedy: "Write it as name@example.org.",
      });
    }
  }
  const server = parseMailServer(smtp);
  if (server === undefined) {
    throw new HarbingerError("usage", `--smtp ${smtp}: not a mail server`, { remedy: "Write HOST or HOST:PORT." });
  }
  return {
    to,
    ...server,
    username: smtpUser,
    passwordFile: smtpPasswordFile === undefined ? undefined : relativeTo(file, smtpPasswordFile),
    // Many servers refuse a sender such as harbinger@HOSTNAME.
    ...optionalFrom(from ?? to[0]),
  };
}

function optionalFrom(from: string | undefined): { readonly from?: string } {
  return from === undefined ? {} : { from };
}

function needs(what: string, missing: string): HarbingerError {
  return new HarbingerError("usage", `${what} needs ${missing}`);
}

/** A file in or below the folder of the configuration gets a relative path, so that the folder can be moved. */
function relativeTo(file: string, other: string): string {
  const absolute = path.resolve(other);
  const relative = path.relative(path.dirname(path.resolve(file)), absolute);
  return relative.startsWith("..") || path.isAbsolute(relative) ? absolute : relative;
}

const defaultSmtpPort = 587;

/** `smtp.example.org`, `10.0.0.5:25`, `[fd00::5]:25`; `undefined` for other text. */
export function parseMailServer(text: string): Pick<FirstMail, "server" | "port"> | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]/@]+))(?::(\d{1,5}))?$/.exec(text.trim());
  const server = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? defaultSmtpPort : Number(match[3]);
  return server === undefined || port < 1 || port > 65_535 ? undefined : { server, port };
}
