import { spawn, spawnSync } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { hangLimitMs } from "./hang-limit.ts";

/** Why no test can open a terminal here. */
export function whyNoTerminal(): string | undefined {
  if (process.platform !== "linux") return "needs script of util-linux";
  return spawnSync("script", ["--version"]).status === 0 ? undefined : "needs the program script";
}

export interface Terminal extends Disposable {
  /** Types text, as if keys were pressed. */
  type(keys: string): void;
  /** Resolves to the output from the last match to the end of this one; rejects when the program ends without it. */
  shows(text: string | RegExp): Promise<string>;
  readonly ended: Promise<{ readonly status: number | null; readonly shown: string }>;
}

export interface TerminalOptions {
  readonly directory: string;
  readonly columns?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The output keeps its colours. */
  readonly raw?: boolean;
}

const limitMs = hangLimitMs;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unfinished = /(?:\u001b(?:\[[0-9;?]*)?|\r)$/;

/** Runs a program on a terminal (a pty that `script` makes), as a person would see it. */
export function onTerminal(command: readonly string[], options: TerminalOptions): Terminal {
  const words = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const line = `stty cols ${options.columns ?? 80} rows 50; exec ${words}`;
  const child = spawn("script", ["--quiet", "--return", "--flush", "--command", line, "/dev/null"], {
    cwd: options.directory,
    env: {
      ...process.env,
      TERM: "xterm",
      SHELL: "/bin/sh",
      NO_COLOR: undefined,
      NODE_OPTIONS: "",
      ...options.environment,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {});
  let raw = "";
  let seen = 0;
  const listeners = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    raw += chunk;
    for (const listener of listeners) listener();
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), limitMs);
  /** Without an incomplete control sequence or line end: the visible text no longer changes. */
  const clean = () => {
    const whole = raw.replace(unfinished, "");
    return (options.raw === true ? whole : stripVTControlCharacters(whole)).replaceAll("\r\n", "\n");
  };
  const ended = new Promise<{ status: number | null; shown: string }>((resolve) => {
    child.once("close", (status) => {
      clearTimeout(limit);
      resolve({ status, shown: clean() });
    });
  });
  return {
    type: (keys) => child.stdin.write(keys),
    shows: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const news = clean().slice(seen);
          const found = typeof text === "string" ? text : text.exec(news)?.[0];
          const index = found === undefined ? -1 : news.indexOf(found);
          if (found === undefined || index < 0) return;
          listeners.delete(look);
          const shown = news.slice(0, index + found.length);
          seen += shown.length;
          resolve(shown);
        };
        listeners.add(look);
        look();
        void ended.then(({ shown }) => reject(new Error(`ended without showing ${String(text)}:\n${shown}`)));
      }),
    ended,
    [Symbol.dispose]() {
      clearTimeout(limit);
      child.kill("SIGKILL");
    },
  };
}
