import { lstatSync } from "node:fs";
import path from "node:path";
import { systemCode } from "../core/errors.ts";
import { safeText } from "../core/safe-text.ts";
import { defaultFile, type LoadOptions } from "./load.ts";

/** The configuration of a machine, for every folder of it: the packages and the guides put it there. */
interface SystemConfiguration {
  readonly file: string;
  /**
   * Where the service works. What the file names without a folder is there for the service, so it has to be there for whoever asks
   * from elsewhere.
   */
  readonly folder: string;
}

/**
 * Only folders that belong to root: whoever wrote the file decides what commands are run. `/usr/local` of macOS often belongs to a user.
 */
const systemConfigurations: Readonly<Partial<Record<NodeJS.Platform, SystemConfiguration>>> = {
  linux: { file: "/etc/harbinger/harbinger.yaml", folder: "/var/lib/harbinger" },
  freebsd: { file: "/usr/local/etc/harbinger/harbinger.yaml", folder: "/var/db/harbinger" },
};

/**
 * Which file is read, and who said so. A file that was named (`option`, `environment`) has to be there. With `built-in` there is none;
 * it is still looked for by that name, in case there is one meanwhile.
 */
export type ChosenFile =
  | { readonly by: "option" | "environment" | "working-directory" | "built-in"; readonly file: string }
  | { readonly by: "system"; readonly file: string; readonly folder: string };

export interface Choice {
  /** What `--config` named. */
  readonly option: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly look?: (file: string) => Presence;
}

/** `hidden`: a folder on the way to it may not be entered. */
export type Presence = "there" | "absent" | "hidden";

/** `--config`, then HARBINGER_CONFIG, then the file in the working directory, then the one of this machine. */
export function chooseFile({ option, environment, platform = process.platform, look = lookFor }: Choice): ChosenFile {
  if (option !== undefined) return { by: "option", file: option };
  const named = environment["HARBINGER_CONFIG"];
  if (named !== undefined && named !== "") return { by: "environment", file: named };
  // A working directory that may not be entered, as `sudo -u harbinger` meets in a home, has none for this user.
  if (look(defaultFile) === "there") return { by: "working-directory", file: defaultFile };
  const system = systemConfigurations[platform];
  // Its folder is closed to strangers. They are told so, instead of being shown another, empty database.
  if (system !== undefined && look(system.file) !== "absent") return { by: "system", ...system };
  return { by: "built-in", file: defaultFile };
}

/** Whether commands find this file by themselves: from every folder, or from the working directory. */
export function isFoundByItself(file: string, platform: NodeJS.Platform = process.platform): boolean {
  const whole = path.resolve(file);
  return whole === path.resolve(defaultFile) || whole === systemConfigurations[platform]?.file;
}

/**
 * The file that a running process reads again, which is the one that it began with.
 * @param source what is in force came from it; `undefined` for the built-in default
 */
export function chooseAgain(source: string | undefined, choice: Choice): ChosenFile {
  if (source === undefined) return chooseFile(choice);
  // Only what nobody named is the one of this machine: another `source` was there, so it has to be there still.
  const others = chooseFile({ ...choice, look: (file) => (file === defaultFile ? "absent" : "there") });
  return others.by === "system" && others.file === source ? others : { by: "option", file: source };
}

/** How `loadConfig` reads it. */
export function howToLoad(chosen: ChosenFile): Pick<LoadOptions, "file" | "explicit" | "workFolder"> {
  return {
    file: chosen.file,
    explicit: chosen.by !== "working-directory" && chosen.by !== "built-in",
    ...(chosen.by === "system" ? { workFolder: chosen.folder } : {}),
  };
}

/** For people: which file, and who said so. */
export function describeChoice({ by, file }: ChosenFile): string {
  return by === "built-in" ? "the built-in default; there is no file" : `${safeText(file)}, ${reasons[by]}`;
}

const reasons = {
  option: "named by --config",
  environment: "named by HARBINGER_CONFIG",
  "working-directory": "in the working directory",
  system: "the one of this machine; the working directory has none",
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
