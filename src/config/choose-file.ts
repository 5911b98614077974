import { lstatSync } from "node:fs";
import path from "node:path";
import { systemCode } from "../core/errors.ts";
import { safeText } from "../core/safe-text.ts";
import { defaultFile, type LoadOptions } from "./load.ts";

/** The configuration of the machine, used in every working directory. Packages install it there. */
interface SystemConfiguration {
  readonly file: string;
  /** The working directory of the service. Relative paths in the file refer to it, even if a command runs in another directory. */
  readonly folder: string;
}

/** Only folders that root owns, because the file names commands to run. On macOS `/usr/local` often belongs to a user. */
const systemConfigurations: Readonly<Partial<Record<NodeJS.Platform, SystemConfiguration>>> = {
  linux: { file: "/etc/harbinger/harbinger.yaml", folder: "/var/lib/harbinger" },
  freebsd: { file: "/usr/local/etc/harbinger/harbinger.yaml", folder: "/var/db/harbinger" },
};

/**
 * The configuration file, and why it was chosen. A named file (`option`, `environment`) must exist. `built-in`: there is no file; a
 * reload looks for one with this name again.
 */
export type ChosenFile =
  | { readonly by: "option" | "environment" | "working-directory" | "built-in"; readonly file: string }
  | { readonly by: "system"; readonly file: string; readonly folder: string };

export interface Choice {
  /** The value of `--config`. */
  readonly option: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly look?: (file: string) => Presence;
}

/** `hidden`: unknown, because access to a parent folder is denied. */
export type Presence = "there" | "absent" | "hidden";

/** `--config`, then HARBINGER_CONFIG, then the file in the working directory, then the configuration of the machine. */
export function chooseFile({ option, environment, platform = process.platform, look = lookFor }: Choice): ChosenFile {
  if (option !== undefined) return { by: "option", file: option };
  const named = environment["HARBINGER_CONFIG"];
  if (named !== undefined && named !== "") return { by: "environment", file: named };
  // A working directory without access (`sudo -u harbinger` in a home directory) counts as one without a file.
  if (look(defaultFile) === "there") return { by: "working-directory", file: defaultFile };
  const system = systemConfigurations[platform];
  // Users without access to its folder get an error, not another, empty database.
  if (system !== undefined && look(system.file) !== "absent") return { by: "system", ...system };
  return { by: "built-in", file: defaultFile };
}

/** Whether commands find this file without `--config`: in every working directory, or in this one. */
export function isFoundByDefault(file: string, platform: NodeJS.Platform = process.platform): boolean {
  const whole = path.resolve(file);
  return whole === path.resolve(defaultFile) || whole === systemConfigurations[platform]?.file;
}

/**
 * The file that a reload reads: the one that the process started with.
 * @param source of the active configuration; `undefined` for the built-in default
 */
export function chooseAgain(source: string | undefined, choice: Choice): ChosenFile {
  if (source === undefined) return chooseFile(choice);
  // Only a file that was not named can be the configuration of the machine. Any other file existed at the start and must still exist.
  const others = chooseFile({ ...choice, look: (file) => (file === defaultFile ? "absent" : "there") });
  return others.by === "system" && others.file === source ? others : { by: "option", file: source };
}

/** The options of `loadConfig` for it. */
export function loadOptions(chosen: ChosenFile): Pick<LoadOptions, "file" | "explicit" | "workFolder"> {
  return {
    file: chosen.file,
    explicit: chosen.by !== "working-directory" && chosen.by !== "built-in",
    workFolder: chosen.by === "system" ? chosen.folder : undefined,
  };
}

/** Text for users: which file, and why. */
export function describeChoice({ by, file }: ChosenFile): string {
  return by === "built-in" ? "the built-in default; there is no file" : `${safeText(file)}, ${reasons[by]}`;
}

const reasons = {
  option: "named by --config",
  environment: "named by HARBINGER_CONFIG",
  "working-directory": "in the working directory",
  system: "the configuration of the machine; the working directory has no file",
} as const;

function lookFor(file: string): Presence {
  try {
    lstatSync(file);
    return "there";
  } catch (error) {
    const code = systemCode(error);
    return code === "EACCES" || code === "EPERM" ? "hidden" : "absent";
  }
}
