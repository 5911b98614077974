import { fact, isPlain } from "../fact.ts";
import { match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The request of a Git client to `git daemon`. */
export interface GitRequest {
  /** `git-upload-pack` (fetch), `git-receive-pack` (push), `git-upload-archive`. */
  readonly service: string;
  readonly path?: string | undefined;
  readonly host?: string | undefined;
  /** Of the protocol, if the client requests a newer one. */
  readonly protocolVersion?: string | undefined;
}

const services = ["git-upload-pack", "git-receive-pack", "git-upload-archive"];

/** Proof: four hex digits of length and a service. https://git-scm.com/docs/gitprotocol-pack, "Git Transport". */
export function parse(bytes: Uint8Array): Outcome<GitRequest> {
  const reader = new Reader(bytes);
  for (let at = 0; at < 4 && at < reader.remaining; at++)
    if (!/[\da-f]/i.test(String.fromCharCode(reader.peek(at)))) return mismatch;
  const length = Number.parseInt(reader.latin1(4), 16);
  if (reader.overrun) return { kind: "incomplete" };
  const service = services.find((name) => startsWith(bytes, ascii(`${name} `), 4) !== "mismatch");
  if (service === undefined || length < 4 + service.length + 3) return mismatch;
  const body = reader.view(length - 4);
  body.skip(service.length + 1);
  if (body.overrun) return { kind: "incomplete" };
  const words: string[] = [];
  while (body.remaining > 0 && words.length < 8) {
    const word = body.cString(1024);
    if (body.overrun) break;
    words.push(word);
  }
  const [path] = words;
  if (path !== undefined && !isPlain(path)) return mismatch;
  const textOf = (name: string) => words.find((word) => word.startsWith(name))?.slice(name.length);
  const host = textOf("host=");
  const protocolVersion = textOf("version=");
  return match(
    {
      service,
      path: fact(path),
      host: fact(host),
      protocolVersion: fact(protocolVersion),
    },
    !body.cut && !body.overrun,
  );
}

export const git = protocol({
  name: "git",
  strength: "strong",
  firstBytes: anyOf("0"),
  parse,
  describe: (value) => ({ git: { ...value } }),
});
