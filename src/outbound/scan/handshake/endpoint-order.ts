import { Permutation } from "./permutation.ts";

/** One of `count` parts of a scan; together they are the whole, and no endpoint is in two. */
export interface Shard {
  /** 0 to `count - 1`. */
  readonly index: number;
  readonly count: number;
}

export interface EndpointOrderOptions {
  readonly hosts: number;
  readonly ports: number;
  readonly seed: number;
  readonly shard: Shard;
  /** Steps of this shard to skip: {@link EndpointOrder.position} at the end of an earlier scan. */
  readonly from: number;
}

/**
 * The order in which a scan visits its endpoints. An endpoint is a number: `port index * hosts + host index`. Same seed,
 * same order, so a scan can be split into shards and resumed where it ended.
 */
export class EndpointOrder {
  readonly #permutation: Permutation;
  readonly #shard: Shard;
  readonly steps: number;
  #position: number;

  constructor(options: EndpointOrderOptions) {
    this.#permutation = new Permutation(options.hosts * options.ports, options.seed);
    this.#shard = options.shard;
    this.steps = Math.max(0, Math.ceil((this.#permutation.size - options.shard.index) / options.shard.count));
    this.#position = Math.min(options.from, this.steps);
  }

  /** Steps taken, those skipped included. */
  get position(): number {
    return this.#position;
  }

  /** Endpoints of all shards. */
  get size(): number {
    return this.#permutation.size;
  }

  get isFinished(): boolean {
    return this.#position >= this.steps;
  }

  /** The next endpoint, or -1 at the end. */
  next(): number {
    if (this.#position >= this.steps) return -1;
    const endpoint = this.at(this.#position);
    this.#position += 1;
    return endpoint;
  }

  /** The step at which this shard visits `endpoint`; not an integer for an endpoint of another shard. */
  stepOf(endpoint: number): number {
    return (this.#permutation.positionOf(endpoint) - this.#shard.index) / this.#shard.count;
  }

  /** The endpoint of one step of this shard. */
  at(step: number): number {
    return this.#permutation.at(this.#shard.index + step * this.#shard.count);
  }
}
