import type { Log } from "../core/log.ts";
import { Stopped } from "../core/stopped.ts";
import type { ServiceManager } from "../platform/service-manager.ts";
import { onShutdownSignals } from "../platform/shutdown-signals.ts";

/** A graceful shutdown that takes longer than this is hanging. */
const shutdownLimitMs = 30_000;

export interface GracefulShutdownOptions {
  readonly log: Log;
  readonly serviceManager: ServiceManager;
  /** Called for SIGHUP where no terminal is attached. */
  readonly reload: () => void;
}

/**
 * The shutdown of a program that keeps running: the first signal aborts `signal`; a second one, or a shutdown that takes too long,
 * ends the process.
 */
export function gracefulShutdown(options: GracefulShutdownOptions): { readonly signal: AbortSignal } & Disposable {
  const { log, serviceManager, reload } = options;
  const stop = new AbortController();
  const signals = onShutdownSignals({
    first: (signal) => {
      log.info(`${signal}: shutting down; repeat to force quit`);
      serviceManager.stopping(shutdownLimitMs);
      stop.abort(new Stopped(`stopped by the shutdown of harbinger (${signal})`));
      setTimeout(() => {
        log.error(
          "graceful shutdown timed out; exiting now. Nothing is lost: the next start continues the remaining work",
        );
        process.exit(1);
      }, shutdownLimitMs).unref();
    },
    second: () => process.exit(1),
    reload,
  });
  return { signal: stop.signal, [Symbol.dispose]: () => signals[Symbol.dispose]() };
}
