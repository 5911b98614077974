import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Channel, Message, SendOutcome } from "../../../core/delivery.ts";
import { messageOf, systemCode } from "../../../core/errors.ts";
import { safeText } from "../../../core/safe-text.ts";
import { ensureFolder, writeFileAtomically } from "../../../platform/private-files.ts";
import { isReportFileName, numberedName, sideFileName } from "./report-file-name.ts";

export interface FileChannelOptions {
  readonly directory: string;
  /** Also write the HTML form beside the text. Default false. */
  readonly html?: boolean;
}

/** More reports with one name are more likely caused by a clock that has stopped. */
const maxNumber = 10_000;

/**
 * Reports as files: the text under the message's file name and, where there is one, the machine-readable report beside
 * it. A repeated attempt finds its own file and leaves it unchanged; another report with the same name gets a number.
 */
export class FileChannel implements Channel {
  readonly #directory: string;
  readonly #html: boolean;

  constructor(options: FileChannelOptions) {
    this.#directory = options.directory;
    this.#html = options.html ?? false;
  }

  async send(message: Message, _recipient: string, signal: AbortSignal): Promise<SendOutcome> {
    if (signal.aborted) return { kind: "retry", reason: "aborted before the report was written" };
    const { fileName } = message;
    if (fileName === undefined) return { kind: "rejected", reason: "the report has no file name" };
    if (!isReportFileName(fileName)) {
      return { kind: "rejected", reason: safeText(`not a name for a report file: ${fileName}`) };
    }
    try {
      ensureFolder(this.#directory);
      for (let number = 1; number <= maxNumber; number += 1) {
        const files = this.#filesOf(message, numberedName(fileName, number));
        const states = files.map(compare);
        if (states.includes("other")) continue;
        // The text is written last: if it exists, the other files do too.
        for (const [at, file] of files.entries()) {
          if (states[at] === "missing") writeFileAtomically(file.path, file.content);
        }
        return { kind: "delivered", detail: safeText(files.at(-1)?.path ?? fileName) };
      }
      return {
        kind: "retry",
        reason: safeText(`${this.#directory} already has ${maxNumber} reports named ${fileName}`),
      };
    } catch (error) {
      return { kind: "retry", reason: safeText(`cannot write the report into ${this.#directory}: ${explain(error)}`) };
    }
  }

  #filesOf(message: Message, name: string): readonly ReportFile[] {
    const files: ReportFile[] = [];
    const add = (fileName: string, content: string) =>
      files.push({ path: path.join(this.#directory, fileName), content });
    if (message.json !== undefined) add(sideFileName(name, ".json"), message.json);
    if (this.#html && message.html !== undefined) add(sideFileName(name, ".html"), message.html);
    add(name, message.text);
    return files;
  }
}

interface ReportFile {
  readonly path: string;
  readonly content: string;
}

/** Compares with the file that already exists. */
function compare(file: ReportFile): "missing" | "same" | "other" {
  const status = statSync(file.path, { throwIfNoEntry: false });
  if (status === undefined) return "missing";
  const content = Buffer.from(file.content, "utf8");
  // Compare the size first: an unrelated file may be huge.
  if (!status.isFile() || status.size !== content.length) return "other";
  return readFileSync(file.path).equals(content) ? "same" : "other";
}

function explain(error: unknown): string {
  switch (systemCode(error)) {
    case "ENOSPC":
      return "no space is left on its disk; remove something";
    case "EDQUOT":
      return "the disk quota of this user is used up; remove something";
    case "EACCES":
    case "EPERM":
      return "permission denied; give the user that runs harbinger the right to write there, or choose another reports.directory";
    case "EROFS":
      return "its file system is read-only; choose another reports.directory";
    case "ENOTDIR":
    case "EEXIST":
      return "a file exists where a directory is needed; move it, or choose another reports.directory";
    case "EIO":
      return "the disk reports an error; look at the system's log";
    case "EMFILE":
    case "ENFILE":
      return "too many files are open";
    default:
      return messageOf(error);
  }
}
