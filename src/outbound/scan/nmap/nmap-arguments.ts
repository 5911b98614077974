import type { AddressRange } from "../../../core/network.ts";
import { formatPorts, type Port, parsePorts } from "../../../core/ports.ts";
import type { ShellDialect } from "../../../platform/shell-line.ts";
import { findNmapCall } from "./nmap-call.ts";
import { readNmapTarget } from "./nmap-targets.ts";

/** What an nmap command line requests, as far as another scanner supports it. */
export interface NmapRequest {
  /** As written: addresses, networks, octet lists, names. */
  readonly targets: readonly string[];
  readonly exclude: readonly string[];
  /** The numeric ones of {@link targets}. */
  readonly ranges: readonly AddressRange[];
  readonly excludeRanges: readonly AddressRange[];
  /** Names among targets and exclusions, to be resolved. */
  readonly names: readonly string[];
  readonly excludeNames: readonly string[];
  /** Files of targets (`-iL`) and of exclusions (`--excludefile`). */
  readonly targetFiles: readonly string[];
  readonly excludeFiles: readonly string[];
  /** Words that nmap may skip; only with the strictness `targets`. */
  readonly oddTargets: readonly string[];
  readonly isIpv6: boolean;
  /** Absent where the line does not list any. */
  readonly ports?: readonly Port[] | undefined;
  readonly maxRetries?: number;
  /** Packets a second. */
  readonly minRate?: number;
  readonly maxRate?: number;
  /** 0 (paranoid) to 5 (insane). */
  readonly timing?: number | undefined;
}

export type UnderstoodNmap =
  | { readonly kind: "understood"; readonly request: NmapRequest }
  | { readonly kind: "not-understood"; readonly what: string };

/**
 * - `all`: only what the built-in scanner supports: targets, ports, rate.
 * - `targets`: options that do not change which addresses are scanned are skipped: scan types, scripts, output files.
 */
export type Strictness = "all" | "targets";

/** Irrelevant for a scan by connections, or its default. */
const harmless =
  /^(?:--open|--reason|--privileged|--unprivileged|--noninteractive|-n|-R|-r|-Pn|-P0|-PN|-sT|-sS|-v+|-v\d)$/;
/** Change how nmap scans or what it prints, but not which addresses it scans. */
const besideTargets =
  /^(?:-s[ACFMNOSTUVWXYZ]+|-A|-O|-F|-d\d?|-dd+|-P[EMPSAUYO][\d,]*|--traceroute|--packet-trace|--osscan-guess|--osscan-limit|--fuzzy|--version-all|--version-light|--version-trace|--no-stylesheet|--webxml|--append-output|--defeat-rst-ratelimit|--disable-arp-ping|--system-dns|--badsum|-f|-ff|--randomize-hosts|--unique|--send-eth|--send-ip|--allports|--log-errors)$/;
const besideTargetsWithValue =
  /^(?:-oX|-oN|-oG|-oA|-oS|--top-ports|--port-ratio|--exclude-ports|--script|--script-args|--script-timeout|--script-args-file|--version-intensity|--scan-delay|--max-scan-delay|--min-parallelism|--max-parallelism|--min-hostgroup|--max-hostgroup|--min-rtt-timeout|--max-rtt-timeout|--initial-rtt-timeout|--host-timeout|--stats-every|--stylesheet|--dns-servers|--ttl|--data-length|--source-port|-g|-e|-S|-D|--mtu|--data|--data-string|--spoof-mac|--max-os-tries|--datadir|--nsock-engine)$/;

/**
 * Reads a whole command line that consists of one call of nmap.
 * @param port replaces `{port}`
 */
export function understandNmapCommand(
  line: string,
  port: Port | readonly Port[],
  dialect?: ShellDialect,
): UnderstoodNmap {
  const ports = typeof port === "number" ? String(port) : formatPorts(port);
  const found = findNmapCall(line.replaceAll("{port}", ports), dialect);
  if (found.kind === "unclear") return notUnderstood(found.what);
  const { call } = found;
  if (!call.isAlone) return notUnderstood("more than one command in the line");
  return understandNmapArguments(call.args, "all");
}

/** Reads the arguments of one call. */
export function understandNmapArguments(
  args: readonly { readonly text: string; readonly expands: boolean }[],
  strictness: Strictness,
): UnderstoodNmap {
  const collected = new RequestBuilder();
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === undefined) break;
    if (arg.expands) return notUnderstood(`"${arg.text}", which the shell replaces`);
    const { name, value, isSeparate } = splitOption(arg.text);
    if (!name.startsWith("-") || name === "-") {
      if (!collected.addTarget(name, strictness)) return notUnderstood(`the target "${name}"`);
    } else if (harmless.test(name) && value === undefined) {
      // Nothing to keep.
    } else if (/^-T[0-5]$/.test(name)) {
      collected.timing = Number(name.slice(2));
    } else if (name === "-6") {
      collected.isIpv6 = true;
    } else if (strictness === "targets" && besideTargets.test(name) && value === undefined) {
      // Nothing to keep.
    } else {
      const next = args[at + 1];
      const given = isSeparate ? value : next === undefined || next.expands ? undefined : next.text;
      if (!isSeparate) at += 1;
      if (given === undefined) return notUnderstood(`the option "${arg.text}"`);
      if (strictness === "targets" && besideTargetsWithValue.test(name)) continue;
      if (!collected.addOption(name, given, strictness)) {
        const shown = isSeparate || !takesValue.test(name) ? arg.text : `${arg.text} ${given}`;
        return notUnderstood(`the option "${shown}"`);
      }
    }
  }
  return collected.finish();
}

