import { networkInterfaces } from "node:os";
import path from "node:path";
import type { FirstConfig, FirstMail } from "../../config/initial-config.ts";
import { localNetworks } from "../../config/local-networks.ts";
import { namedNetwork, type ProposedNetwork, proposalOf } from "../../config/proposed-networks.ts";
import { HarbingerError } from "../../core/errors.ts";
import type { Port } from "../../core/ports.ts";
import { parseRecipient, splitList } from "../../core/recipients.ts";
import { freePorts } from "../../platform/free-ports.ts";

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

/** The networks of this machine: those to propose, and virtual ones inside it, which are only listed. */
export function foundNetworks(): {
  readonly real: readonly ProposedNetwork[];
  readonly inside: readonly ProposedNetwork[];
} {
  const found = localNetworks(networkInterfaces());
  return {
    real: found.filter(({ virtual }) => !virtual).map(proposalOf),
    inside: found.filter(({ virtual }) => virtual).map(proposalOf),
  };
}

/**
 * The plan made from the options, without questions.
 * @param file the configuration file to write; a password file is named relative to it
 * @throws HarbingerError `usage`
 */
export async function planFromOptions(options: InitOptions, file: string): Promise<InitPlan> {
  const { real, inside } = foundNetworks();
  const mail = mailFrom(options, file);
  const ntfy = options.ntfy === undefined ? undefined : { topic: options.ntfy, server: options.ntfyServer };
  if (ntfy === undefined && options.ntfyServer !== undefined) throw needs("--ntfy-server", "--ntfy TOPIC");
  return {
    networks: options.network?.map(readNetwork) ?? real,
    leftOut: options.network === undefined ? inside : [],
    mail,
    ntfy,
    decoyPorts: options.decoy ? await freeDecoyPorts() : [],
  };
}

function readNetwork(text: string): ProposedNetwork {
  const network = namedNetwork(text);
  if (network !== undefined) return network;
  throw new HarbingerError("usage", `--network ${text}: not an address, network or range`, {
    remedy: "Write it as 192.168.1.0/24, 192.168.1.7 or 192.168.1.10-50.",
  });
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
