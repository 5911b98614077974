import { messageOf } from "../core/errors.ts";

/**
 * Sockets of families that Node does not support (netlink, packet), through the C library. They never block: datagrams are read
 * in the event loop, and a send that would block returns `full`.
 */
export interface NativeSocket extends Disposable {
  /** @param to a socket address in the system's binary form. Default: the kernel or the connected peer. */
  send(bytes: Uint8Array, to?: Uint8Array): SendOutcome;
  /**
   * Passes each datagram that arrives, with the address of its sender; both are valid only during the call. From
   * then on the socket keeps the process alive until it is closed.
   */
  receive(take: (bytes: Uint8Array, from: Uint8Array) => void): void;
}

/** `full`: the queue of the interface or socket is full. */
export type SendOutcome =
  | { readonly kind: "sent" }
  | { readonly kind: "full" }
  | { readonly kind: "failed"; readonly code: string };

export interface NativeSocketOptions {
  readonly family: number;
  readonly type: number;
  /** In the byte order that `socket(2)` expects. */
  readonly protocol: number;
  /** A socket address to bind to. */
  readonly bind?: Uint8Array;
  /** A classic BPF program (`struct sock_filter`, 8 bytes an instruction): the kernel drops packets that it does not accept. */
  readonly filter?: Uint8Array;
  /** Size of the kernel's receive buffer in bytes. */
  readonly receiveBufferBytes?: number;
}

export type NativeSocketOutcome =
  | { readonly kind: "open"; readonly socket: NativeSocket }
  /** `code` is the system's error code: `EPERM` if the privilege is missing. */
  | { readonly kind: "refused"; readonly code: string }
  /** The C library cannot be called here, because of `reason`. */
  | { readonly kind: "unsupported"; readonly reason: string };

interface PollHandle {
  close(): void;
}

interface Libc {
  socket(family: number, type: number, protocol: number): number;
  bind(descriptor: number, address: Uint8Array, length: number): number;
  setsockopt(descriptor: number, level: number, option: number, value: Uint8Array, length: number): number;
  attachFilter(descriptor: number, level: number, option: number, program: object, length: number): number;
  sendto(
    descriptor: number,
    bytes: Uint8Array,
    length: number,
    flags: number,
    address: Uint8Array | null,
    addressLength: number,
  ): number;
  recvfrom(
    descriptor: number,
    bytes: Uint8Array,
    length: number,
    flags: number,
    address: Uint8Array,
    addressLength: Uint8Array,
  ): number;
  close(descriptor: number): number;
  interfaceIndex(name: string): number;
  errorCode(): string;
  poll(descriptor: number, onReadable: () => void): PollHandle;
}

const nonBlocking = 0o4000;
const closeOnExec = 0o2000000;
const dontWait = 0x40;
const noSignal = 0x4000;
const socketLevel = 1;
const receiveBufferOption = 8;
const attachFilterOption = 26;
const maxDatagramBytes = 65_536;
const addressBytes = 128;
/** Maximum datagrams read in one turn of the event loop, so that a flood does not block everything else. */
const datagramsPerTurn = 256;

let library: Promise<Libc | string> | undefined;

/** The C library, loaded at the first use; a string is the reason why it cannot be loaded. */
function libc(): Promise<Libc | string> {
  library ??= loadLibc();
  return library;
}

async function loadLibc(): Promise<Libc | string> {
  if (process.platform !== "linux") return "Linux only";
  try {
    const { default: koffi } = await import("koffi");
    const functions = koffi.load(null);
    const names = new Map(Object.entries(koffi.os.errno).map(([name, value]) => [value, name]));
    const program = koffi.struct({ length: "uint16_t", filter: "void *" });
    return {
      socket: functions.func("int socket(int, int, int)"),
      bind: functions.func("int bind(int, const void *, uint32_t)"),
      setsockopt: functions.func("int setsockopt(int, int, int, const void *, uint32_t)"),
      attachFilter: functions.func("setsockopt", "int", ["int", "int", "int", koffi.pointer(program), "uint32_t"]),
      sendto: functions.func("intptr_t sendto(int, const void *, size_t, int, const void *, uint32_t)"),
      recvfrom: functions.func("intptr_t recvfrom(int, void *, size_t, int, void *, void *)"),
      close: functions.func("int close(int)"),
      interfaceIndex: functions.func("uint32_t if_nametoindex(const char *)"),
      errorCode: () => names.get(koffi.errno()) ?? `error ${koffi.errno()}`,
      poll: (descriptor, onReadable) => koffi.node.poll(descriptor, { readable: true }, onReadable),
    };
  } catch (error) {
    return `the optional package koffi cannot be loaded: ${messageOf(error).split("\n", 1)[0] ?? ""}`;
  }
}

