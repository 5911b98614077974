import type { Address } from "../../../core/address.ts";
import type { Clock } from "../../../core/clock.ts";
import { messageOf, systemCode } from "../../../core/errors.ts";
import type { Log } from "../../../core/log.ts";
import { BoundedConcurrency } from "../bounded-concurrency.ts";
import { ExpiringCache } from "../expiring-cache.ts";
import { isPublicAddress } from "../public-address.ts";
import { type IpApiAnswer, parseIpApiAnswer, requestedFields } from "./answer.ts";
import { boundedBody } from "./bounded-body.ts";
import { RequestBudget } from "./request-budget.ts";

const parallelRequests = 8;
const waitingRequests = 256;
/** Real answers have about 300 bytes. */
const maxAnswerBytes = 16 * 1024;

const minute = 60_000;
const timeToLiveMs = { answered: 24 * 60 * minute, failed: minute };

export interface IpApiOptions {
  /** `http://ip-api.com/json/`; the address is appended to its path. It may contain a key: never log it. */
  readonly endpoint: string;
  readonly budgetPerMinute: number;
  /** Default: 3 seconds. */
  readonly timeoutMs?: number;
  readonly cacheSize: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Places from an Internet service, off by default: it sends each address to that service, over plain HTTP unless
 * `endpoint` is HTTPS. Addresses that are not public are never sent.
 */
export class IpApi {
  readonly #options: IpApiOptions;
  readonly #budget: RequestBudget;
  readonly #cache: ExpiringCache<Address, IpApiAnswer>;
  readonly #concurrency = new BoundedConcurrency({ parallel: parallelRequests, queue: waitingRequests });
  readonly #stopping = new AbortController();
  #failureLogged = false;

  constructor(options: IpApiOptions) {
    this.#options = options;
    this.#budget = new RequestBudget(options.budgetPerMinute, options.clock);
    this.#cache = new ExpiringCache(options.cacheSize, options.clock);
  }

  /** Never rejects; `{}` where the service has no data, does not answer, or the budget is used up. */
  async find(address: Address): Promise<IpApiAnswer> {
    if (!isPublicAddress(address)) return {};
    return this.#cache.get(address) ?? (await this.#concurrency.run(() => this.#ask(address))) ?? {};
  }

  /** Aborts all requests; later calls of `find` use only the cache. */
  stop(): void {
    this.#stopping.abort();
  }

  async #ask(address: Address): Promise<IpApiAnswer> {
    if (this.#stopping.signal.aborted || !this.#budget.take()) return {};
    const { clock, timeoutMs = 3000 } = this.#options;
    const finished = new AbortController();
    const timeLimit = new AbortController();
    const timer = clock.sleep(timeoutMs, finished.signal).then(() => timeLimit.abort());
    try {
      const signal = AbortSignal.any([timeLimit.signal, this.#stopping.signal]);
      const answer = await this.#request(address, signal);
      this.#cache.set(address, answer, timeToLiveMs.answered);
      this.#failureLogged = false;
      return answer;
    } catch (error) {
      if (this.#stopping.signal.aborted) return {};
      this.#fail(timeLimit.signal.aborted ? "it did not answer in time" : reasonOf(error));
      this.#cache.set(address, {}, timeToLiveMs.failed);
      return {};
    } finally {
      finished.abort();
      await timer;
    }
  }

  /** @throws any error where there is no usable answer */
  async #request(address: Address, signal: AbortSignal): Promise<IpApiAnswer> {
    const response = await fetch(this.#urlOf(address), {
      signal,
      redirect: "error",
      headers: { accept: "application/json", "user-agent": "harbinger" },
    });
    this.#applyRateLimit(response);
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`it answered with HTTP status ${response.status}`);
    }
    const body = await boundedBody(response, maxAnswerBytes);
    const answer = body === undefined ? undefined : parseIpApiAnswer(body);
    if (answer === undefined) throw new Error("its answer is not valid");
    return answer;
  }

  #urlOf(address: Address): URL {
    const url = new URL(this.#options.endpoint);
    url.pathname = `${url.pathname.replace(/\/$/, "")}/${address}`;
    if (!url.searchParams.has("fields")) url.searchParams.set("fields", requestedFields);
    return url;
  }

  /** Reads the rate limit: `X-Rl` requests are left for the next `X-Ttl` seconds; none after status 429. */
  #applyRateLimit(response: Response): void {
    const { headers, status } = response;
    const waitSeconds = wholeNumber(headers.get("x-ttl")) ?? wholeNumber(headers.get("retry-after")) ?? 60;
    const left = status === 429 ? 0 : wholeNumber(headers.get("x-rl"));
    if (left !== undefined) this.#budget.allow(left, waitSeconds * 1000);
  }

  #fail(problem: string): void {
    if (this.#failureLogged) return;
    this.#failureLogged = true;
    this.#options.log.warn("ip-api is not available; using only the local databases", { problem });
  }
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
}

/** `fetch` wraps the system's error in its own "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return systemCode(cause) ?? messageOf(cause);
}