const takesValue = /^(?:-p|-T|--max-retries|--min-rate|--max-rate|--exclude)$/;

/** `--name=value`, `-p22` and `-T4` carry their value; elsewhere it is the next word. */
function splitOption(text: string): { readonly name: string; readonly value?: string; readonly isSeparate: boolean } {
  const long = /^(--[a-z0-9-]+)=(.*)$/s.exec(text);
  if (long !== null) return { name: long[1] ?? "", value: long[2] ?? "", isSeparate: true };
  const ports = /^-p(.+)$/s.exec(text);
  if (ports !== null) return { name: "-p", value: ports[1] ?? "", isSeparate: true };
  return { name: text, isSeparate: false };
}

class RequestBuilder {
  isIpv6 = false;
  timing: number | undefined;
  readonly #targets: string[] = [];
  readonly #exclude: string[] = [];
  readonly #ranges: AddressRange[] = [];
  readonly #excludeRanges: AddressRange[] = [];
  readonly #names: string[] = [];
  readonly #excludeNames: string[] = [];
  readonly #targetFiles: string[] = [];
  readonly #excludeFiles: string[] = [];
  readonly #oddTargets: string[] = [];
  readonly #numbers = new Map<string, number>();
  #ports: readonly Port[] | undefined;

  addTarget(text: string, strictness: Strictness): boolean {
    if (add(text, this.#targets, this.#ranges, this.#names)) return true;
    if (strictness === "all") return false;
    this.#oddTargets.push(text);
    return true;
  }

  addOption(name: string, value: string, strictness: Strictness): boolean {
    switch (name) {
      case "-p": {
        // The result lists the ports that were scanned.
        if (strictness === "targets") return true;
        const ports = parsePorts(value.replace(/^T:/, ""));
        if (ports.kind === "bad") return false;
        this.#ports = ports.ports;
        return true;
      }
      case "-T":
        if (!/^[0-5]$/.test(value)) return false;
        this.timing = Number(value);
        return true;
      case "--exclude":
        return value.split(",").every((part) => add(part, this.#exclude, this.#excludeRanges, this.#excludeNames));
      case "-iL":
      case "--excludefile":
        // `-` is standard input, which only nmap can read.
        if (strictness === "all" || value === "-" || value === "") return false;
        (name === "-iL" ? this.#targetFiles : this.#excludeFiles).push(value);
        return true;
      case "--max-retries":
      case "--min-rate":
      case "--max-rate":
        if (!/^\d{1,9}$/.test(value)) return false;
        this.#numbers.set(name, Number(value));
        return true;
      default:
        return false;
    }
  }

  finish(): UnderstoodNmap {
    if (this.#targets.length + this.#oddTargets.length + this.#targetFiles.length === 0) {
      return notUnderstood("a line without targets");
    }
    // nmap refuses or skips targets of the other family.
    const family = this.isIpv6 ? 6 : 4;
    if (this.#ranges.some((range) => range.family !== family)) {
      return notUnderstood(this.isIpv6 ? 'an IPv4 target with "-6"' : 'an IPv6 target without "-6"');
    }
    const number = (key: string, name: string) => {
      const value = this.#numbers.get(name);
      return value === undefined ? {} : { [key]: value };
    };
    return {
      kind: "understood",
      request: {
        targets: this.#targets,
        exclude: this.#exclude,
        ranges: this.#ranges,
        excludeRanges: this.#excludeRanges,
        names: this.#names,
        excludeNames: this.#excludeNames,
        targetFiles: this.#targetFiles,
        excludeFiles: this.#excludeFiles,
        oddTargets: this.#oddTargets,
        isIpv6: this.isIpv6,
        ports: this.#ports,
        ...number("maxRetries", "--max-retries"),
        ...number("minRate", "--min-rate"),
        ...number("maxRate", "--max-rate"),
        timing: this.timing,
      },
    };
  }
}

function add(text: string, all: string[], ranges: AddressRange[], names: string[]): boolean {
  const target = readNmapTarget(text);
  if (target.kind === "other") return false;
  all.push(text);
  if (target.kind === "name") names.push(target.name);
  else ranges.push(...target.ranges);
  return true;
}

function notUnderstood(what: string): UnderstoodNmap {
  return { kind: "not-understood", what };
}
