import { fact } from "../fact.ts";
import type { Reader } from "../reader.ts";

/** The text elements of a BSON document by their path (`client.driver.name`), and the name of its first element. */
export interface BsonFacts {
  readonly firstName: string | undefined;
  readonly texts: ReadonlyMap<string, string>;
  /** The document is not valid BSON. */
  readonly malformed: boolean;
  /** The document has arrived completely. */
  readonly complete: boolean;
}

const maxElements = 256;
const maxDepth = 4;
const maxNameBytes = 128;

/** Sizes in bytes of fixed-size values, by element type. https://bsonspec.org/spec.html */
const fixedSizes: Readonly<Record<number, number>> = {
  1: 8, // double
  6: 0, // undefined
  7: 12, // object id
  8: 1, // boolean
  9: 8, // date
  10: 0, // null
  16: 4, // 32-bit integer
  17: 8, // time stamp
  18: 8, // 64-bit integer
  19: 16, // 128-bit decimal
  127: 0, // max key
  255: 0, // min key
};

export function readBson(reader: Reader): BsonFacts {
  const walk: Walk = { texts: new Map(), elements: 0, firstName: undefined };
  const ending = readDocument(reader, "", 0, walk);
  return {
    firstName: walk.firstName,
    texts: walk.texts,
    malformed: ending === "malformed",
    complete: ending === "complete",
  };
}

interface Walk {
  readonly texts: Map<string, string>;
  elements: number;
  firstName: string | undefined;
}

type Ending = "complete" | "cut" | "malformed";

function readDocument(reader: Reader, path: string, depth: number, walk: Walk): Ending {
  const length = reader.u32le();
  if (reader.overrun) return reader.cut ? "cut" : "malformed";
  if (length < 5 || depth > maxDepth) return "malformed";
  const body = reader.view(length - 4);
  if (reader.overrun) return "malformed";
  for (;;) {
    const type = body.u8();
    if (body.overrun) return body.cut ? "cut" : "malformed";
    if (type === 0) return body.remaining === 0 ? "complete" : "malformed";
    if (++walk.elements > maxElements) return "malformed";
    const before = body.remaining;
    const name = body.cString(maxNameBytes);
    if (body.overrun) return body.cut && before < maxNameBytes ? "cut" : "malformed";
    walk.firstName ??= name;
    const ending = readValue(body, type, path === "" ? name : `${path}.${name}`, depth, walk);
    if (ending !== "complete") return ending;
    if (body.overrun) return body.cut ? "cut" : "malformed";
  }
}

function readValue(body: Reader, type: number, path: string, depth: number, walk: Walk): Ending {
  const size = fixedSizes[type];
  if (size !== undefined) {
    body.skip(size);
    return "complete";
  }
  switch (type) {
    case 0x02: // text
    case 0x0d: // JavaScript
    case 0x0e: {
      const length = body.u32le();
      const text = body.view(length);
      if (text.cut || body.overrun) return body.cut ? "cut" : "malformed";
      if (length === 0) return "malformed";
      if (type === 0x02) walk.texts.set(path, fact(text.text(length - 1)));
      return "complete";
    }
    case 0x03: // document
    case 0x04: // array
      return readDocument(body, path, depth + 1, walk);
    case 0x05: // binary: a length, a subtype, bytes
      body.skip(body.u32le() + 1);
      return "complete";
    case 0x0b: // regular expression
      body.cString(body.remaining);
      body.cString(body.remaining);
      return "complete";
    case 0x0c: // pointer
      body.skip(body.u32le() + 12);
      return "complete";
    case 0x0f: // code with scope
      body.skip(body.u32le() - 4);
      return "complete";
    default:
      return "malformed";
  }
}
