import { execFile } from "node:child_process";
import { endianness } from "node:os";
import { promisify } from "node:util";
import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { type NativeSocket, openNativeSocket } from "./native-socket.ts";
import { findProgram } from "./programs.ts";

/** The service manager's socket, from the side that writes to it. */
interface NotifySocket {
  /** Returns when the message was handed over. Rejects where it cannot be. */
  send(message: string): Promise<void>;
}

export type NotifySocketOutcome =
  | { readonly kind: "open"; readonly socket: NotifySocket }
  /** `reason`: why a socket in this process is not possible. */
  | { readonly kind: "by-program"; readonly socket: NotifySocket; readonly reason: string }
  | { readonly kind: "impossible"; readonly reason: string };

/** `sun_path` of unix(7), its NUL included. */
const pathBytes = 108;
const unixFamily = 1;
const datagram = 2;

/** Where the queue stays full for so long, the service manager does not read. */
const fullAtMostMs = 5000;
const fullPauseMs = 20;
const programMs = 10_000;

/**
 * Opens the way to `name`, which is what NOTIFY_SOCKET holds: a path, or `@` and the name of an abstract socket. Node has no datagram
 * sockets of this family: the C library does it where koffi is installed, else the program `systemd-notify`.
 */
export async function openNotifySocket(name: string, clock: Clock): Promise<NotifySocketOutcome> {
  const address = unixAddress(name);
  if (address === undefined) {
    return { kind: "impossible", reason: "NOTIFY_SOCKET is neither the path nor the abstract name of a socket" };
  }
  const native = await openNativeSocket({ family: unixFamily, type: datagram, protocol: 0 });
  if (native.kind === "open") {
    return { kind: "open", socket: overSocket(native.socket, address, clock) };
  }
  const reason = native.kind === "unsupported" ? native.reason : `a socket cannot be opened (${native.code})`;
  const program = findProgram("systemd-notify");
  if (program === undefined) {
    return { kind: "impossible", reason: `${reason}, and the program systemd-notify is not installed` };
  }
  return { kind: "by-program", socket: overProgram(program, name), reason };
}

/** A `struct sockaddr_un`; `undefined` where `name` is neither a path nor an abstract name, or too long. */
export function unixAddress(name: string): Uint8Array | undefined {
  const path = Buffer.from(name, "utf8");
  const isAbstract = name.startsWith("@");
  if ((!isAbstract && !name.startsWith("/")) || path.length < 2 || path.length >= pathBytes || path.includes(0)) {
    return undefined;
  }
  // A path ends with a NUL; an abstract name begins with one, and its length ends it.
  const address = new Uint8Array(2 + path.length + (isAbstract ? 0 : 1));
  address[endianness() === "LE" ? 0 : 1] = unixFamily;
  address.set(path, 2);
  if (isAbstract) address[2] = 0;
  return address;
}

function overSocket(socket: NativeSocket, address: Uint8Array, clock: Clock): NotifySocket {
  return {
    async send(message) {
      const bytes = Buffer.from(message, "utf8");
      const giveUpAt = clock.monotonic() + fullAtMostMs;
      for (;;) {
        const outcome = socket.send(bytes, address);
        if (outcome.kind === "sent") return;
        if (outcome.kind === "failed") throw new Error(outcome.code);
        if (clock.monotonic() >= giveUpAt) throw new Error("its queue is full");
        await clock.sleep(fullPauseMs);
      }
    },
  };
}

function overProgram(program: string, name: string): NotifySocket {
  return {
    async send(message) {
      // It reads the address from the environment, and needs no other variable.
      const options = { env: { NOTIFY_SOCKET: name }, timeout: programMs };
      try {
        await promisify(execFile)(program, message.split("\n"), options);
      } catch (error) {
        throw new Error(`systemd-notify: ${messageOf(error)}`, { cause: error });
      }
    },
  };
}
