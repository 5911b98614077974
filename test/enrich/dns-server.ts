import dgram from "node:dgram";
import { once } from "node:events";

/** A name as its labels, or text with dots between them; `address` and `bytes` are data as they are. */
type DnsRecord =
  | { readonly name: string | readonly Buffer[] }
  | { readonly address: readonly number[] }
  | { readonly bytes: Buffer };

/** The answer; `silence` sends none. */
export type DnsReply =
  | { readonly kind: "records"; readonly records: readonly DnsRecord[] }
  | { readonly kind: "code"; readonly code: number }
  | { readonly kind: "raw"; readonly bytes: Buffer }
  | { readonly kind: "silence" };

export interface DnsQuestion {
  readonly name: string;
  readonly type: "A" | "AAAA" | "PTR" | "other";
}

export const names = (...of: string[]): DnsReply => ({ kind: "records", records: of.map((name) => ({ name })) });
export const address = (...bytes: number[]): DnsReply => ({ kind: "records", records: [{ address: bytes }] });
export const noSuchName: DnsReply = { kind: "code", code: 3 };
export const serverFailure: DnsReply = { kind: "code", code: 2 };
export const silence: DnsReply = { kind: "silence" };

/** A DNS server on loopback (UDP, RFC 1035), which keeps its queries. */
export class DnsServer implements AsyncDisposable {
  readonly questions: DnsQuestion[] = [];
  readonly #socket = dgram.createSocket("udp4");
  readonly #waiting: { readonly count: number; readonly wake: () => void }[] = [];
  answer: (question: DnsQuestion) => DnsReply | Promise<DnsReply>;

  private constructor(answer: (question: DnsQuestion) => DnsReply | Promise<DnsReply>) {
    this.answer = answer;
  }

  static async start(answer: (question: DnsQuestion) => DnsReply | Promise<DnsReply>): Promise<DnsServer> {
    const server = new DnsServer(answer);
    server.#socket.on("message", (message, from) => void server.#reply(message, from));
    server.#socket.bind(0, "127.0.0.1");
    await once(server.#socket, "listening");
    return server;
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  /** Resolves when `count` queries have arrived. */
  asked(count: number): Promise<void> {
    if (this.questions.length >= count) return Promise.resolve();
    return new Promise((wake) => this.#waiting.push({ count, wake }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await once(this.#socket, "close");
  }

  async #reply(message: Buffer, from: dgram.RemoteInfo): Promise<void> {
    const { question, end } = readQuestion(message);
    this.questions.push(question);
    for (const { count, wake } of this.#waiting) if (this.questions.length >= count) wake();
    const reply = await this.answer(question);
    if (reply.kind === "silence") return;
    const bytes =
      reply.kind === "raw" ? Buffer.concat([message.subarray(0, 2), reply.bytes]) : packet(message, end, reply);
    // The socket may be closed by now.
    this.#socket.send(bytes, from.port, from.address, () => undefined);
  }
}

function readQuestion(message: Buffer): { readonly question: DnsQuestion; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let size = message[at] ?? 0; size > 0; size = message[at] ?? 0) {
    labels.push(message.toString("latin1", at + 1, at + 1 + size));
    at += 1 + size;
  }
  const type = ({ 1: "A", 12: "PTR", 28: "AAAA" } as const)[message.readUInt16BE(at + 1)] ?? "other";
  return { question: { name: labels.join("."), type }, end: at + 5 };
}

function packet(query: Buffer, end: number, reply: DnsReply): Buffer {
  const records = reply.kind === "records" ? reply.records : [];
  const code = reply.kind === "code" ? reply.code : 0;
  const header = Buffer.from([0, 0, 0x81, 0x80 | code, 0, 1, 0, records.length, 0, 0, 0, 0]);
  query.copy(header, 0, 0, 2);
  const answers = records.map((record) => {
    const data = dataOf(record);
    const fixed = Buffer.from([0xc0, 12, 0, 0, 0, 1, 0, 0, 0, 60, data.length >> 8, data.length & 255]);
    // The type is that of the question.
    query.copy(fixed, 2, end - 4, end - 2);
    return Buffer.concat([fixed, data]);
  });
  return Buffer.concat([header, query.subarray(12, end), ...answers]);
}

function dataOf(record: DnsRecord): Buffer {
  if ("address" in record) return Buffer.from(record.address);
  if ("bytes" in record) return record.bytes;
  const labels =
    typeof record.name === "string" ? record.name.split(".").map((label) => Buffer.from(label)) : record.name;
  return Buffer.concat([...labels.flatMap((label) => [Buffer.from([label.length]), label]), Buffer.from([0])]);
}