/** Why the C library cannot be called here; `undefined` if it can. */
export async function whyNoNativeCalls(): Promise<string | undefined> {
  const functions = await libc();
  return typeof functions === "string" ? functions : undefined;
}

/** The kernel's index of an interface; `undefined` if there is no interface of this name, or no C library. */
export async function interfaceIndex(name: string): Promise<number | undefined> {
  const functions = await libc();
  if (typeof functions === "string") return undefined;
  return functions.interfaceIndex(name) || undefined;
}

/** Opens a socket for Linux. Expected failure is a value. */
export async function openNativeSocket(options: NativeSocketOptions): Promise<NativeSocketOutcome> {
  const functions = await libc();
  if (typeof functions === "string") return { kind: "unsupported", reason: functions };
  const descriptor = functions.socket(options.family, options.type | nonBlocking | closeOnExec, options.protocol);
  if (descriptor < 0) return { kind: "refused", code: functions.errorCode() };
  const refusal = prepare(functions, descriptor, options);
  if (refusal === undefined) return { kind: "open", socket: new LibcSocket(functions, descriptor) };
  functions.close(descriptor);
  return { kind: "refused", code: refusal };
}

/** @returns the system's error code if something failed */
function prepare(functions: Libc, descriptor: number, options: NativeSocketOptions): string | undefined {
  const { bind, filter, receiveBufferBytes } = options;
  if (filter !== undefined) {
    const program = { length: filter.length / 8, filter };
    const length = process.arch.endsWith("64") || process.arch === "s390x" ? 16 : 8;
    if (functions.attachFilter(descriptor, socketLevel, attachFilterOption, program, length) < 0)
      return functions.errorCode();
  }
  if (receiveBufferBytes !== undefined) {
    // The system may grant less. A flood then loses answers sooner, which is not a failure.
    functions.setsockopt(descriptor, socketLevel, receiveBufferOption, int32(receiveBufferBytes), 4);
  }
  if (bind !== undefined && functions.bind(descriptor, bind, bind.length) < 0) return functions.errorCode();
  return undefined;
}

function int32(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}

class LibcSocket implements NativeSocket {
  readonly #libc: Libc;
  readonly #descriptor: number;
  #poll: PollHandle | undefined;
  #closed = false;

  constructor(functions: Libc, descriptor: number) {
    this.#libc = functions;
    this.#descriptor = descriptor;
  }

  send(bytes: Uint8Array, to?: Uint8Array): SendOutcome {
    if (this.#closed) return { kind: "failed", code: "EBADF" };
    const flags = dontWait | noSignal;
    if (this.#libc.sendto(this.#descriptor, bytes, bytes.length, flags, to ?? null, to?.length ?? 0) >= 0)
      return { kind: "sent" };
    const code = this.#libc.errorCode();
    return code === "EAGAIN" || code === "ENOBUFS" ? { kind: "full" } : { kind: "failed", code };
  }

  receive(take: (bytes: Uint8Array, from: Uint8Array) => void): void {
    if (this.#closed || this.#poll !== undefined) return;
    const buffer = new Uint8Array(maxDatagramBytes);
    const from = new Uint8Array(addressBytes);
    this.#poll = this.#libc.poll(this.#descriptor, () => {
      for (let count = 0; count < datagramsPerTurn && !this.#closed; count++) {
        const fromLength = int32(addressBytes);
        const length = this.#libc.recvfrom(this.#descriptor, buffer, buffer.length, dontWait, from, fromLength);
        if (length < 0) return;
        const fromBytes = new Int32Array(fromLength.buffer)[0] ?? 0;
        take(buffer.subarray(0, length), from.subarray(0, Math.max(0, Math.min(fromBytes, addressBytes))));
      }
    });
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#poll?.close();
    this.#libc.close(this.#descriptor);
  }
}
