import type { Endpoint } from "../../../core/connection.ts";
import { EndpointList } from "./endpoint-list.ts";

/** Different reasons that are counted separately; the system has few error codes. */
const maxReasons = 16;

/** Endpoints that could not be probed, in a list for each reason. A reason follows "because" in a text. */
export class EndpointsByReason {
  readonly #lists = new Map<string, EndpointList>();

  add(endpoint: Endpoint, reason: string): void {
    const key = this.#lists.has(reason) || this.#lists.size < maxReasons ? reason : "of other reasons";
    const list = this.#lists.get(key) ?? new EndpointList();
    list.add(endpoint);
    this.#lists.set(key, list);
  }

  /** In the order in which the reasons first occurred. */
  map<Value>(of: (reason: string, list: EndpointList) => Value): Value[] {
    return [...this.#lists].map(([reason, list]) => of(reason, list));
  }
}
