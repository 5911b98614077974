import net from "node:net";
import type { Config } from "../config/config.ts";
import type { Diagnosis } from "../core/diagnosis.ts";
import type { HarbingerError } from "../core/errors.ts";
import { formatPorts } from "../core/ports.ts";
import { bindErrors } from "../inbound/listen/bind-error.ts";
import { closeServers, openPlaces, placesOf } from "../inbound/listen/open-servers.ts";
import { openNativeSocket } from "../platform/native-socket.ts";

/** Ports opened at once, so that a range does not use up all open files. */
const portsPerStep = 128;

/**
 * Opens each port of each listener for a moment, like a run does.
 * @param isRunning another process uses the database: ports in use are probably its own
 */
export async function* examineListeners(
  { listeners }: Pick<Config, "listeners">,
  isRunning: boolean,
): AsyncGenerator<Diagnosis> {
  for (const listener of listeners) {
    const subject = `listener ${listener.name}`;
    const errors = await failuresOf(listener);
    if (errors.length === 0) {
      const ports = listener.ports.length === 1 ? "port" : "ports";
      yield { state: "ok", subject, finding: `${ports} ${formatPorts(listener.ports)} can be opened` };
    }
    for (const error of errors) {
      const { message: finding, remedy } = error;
      if (isRunning && error.code === "address-in-use") {
        yield { state: "ok", subject, finding: `${finding}; it is probably the running harbinger` };
      } else yield { state: "bad", subject, finding, remedy };
    }
  }
}

async function failuresOf(listener: Config["listeners"][number]): Promise<readonly HarbingerError[]> {
  // Connections during the test are closed at once.
  const create = () => net.createServer((socket) => socket.on("error", () => undefined).destroy());
  try {
    const all = await placesOf(listener);
    const failures = [];
    for (let from = 0; from < all.length; from += portsPerStep) {
      const opened = await openPlaces(all.slice(from, from + portsPerStep), { create, untilFailure: false });
      await closeServers(opened.servers);
      failures.push(...opened.failures);
    }
    return bindErrors(failures);
  } catch (error) {
    return bindErrors([{ host: "::", port: listener.ports[0] ?? 0, error }]);
  }
}

const packetFamily = 17;
const datagramType = 2;

/** Whether the survey can send its own ARP requests. Without the privilege it has another method, so the result is never bad. */
export async function* examineDevices({ watches, devices }: Config): AsyncGenerator<Diagnosis> {
  if (!watches.some((watch) => watch.devices === true)) return;
  const subject = "devices";
  if (devices.arp === false) {
    yield { state: "ok", subject, finding: "by the kernel's neighbour table (devices.arp is false)" };
    return;
  }
  const opened = await openNativeSocket({ family: packetFamily, type: datagramType, protocol: 0 });
  if (opened.kind === "open") {
    opened.socket[Symbol.dispose]();
    yield { state: "ok", subject, finding: "by own ARP and neighbour discovery packets (CAP_NET_RAW)" };
    return;
  }
  const isRight = opened.kind === "refused" && (opened.code === "EPERM" || opened.code === "EACCES");
  const reason = opened.kind === "refused" ? opened.code : opened.reason;
  yield {
    state: "ok",
    subject,
    finding: `by the kernel's neighbour table, a few seconds slower (${isRight ? "no CAP_NET_RAW" : reason})`,
    remedy: isRight ? "To send ARP packets, install the drop-in raw.conf of the systemd unit." : undefined,
  };
}
