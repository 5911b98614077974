import { execFile } from "node:child_process";
import { endianness } from "node:os";
import { promisify } from "node:util";
import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { type NativeSocket, openNativeSocket } from "./native-socket.ts";
import { findProgram } from "./programs.ts";

/** The writing end of the service manager's socket. */
interface NotifySocket {
  /** Resolves when the message was sent. Rejects if it cannot be sent. */
  send(message: string): Promise<void>;
}

export type NotifySocketOutcome =
  | { readonly kind: "open"; readonly socket: NotifySocket }
  /** `reason`: why this process cannot open a socket. */
  | { readonly kind: "by-program"; readonly socket: NotifySocket; readonly reason: string }
  | { readonly kind: "unavailable"; readonly reason: string };

/** `sun_path` of unix(7), including its NUL. */
const pathBytes = 108;
const unixFamily = 1;
const datagram = 2;

/** If the queue stays full for this long, the service manager does not read it. */
const maxFullMs = 5000;
const fullPauseMs = 20;
const programMs = 10_000;

/**
 * Opens the socket `name`, the value of NOTIFY_SOCKET: a path, or `@` and the name of an abstract socket. Node has no datagram
 * sockets of this family, so this uses the C library if koffi is installed, and otherwise the program `systemd-notify`.
 */
export async function openNotifySocket(name: string, clock: Clock): Promise<NotifySocketOutcome> {
  const address = unixAddress(name);
  if (address === undefined) {
    return { kind: "unavailable", reason: "NOTIFY_SOCKET is neither the path nor the abstract name of a socket" };
  }
  const native = await openNativeSocket({ family: unixFamily, type: datagram, protocol: 0 });
  if (native.kind === "open") {
    return { kind: "open", socket: socketOf(native.socket, address, clock) };
  }
  const reason = native.kind === "unsupported" ? native.reason : `a socket cannot be opened (${native.code})`;
  const program = findProgram("systemd-notify");
  if (program === undefined) {
    return { kind: "unavailable", reason: `${reason}, and the program systemd-notify is not installed` };
  }
  return { kind: "by-program", socket: programSocket(program, name), reason };
}

/** A `struct sockaddr_un`; `undefined` if `name` is neither a path nor an abstract name, or is too long. */
export function unixAddress(name: string): Uint8Array | undefined {
  const path = Buffer.from(name, "utf8");
  const isAbstract = name.startsWith("@");
  if ((!isAbstract && !name.startsWith("/")) || path.length < 2 || path.length >= pathBytes || path.includes(0)) {
    return undefined;
  }
  // A path ends with a NUL; an abstract name begins with a NUL and ends at its length.
  const address = new Uint8Array(2 + path.length + (isAbstract ? 0 : 1));
  address[endianness() === "LE" ? 0 : 1] = unixFamily;
  address.set(path, 2);
  if (isAbstract) address[2] = 0;
  return address;
}

function socketOf(socket: NativeSocket, address: Uint8Array, clock: Clock): NotifySocket {
  return {
    async send(message) {
      const bytes = Buffer.from(message, "utf8");
      const giveUpAt = clock.monotonic() + maxFullMs;
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

function programSocket(program: string, name: string): NotifySocket {
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
