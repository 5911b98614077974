// Loaded before a program (NODE_OPTIONS=--import=...): SIGUSR2 then ends the thread that writes the database, as a memory shortage does.
import { syncBuiltinESMExports } from "node:module";
import threads from "node:worker_threads";

if (threads.isMainThread) {
  threads.Worker = class extends threads.Worker {
    constructor(file, options) {
      super(file, options);
      if (options?.workerData?.role === "all") process.on("SIGUSR2", () => void this.terminate());
    }
  };
  syncBuiltinESMExports();
}
