import type { NmapHost } from "./host.ts";
import { NmapXmlReader } from "./parse.ts";

/** A document that could not be read to its end, and where: the line counts from 1 over the whole input. */
export interface NmapDocumentFault {
  readonly line: number;
  readonly reason: string;
}

/** A declaration begins a document; so does the root where there is none. */
const beginning = /<\?xml\b|<nmaprun\b/g;
const rootEnd = "</nmaprun>";
/** So much of a piece may be the first part of a mark. */
const markLength = rootEnd.length;
/** Faults that are kept one by one; further ones are counted. */
const maxFaults = 20;

/**
 * Reads one nmap XML document after the other, as `--append-output`, `--resume` and `cat` leave them in one file. What
 * is wrong in one document ends with it: the next one is read. Total, and holds one host at a time.
 */
export class NmapXmlDocuments {
  readonly faults: NmapDocumentFault[] = [];
  faultCount = 0;
  /** Documents that came to their end. */
  completeCount = 0;
  #reader: NmapXmlReader | undefined;
  #startLine = 1;
  #line = 1;
  #held = "";
  #hasBegun = false;

  /** @returns the hosts that ended in this piece */
  write(piece: string): readonly NmapHost[] {
    return this.#read(this.#held + piece, false);
  }

  /** Says that nothing more will come. */
  end(): readonly NmapHost[] {
    const hosts = this.#read(this.#held, true);
    this.#endDocument();
    return hosts;
  }

  #read(text: string, isLast: boolean): readonly NmapHost[] {
    const hosts: NmapHost[] = [];
    const usable = isLast ? text.length : Math.max(0, text.length - markLength);
    let at = 0;
    while (at < usable) {
      const from = at;
      if (this.#reader === undefined) {
        beginning.lastIndex = from;
        const start = beginning.exec(text)?.index ?? usable;
        at = Math.min(start, usable);
        this.#countLines(text, from, at);
        if (start < usable) this.#begin();
        continue;
      }
      const end = this.#documentEnd(text, from, usable);
      at = end ?? usable;
      hosts.push(...this.#reader.write(text.slice(from, at)));
      this.#countLines(text, from, at);
      if (end !== undefined) this.#endDocument();
    }
    this.#held = text.slice(at);
    return hosts;
  }

  /** Where the document at hand ends in this piece, if it does: behind its root, or before the next declaration. */
  #documentEnd(text: string, from: number, usable: number): number | undefined {
    const root = text.indexOf(rootEnd, from);
    // The declaration of this very document stands at its start.
    const next = text.indexOf("<?xml ", this.#hasBegun ? from : from + 1);
    this.#hasBegun = true;
    const ends: number[] = [];
    // A mark that begins in the usable part is whole.
    if (root >= 0 && root < usable) ends.push(root + rootEnd.length);
    if (next >= 0 && next < usable) ends.push(next);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  #begin(): void {
    this.#reader = new NmapXmlReader("all");
    this.#startLine = this.#line;
    this.#hasBegun = false;
  }

  #endDocument(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    this.#reader = undefined;
    const { complete, problem } = reader.end();
    if (complete) {
      this.completeCount += 1;
      return;
    }
    this.faultCount += 1;
    if (this.faults.length >= maxFaults) return;
    const line = reader.problemLine === undefined ? this.#line : this.#startLine + reader.problemLine - 1;
    this.faults.push({ line, reason: problem ?? "not complete" });
  }

  #countLines(text: string, from: number, to: number): void {
    for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) this.#line += 1;
  }
}
