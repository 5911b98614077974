/**
 * Reloads, one after the other. What asks while one runs gets the next one, which reads the configuration anew; however many
 * ask meanwhile, that is one.
 */
export class ReloadRequests<Outcome> {
  #reload: (() => Promise<Outcome>) | undefined;
  #next: PromiseWithResolvers<Outcome> | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;

  /** Before `serve` it waits; after `stop` it is never answered. `reload` never rejects. */
  request(): Promise<Outcome> {
    this.#next ??= Promise.withResolvers();
    const { promise } = this.#next;
    this.#begin();
    return promise;
  }

  /** From now on requests are served, those that wait first. */
  serve(reload: () => Promise<Outcome>): void {
    this.#reload = reload;
    this.#begin();
  }

  /** No more; resolves when the one that runs is over. */
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
    // In the same turn as the last look: nobody asks in between.
    this.#running = undefined;
  }
}
