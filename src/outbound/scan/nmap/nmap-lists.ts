import { readFile, stat } from "node:fs/promises";

/** Longer lists are not read. */
const maxBytes = 16 * 1024 * 1024;

/**
 * The words of a file of targets or exclusions as nmap reads it: separated by blanks and line ends, `#` starts a comment (its
 * reference guide, `-iL`).
 * @returns `undefined` where it cannot be read as nmap will: it is not a plain file, or too long
 */
export async function readNmapList(file: string): Promise<readonly string[] | undefined> {
  try {
    const { size, ...stats } = await stat(file).then((found) => ({ size: found.size, isFile: found.isFile() }));
    if (!stats.isFile || size > maxBytes) return undefined;
    return wordsOf(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Total and linear. */
export function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  for (const line of text.split("\n")) {
    const comment = line.indexOf("#");
    for (const word of (comment < 0 ? line : line.slice(0, comment)).split(/[\s\0]+/)) {
      if (word !== "") words.push(word);
    }
  }
  return words;
}
