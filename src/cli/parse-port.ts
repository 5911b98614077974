import { HarbingerError } from "../core/errors.ts";
import { isPort, type Port } from "../core/ports.ts";

/** One TCP port given on the command line. */
export function parsePort(text: string): Port {
  const port = Number(text);
  if (!isPort(port)) throw new HarbingerError("usage", `not a port: ${text}; a port is a number from 1 to 65535`);
  return port;
}
