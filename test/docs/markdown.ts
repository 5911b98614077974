import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../../", import.meta.url));

/** A fenced block of a page, with the markers in the comments before it. */
export interface Block {
  /** `docs/guide/start.md:12`: where the fence stands. */
  readonly place: string;
  /** The first word after the fence; empty if there is none. */
  readonly language: string;
  readonly text: string;
  /** `<!-- not run: REASON -->`; empty if the reason is missing. */
  readonly notRun: string | undefined;
  /** `<!-- exit status: 2 -->`; else 0. */
  readonly exitStatus: number;
  /** `<!-- first: COMMAND -->`: what the page assumes. */
  readonly first: string | undefined;
  /** `<!-- wait for: COMMAND -->`: the block begins as soon as this command succeeds. */
  readonly waitFor: string | undefined;
  /** `<!-- on: HOST -->`: which host of the sandbox it runs on. */
  readonly on: string | undefined;
  /** `<!-- meanwhile: COMMAND -->`: runs while a long-running command of the block does. */
  readonly meanwhile: string | undefined;
}

export interface Page {
  /** Relative to the repository: `docs/guide/start.md`. */
  readonly name: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** Every page: the Markdown files at the top and those below docs/. */
export function readPages(): readonly Page[] {
  const below = readdirSync(path.join(repository, "docs"), { recursive: true, encoding: "utf8" });
  const names = [...readdirSync(repository), ...below.map((name) => path.join("docs", name))];
  return names
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => {
      const text = readFileSync(path.join(repository, name), "utf8");
      return { name, text, blocks: blocksOf(name, text) };
    });
}

export function blocksOf(page: string, text: string): readonly Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const fence = /^(\s*)(`{3,})(\w*)/.exec(lines[at] ?? "");
    if (fence === null) continue;
    const [, indent = "", ticks = "", language = ""] = fence;
    const content: string[] = [];
    const start = at;
    for (at += 1; at < lines.length && lines[at]?.trim() !== ticks; at += 1) {
      content.push((lines[at] ?? "").slice(indent.length));
    }
    const comments = commentsBefore(lines, start);
    blocks.push({
      place: `${page}:${start + 1}`,
      language,
      text: content.join("\n"),
      notRun: comments.get("not run"),
      exitStatus: Number(comments.get("exit status") ?? 0),
      first: comments.get("first"),
      waitFor: comments.get("wait for"),
      on: comments.get("on"),
      meanwhile: comments.get("meanwhile"),
    });
  }
  return blocks;
}

/** `<!-- NAME: VALUE -->` in the lines right before a fence; one blank line may be between. */
function commentsBefore(lines: readonly string[], fence: number): ReadonlyMap<string, string> {
  const comments = new Map<string, string>();
  let at = fence - 1;
  if (lines[at]?.trim() === "") at -= 1;
  for (; at >= 0; at -= 1) {
    const match = /^\s*<!-- ([a-z ]+):(.*)-->\s*$/.exec(lines[at] ?? "");
    if (match === null) break;
    comments.set(match[1] ?? "", (match[2] ?? "").trim());
  }
  return comments;
}

/** The anchors that GitHub gives to the headings of a page. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const withoutBlocks = text.replaceAll(/^```.*?^```/gms, "");
  for (const [, title = ""] of withoutBlocks.matchAll(/^#{1,6} (.*)$/gm)) {
    const plain = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-");
    let anchor = plain;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${plain}-${count}`;
    anchors.add(anchor);
  }
  for (const [, name = ""] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(name);
  return anchors;
}

/** Targets of links and images that are not web addresses. */
export function linksOf(text: string): readonly string[] {
  const withoutCode = text.replaceAll(/^```.*?^```/gms, "").replaceAll(/`[^`\n]*`/g, "");
  return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? "")
    .filter((target) => !/^[a-z]+:/.test(target));
}
