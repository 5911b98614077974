import v8 from "node:v8";
import vm from "node:vm";

/**
 * Returns memory that this thread no longer uses to the system. V8 does so itself, but only a minute or two after the load has
 * ended, and it keeps room for the next load; after a scan that is far away. It stops this thread for about 50 ms.
 */
export function collectGarbage(): void {
  v8.setFlagsFromString("--expose-gc");
  const collect: unknown = vm.runInNewContext("gc");
  // `last-resort` also drops compiled code that was not used recently.
  if (typeof collect === "function") collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
