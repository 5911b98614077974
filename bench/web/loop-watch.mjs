// Loaded into the measured program: answers each connection to its socket with how long the event loop was blocked since the
// one before.
import { unlinkSync } from "node:fs";
import net from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

const place = process.env.HARBINGER_BENCH_LOOP;
// The launcher is the same process before it replaces itself: only what opens the port last answers.
if (isMainThread && place !== undefined) {
  const resolutionMs = 2;
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  let used = threadMs();
  let maxCpuMs = 0;
  // A turn runs it once at most, so what was used since the last time was used in one turn, or in several short ones.
  setInterval(() => {
    const now = threadMs();
    maxCpuMs = Math.max(maxCpuMs, now - used);
    used = now;
  }, resolutionMs).unref();
  const server = net.createServer((socket) => {
    socket.end(JSON.stringify({ maxMs: Math.max(0, delays.max / 1e6 - resolutionMs), maxCpuMs }));
    delays.reset();
    maxCpuMs = 0;
  });
  try {
    unlinkSync(place);
  } catch {
    // Not there yet.
  }
  server.on("error", () => {});
  server.listen(place);
  server.unref();
}

/** Processor time of this thread. */
function threadMs() {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
