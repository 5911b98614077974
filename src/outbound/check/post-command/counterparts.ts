import type { Check } from "../../../core/check.ts";
import type { Port } from "../../../core/ports.ts";
import { entryNamed, exposureCatalogue } from "../exposure/catalogue.ts";
import { type EarlierScript, earlierScripts } from "./earlier-scripts.ts";

export type ScriptForm = "py" | "sh";

/** What replaces a script, and runs as `harbinger check NAME`. */
export interface Counterpart {
  readonly name: string;
  /** The service, for people: `Redis`. */
  readonly title: string;
  readonly check: Check;
  /** Used where a call names no port. */
  readonly usualPort?: Port | undefined;
  /**
   * What the script's exit status means. `outcome`: whether the check passed. `verdict`: it is always 0, and the output contains
   * the verdict; only for Kafka with TLS it also shows whether the check passed.
   */
  readonly exitStatus: "outcome" | "verdict";
  readonly forms: readonly ScriptForm[];
  /** Options that the name implies. */
  impliedOptions(port: Port): Readonly<Record<string, string>>;
}

const earlier = new Map(earlierScripts.map((script) => [script.name, script]));

/** Maps script names to the checks that replace them. */
export class Counterparts {
  readonly #checks: ReadonlyMap<string, Check>;

  constructor(checks: ReadonlyMap<string, Check>) {
    this.#checks = checks;
  }

  /** A script of the earlier tool, or one with the name of a check or a service: `smb.py`, `redis_check.py`. */
  find(name: string): Counterpart | undefined {
    return this.#named(name) ?? this.#named(name.replace(/_(?:check|scanner|scan)$/, ""));
  }

  /** Every name that is not a check's own, sorted. */
  names(): readonly string[] {
    const names = new Set([...earlier.keys(), ...exposureCatalogue.map((entry) => entry.name)]);
    return [...names].filter((name) => this.#named(name)?.exitStatus === "verdict" && !this.#checks.has(name)).sort();
  }

  #named(name: string): Counterpart | undefined {
    const script = earlier.get(name);
    if (script?.check !== undefined) return this.#helper(script, script.check);
    if (script !== undefined) return this.#service(script);
    const check = this.#checks.get(name);
    if (check !== undefined) return this.#helper({ name, hasShellForm: false }, name);
    const entry = entryNamed(name);
    const usualPort = entry?.ports[0];
    if (entry === undefined) return undefined;
    return this.#service({
      name: entry.name,
      services: [entry.name],
      hasShellForm: false,
      usualPort,
    });
  }

  #helper({ name, usualPort, hasShellForm }: EarlierScript, checkName: string): Counterpart | undefined {
    const check = this.#checks.get(checkName);
    if (check === undefined) return undefined;
    return {
      name,
      title: check.description,
      check,
      usualPort,
      exitStatus: checkName === "kafka" ? "verdict" : "outcome",
      forms: hasShellForm ? ["py", "sh"] : ["py"],
      impliedOptions: () => ({}),
    };
  }

  #service({ name, usualPort, services = [], hasShellForm }: EarlierScript): Counterpart | undefined {
    const check = this.#checks.get("exposure");
    const entries = services.flatMap((service) => entryNamed(service) ?? []);
    const [first] = entries;
    if (check === undefined || first === undefined) return undefined;
    return {
      name,
      title: first.title,
      check,
      usualPort,
      exitStatus: "verdict",
      forms: hasShellForm ? ["py", "sh"] : ["py"],
      impliedOptions: (port) => ({ service: (entries.find((entry) => entry.ports.includes(port)) ?? first).name }),
    };
  }
}
