import { fact } from "../fact.ts";
import { match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader, startsWith } from "../reader.ts";

/** A serialised Java object. From an unknown client it is usually a deserialisation attack. */
export interface JavaStream {
  /** `object`, `string`, `array`, `class`, `enum`, `proxy`, `null`, `data` (only raw bytes). */
  readonly contents?: string;
  /** Of the first class description: `java.util.HashMap`; of a proxy, its interfaces. */
  readonly className?: string;
}

/** STREAM_MAGIC and STREAM_VERSION. */
const header = Uint8Array.of(0xac, 0xed, 0, 5);
const maxBlocks = 8;
const contentTypes: Readonly<Record<number, string>> = {
  112: "null",
  114: "class-description",
  115: "object",
  116: "string",
  117: "array",
  118: "class",
  124: "string",
  125: "proxy",
  126: "enum",
};

/** Proof: the magic number and version 5. Java Object Serialization Specification, section 6.4. */
export function parse(bytes: Uint8Array): Outcome<JavaStream> {
  return readJavaStream(new Reader(bytes));
}

/** Reads from the magic number of a stream on, and skips blocks of raw data before the first object. */
export function readJavaStream(reader: Reader): Outcome<JavaStream> {
  const agreement = startsWith(reader.bytes.subarray(0, reader.end), header, reader.offset);
  if (agreement !== "match") return { kind: agreement };
  reader.skip(header.length);
  let isData = false;
  for (let blocks = 0; blocks < maxBlocks; blocks++) {
    const type = reader.peek();
    if (type === -1) return match(isData ? { contents: "data" } : {}, isData);
    if (type !== 0x77 && type !== 0x7a) return readContents(reader);
    reader.u8();
    const block = reader.view(type === 0x77 ? reader.u8() : reader.u32());
    if (reader.overrun || block.cut) return match({}, false);
    isData = true;
  }
  return match({ contents: "data" });
}

function readContents(reader: Reader): Outcome<JavaStream> {
  const type = reader.u8();
  const contents = contentTypes[type];
  if (contents === undefined) return mismatch;
  if (type === 0x70 || type === 0x74 || type === 0x7c) return match({ contents });
  if (type === 0x7d) return readProxy(reader);
  // Objects, arrays, classes and enum constants begin with a class description.
  const description = type === 0x72 ? 0x72 : reader.u8();
  if (reader.overrun) return match({}, false);
  if (description === 0x7d) return readProxy(reader);
  if (description !== 0x72) return match({ contents });
  const length = reader.u16();
  const className = reader.text(length);
  return reader.overrun ? match({ contents }, false) : match({ contents, className: fact(className) });
}

function readProxy(reader: Reader): Outcome<JavaStream> {
  const contents = "proxy";
  const count = reader.u32();
  if (reader.overrun) return match({}, false);
  if (count > 64) return mismatch;
  const names: string[] = [];
  for (let at = 0; at < count; at++) {
    const name = reader.text(reader.u16());
    if (reader.overrun) return match({ contents }, false);
    names.push(fact(name));
  }
  return match({ contents, className: fact(names.join(", ")) });
}

export const javaSerialization = protocol({
  name: "java-serialization",
  strength: "strong",
  firstBytes: oneOf(0xac),
  parse,
  describe: (value) => ({ "java-serialization": { ...value } }),
});
