/**
 * Runs reloads one after the other. Requests that arrive during a reload share the next one, which reads the configuration
 * again.
 */
export class ReloadRequests<Outcome> {
  #reload: (() => Promise<Outcome>) | undefined;
  #next: PromiseWithResolvers<Outcome> | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;

  /** Before `serve` a request waits; after `stop` it never resolves. Never rejects. */
  request(): Promise<Outcome> {
    this.#next ??= Promise.withResolvers();
    const { promise } = this.#next;
    this.#begin();
    return promise;
  }

  /** Starts serving requests, waiting ones first. */
  serve(reload: () => Promise<Outcome>): void {
    this.#reload = reload;
    this.#begin();
  }

  /** Stops; resolves when the current reload has finished. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  #begin(): void {
    if (this.#running !== undefined || this.#reload === undefined || this.#next === undefined || this.#isStopped)
      return;
    this.#running = this.#serveAll(this.#reload);
  }

  async #serveAll(reload: () => Promise<Outcome>): Promise<void> {
    while (this.#next !== undefined && !this.#isStopped) {
      const { resolve } = this.#next;
      this.#next = undefined;
      resolve(await reload());
    }
    // In the same turn as the last check, so no request can arrive in between.
    this.#running = undefined;
  }
}
