import net from "node:net";
import type { Config } from "../config/config.ts";
import type { HarbingerError } from "../core/errors.ts";
import { formatPorts } from "../core/ports.ts";
import { bindErrors } from "../inbound/listen/bind-error.ts";
import { closeServers, openPlaces, placesOf } from "../inbound/listen/open-servers.ts";
import { openNativeSocket } from "../platform/native-socket.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** Ports opened together, so that a range does not take up every open file. */
const atOnce = 128;

/**
 * Opens each port of each listener for a moment, as a run would.
 * @param isRunning another process has the database: ports in use are probably its own
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
        yield { state: "ok", subject, finding: `${finding}, probably the harbinger that is running` };
      } else yield { state: "bad", subject, finding, ...(remedy === undefined ? {} : { remedy }) };
    }
  }
}

async function failuresOf(listener: Config["listeners"][number]): Promise<readonly HarbingerError[]> {
  // Whoever connects in this moment meets nobody.
  const create = () => net.createServer((socket) => socket.on("error", () => undefined).destroy());
  try {
    const all = await placesOf(listener);
    const failures = [];
    for (let from = 0; from < all.length; from += atOnce) {
      const opened = await openPlaces(all.slice(from, from + atOnce), { create, untilFailure: false });
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

/** Whether devices are looked for by ARP of our own. Without the right it goes on by other means, so nothing is bad. */
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
    yield { state: "ok", subject, finding: "by ARP and neighbour discovery of our own (CAP_NET_RAW)" };
    return;
  }
  const isRight = opened.kind === "refused" && (opened.code === "EPERM" || opened.code === "EACCES");
  const reason = opened.kind === "refused" ? opened.code : opened.reason;
  yield {
    state: "ok",
    subject,
    finding: `by the kernel's neighbour table, some seconds slower (${isRight ? "no CAP_NET_RAW" : reason})`,
    ...(isRight ? { remedy: "The drop-in raw.conf of the systemd unit allows ARP of our own." } : {}),
  };
}
