import v8 from "node:v8";
import vm from "node:vm";

/**
 * Gives the memory that this thread does not use any more back to the system. V8 does so by itself, a minute or two after a
 * load has ended, and keeps room for the next one; after a scan the next one is far away. It stops this thread for some
 * 50 ms.
 */
export function collectGarbage(): void {
  v8.setFlagsFromString("--expose-gc");
  const collect: unknown = vm.runInNewContext("gc");
  // The last resort also drops compiled code that was not used lately.
  if (typeof collect === "function") collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
