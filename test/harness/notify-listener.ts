import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** One message of a program to its service manager, and the process that sent it. */
export interface Notification {
  readonly pid: number;
  readonly fields: Readonly<Record<string, string>>;
}

export interface NotifyListener extends AsyncDisposable {
  /** For NOTIFY_SOCKET. */
  readonly name: string;
  readonly received: readonly Notification[];
  /** The first message that `fits`, from number `from` on. Rejects when the listener ends. */
  next(fits: (notification: Notification) => boolean, from?: number): Promise<Notification>;
}

/** Binds the socket as systemd does, with the sender's credentials from the kernel. Prints messages as lines of JSON. */
const program = `
import array, json, socket, struct, sys
name = sys.argv[1]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
listener.bind("\\0" + name[1:] if name.startswith("@") else name)
print("bound", flush=True)
while True:
    data, controls, flags, sender = listener.recvmsg(65536, socket.CMSG_SPACE(12))
    pid, uid, gid = struct.unpack("3i", controls[0][2])
    fields = dict(line.split("=", 1) for line in data.decode().split("\\n") if line)
    print(json.dumps({"pid": pid, "fields": fields}), flush=True)
`;

/** Receives the messages to systemd. @param name a path, or `@` and an abstract name */
export async function notifyListener(name: string): Promise<NotifyListener> {
  const child = spawn("python3", ["-c", program, name], { stdio: ["ignore", "pipe", "inherit"] });
  const received: Notification[] = [];
  const waiting = new Set<() => void>();
  const lines = createInterface({ input: child.stdout });
  await once(lines, "line");
  lines.on("line", (line) => {
    received.push(JSON.parse(line));
    for (const look of waiting) look();
  });
  return {
    name,
    received,
    next(fits, from = 0) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = received.slice(from).find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          child.off("exit", ended);
          resolve(found);
        };
        const ended = () => reject(new Error(`the listener ended; it had received ${JSON.stringify(received)}`));
        child.once("exit", ended);
        waiting.add(look);
        look();
      });
    },
    async [Symbol.asyncDispose]() {
      await end(child);
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
