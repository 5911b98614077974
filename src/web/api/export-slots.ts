/** Exports at once: each reads the database for minutes. */
const maxExports = 6;
/** Of one user or token, from however many addresses and connections. */
const maxPerAccount = 2;
/** Of one address, whoever is logged in there: a proxy that is not trusted, or a container, has one for all its clients. */
const maxPerAddress = 4;

export interface ExportClient {
  /** Of the user or token; empty where nobody has to log in: the address counts as one then. */
  readonly account: string;
  readonly address: string;
}

/** Limits how many exports of a server run at the same time, whichever lists they are of; one client leaves some for the others. */
export class ExportSlots {
  readonly #taken = new Set<ExportClient & Disposable>();

  /** Disposing it lets another export begin. `own`: the client has too many; `all`: all clients together have. */
  take(client: ExportClient): Disposable | "own" | "all" {
    const { account, address } = client;
    const ofAddress = this.#count((each) => each.address === address);
    const ofAccount = account === "" ? ofAddress : this.#count((each) => each.account === account);
    if (ofAccount >= maxPerAccount || ofAddress >= maxPerAddress) return "own";
    if (this.#taken.size >= maxExports) return "all";
    const slot = { account, address, [Symbol.dispose]: () => void this.#taken.delete(slot) };
    this.#taken.add(slot);
    return slot;
  }

  #count(isOf: (client: ExportClient) => boolean): number {
    return [...this.#taken].filter(isOf).length;
  }
}
