import os from "node:os";
import { interfaceIndex } from "./native-socket.ts";

/** Names of this machine's interfaces by their index in the kernel; only interfaces with an address. */
export async function interfaceNames(): Promise<(index: number) => string | undefined> {
  const names = new Map<number, string>();
  for (const label of labels()) {
    const name = interfaceOfLabel(label);
    const index = await interfaceIndex(name);
    if (index !== undefined) names.set(index, name);
  }
  return (index) => names.get(index);
}

function labels(): readonly string[] {
  try {
    return Object.keys(os.networkInterfaces());
  } catch {
    // Fails if no descriptor is free.
    return [];
  }
}

/** Linux gives a second IPv4 address a label of its own: `eth0:1` is the interface `eth0`. */
export function interfaceOfLabel(label: string): string {
  return process.platform === "linux" ? (label.split(":", 1)[0] ?? label) : label;
}
