import { pino } from "pino";
import { PinoPretty } from "pino-pretty";
import { messageOf } from "../core/errors.ts";
import type { Log, LogFields } from "../core/log.ts";
import { safeText } from "../core/safe-text.ts";
import { PrivateLogFile } from "../platform/private-log-file.ts";
import { systemClock } from "../platform/system-clock.ts";
import { ConnectionLineLimit } from "./connection-line-limit.ts";
import { terminalLine } from "./terminal-line.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LoggingOptions {
  readonly level: LogLevel;
  /** One JSON object per line; readable by its owner only. Absent: no file. */
  readonly file?: string | undefined;
  /** Limit of that file and the previous one together. Default: none. */
  readonly maxBytes?: number | undefined;
  /** Log level of the terminal (standard error); `silent` for nothing. */
  readonly terminal: LogLevel | "silent";
  readonly colour: boolean;
  /** Standard error is a terminal: lines are for people, with the time of day and key=value fields. */
  readonly isTerminal?: boolean;
  /** Formats an instant (milliseconds since the epoch) for lines on standard error. Default: local time. */
  readonly stamp?: (at: number) => string;
}

export interface OpenLog extends Log, Disposable {
  /** Opens a new file after a rename. */
  reopen(): void;
  /** Changes level or file. */
  adjust(options: Pick<LoggingOptions, "level" | "file" | "maxBytes" | "terminal">): void;
}

/**
 * Structured logs to the file and, for people, to standard error. Lines are written immediately, so that the last one before
 * a crash is kept; a full disk or a missing folder loses lines but never stops the process.
 */
export function openLog(options: LoggingOptions): OpenLog {
  const people = options.isTerminal === true ? linesForPeople(options.colour) : undefined;
  const terminal = people ?? linesForPrograms(options);
  let file = openFile(options);
  let { file: name, maxBytes } = options;
  let logger = loggerTo({ ...options, stream: file }, terminal);
  const write = (level: LogLevel) => (message: string, fields?: LogFields) => {
    logger[level](fields === undefined ? {} : safeFields(fields), safeText(message, { limit: 4000 }));
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    reopen: () => file?.tryReopen(),
    adjust(other) {
      if (other.file !== name || other.maxBytes !== maxBytes) {
        file?.[Symbol.dispose]();
        file = openFile(other);
        ({ file: name, maxBytes } = other);
      }
      logger = loggerTo({ ...other, stream: file }, terminal);
    },
    [Symbol.dispose]() {
      people?.[Symbol.dispose]();
      file?.[Symbol.dispose]();
    },
  };
}

interface Destinations {
  readonly level: LogLevel;
  readonly terminal: LogLevel | "silent";
  readonly stream: pino.DestinationStream | undefined;
}

function loggerTo({ level, terminal, stream }: Destinations, people: pino.DestinationStream): pino.Logger {
  const streams: pino.StreamEntry[] = [];
  if (stream !== undefined) streams.push({ level, stream });
  if (terminal !== "silent") streams.push({ level: terminal, stream: people });
  return pino({ level: "debug", base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.multistream(streams));
}

/** A log file that reports missing lines on standard error, and later in the file. */
function openFile({
  file: path,
  maxBytes,
}: Pick<LoggingOptions, "file" | "maxBytes">): (PrivateLogFile & { tryReopen(): void }) | undefined {
  if (path === undefined) return undefined;
  let isReported = false;
  const reportError = (error: unknown) => {
    if (isReported) return;
    isReported = true;
    process.stderr.write(`The log file ${path} cannot be written (${messageOf(error)}); continuing without it.\n`);
  };
  /** Written to the file too, so that its readers see the gap. */
  const reportGap = (lost: number) => {
    isReported = false;
    const text = `the log file can be written again; ${lost} ${lost === 1 ? "line is" : "lines are"} missing before this one`;
    process.stderr.write(`${path}: ${text}\n`);
    const line = { level: pino.levels.values["warn"], time: new Date(systemClock.now()).toISOString(), msg: text };
    file.write(`${JSON.stringify(line)}\n`);
  };
  const file = new PrivateLogFile({
    path,
    clock: systemClock,
    onError: reportError,
    onWorking: reportGap,
    maxBytes,
  });
  const tryReopen = () => {
    try {
      file.reopen();
    } catch (error) {
      reportError(error);
    }
  };
  tryReopen();
  return Object.assign(file, { tryReopen });
}

function linesForPrograms({ colour, stamp }: LoggingOptions): pino.DestinationStream {
  return PinoPretty({
    destination: 2,
    sync: true,
    colorize: colour,
    ignore: "pid,hostname",
    ...(stamp === undefined
      ? { translateTime: "SYS:yyyy-mm-dd HH:MM:ss" }
      : { translateTime: false, customPrettifiers: { time: (time) => `[${stamp(Date.parse(String(time)))}]` } }),
    singleLine: true,
  });
}

function linesForPeople(colour: boolean): ConnectionLineLimit {
  return new ConnectionLineLimit({
    clock: systemClock,
    write: (json) => void process.stderr.write(terminalLine(json, colour)),
  });
}

function safeFields(fields: LogFields): Record<string, string | number | boolean> {
  const safe: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    safe[key] = typeof value === "string" ? safeText(value, { limit: 4000, multiline: true }) : value;
  }
  return safe;
}
