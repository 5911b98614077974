import type { NmapHost } from "./host.ts";
import { NmapXmlReader } from "./parse.ts";

/** An error in a document. Lines count from 1 over the whole input. */
export interface NmapDocumentFault {
  readonly line: number;
  readonly reason: string;
}

/** A document begins with an XML declaration, or with its root element. */
const beginning = /<\?xml\b|<nmaprun\b/g;
const rootEnd = "</nmaprun>";
/** The end of a piece may be an incomplete mark of this length. */
const markLength = rootEnd.length;
/** Further faults are only counted. */
const maxFaults = 20;

/**
 * Reads several nmap XML documents from one file, as written with `--append-output`, `--resume` or `cat`. After an error the
 * next document is read. Never throws; holds one host at a time.
 */
export class NmapXmlDocuments {
  readonly faults: NmapDocumentFault[] = [];
  faultCount = 0;
  /** The number of complete documents. */
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

  /** Call it after the last piece. */
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

  /** Where the current document ends in this piece: after its root element, or before the next declaration. */
  #documentEnd(text: string, from: number, usable: number): number | undefined {
    const root = text.indexOf(rootEnd, from);
    // The current document starts with its own declaration.
    const next = text.indexOf("<?xml ", this.#hasBegun ? from : from + 1);
    this.#hasBegun = true;
    const ends: number[] = [];
    // A mark that begins in the usable part is complete.
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
