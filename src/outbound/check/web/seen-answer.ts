import type { HttpAnswer } from "../../../wire/http/server.ts";
import { latin1 } from "../../../wire/reader.ts";
import { titleOf } from "../http/page.ts";

/** Signs are searched for only in the beginning of a page, which bounds the work for each. */
const readBytes = 64 * 1024;

/** An answer of a web server with its text, its title and its JSON, each decoded once when needed. */
export class SeenAnswer {
  readonly answer: HttpAnswer;
  readonly text: string;
  /** Names in the certificate of the connection: `CN=UniFi O=Ubiquiti Inc.`; "" without TLS. */
  readonly certificate: string;
  #json: { readonly value: unknown } | undefined;
  #title: string | undefined;
  #beginning: string | undefined;

  constructor(answer: HttpAnswer, certificate = "") {
    this.answer = answer;
    this.text = latin1(answer.body);
    this.certificate = certificate;
  }

  /** The title as a browser shows it, safe to show; "" where there is none. */
  get title(): string {
    this.#title ??= titleOf(Buffer.from(this.answer.body.subarray(0, readBytes)).toString("utf8")) ?? "";
    return this.#title;
  }

  /** The part of the text in which signs are searched for. */
  get beginning(): string {
    this.#beginning ??= Buffer.from(this.answer.body.subarray(0, readBytes)).toString("utf8");
    return this.#beginning;
  }

  header(name: string): string | undefined {
    return this.answer.headers.get(name);
  }

  /** The value at `path`, names joined by dots; `undefined` where there is none, or the body is not JSON. */
  field(path: string): unknown {
    this.#json ??= { value: readJson(this.answer.body) };
    let value: unknown = this.#json.value;
    for (const name of path === "" ? [] : path.split(".")) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
      value = Reflect.get(value, name);
    }
    return value;
  }
}

/** No product nests its answers deeper, and a parser needs half a second for a body of opening brackets. */
const deepest = 32;

function isShallow(body: Uint8Array): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (byte === 0x22) isText = !isText;
    else if (isText) at += byte === 0x5c ? 1 : 0;
    else if (byte === 0x5b || byte === 0x7b) depth += 1;
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
    if (depth > deepest) return false;
  }
  return true;
}

function readJson(body: Uint8Array): unknown {
  if (!isShallow(body)) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return value;
  } catch {
    return undefined;
  }
}
