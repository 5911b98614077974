import { createReadStream } from "node:fs";
import { Command } from "commander";
import { HarbingerError, messageOf, systemCode } from "../../core/errors.ts";
import { examples } from "../common-options.ts";
import { printJson } from "../output.ts";

/** Parsers read at most this many bytes. */
const readAtMost = 64 * 1024;

export function identifyCommand(): Command {
  return new Command("identify")
    .description("identify the protocol of the first bytes of a connection; prints one JSON object")
    .argument("<file>", "file that contains the raw bytes; - for standard input")
    .addHelpText(
      "after",
      examples(
        "printf 'GET / HTTP/1.1\\r\\nHost: example.org\\r\\n\\r\\n' | harbinger identify -",
        "harbinger identify first-bytes.bin",
      ),
    )
    .action(async (file: string) => {
      const { identify } = await import("../../wire/identify.ts");
      printJson(identify(await readFirstBytes(file)));
    });
}

async function readFirstBytes(file: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    const input = file === "-" ? process.stdin : createReadStream(file);
    for await (const chunk of input as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= readAtMost) break;
    }
  } catch (error) {
    throw new HarbingerError("usage", `cannot read ${file}: ${whyUnreadable(error)}`);
  }
  return Buffer.concat(chunks).subarray(0, readAtMost);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
};

function whyUnreadable(error: unknown): string {
  return reasons[systemCode(error) ?? ""] ?? messageOf(error);
}
