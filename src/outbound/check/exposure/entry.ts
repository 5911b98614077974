import type { Verdict } from "../../../core/check.ts";
import type { HttpRequest } from "../../probe/http-exchange.ts";
import type { ProtocolModule } from "../service/protocol-module.ts";

/** One service of the catalogue: its requests, and what proves a verdict. */
export type CatalogueEntry = ProtocolEntry | HttpEntry;

export interface ProtocolEntry {
  readonly kind: "protocol";
  readonly name: string;
  readonly title: string;
  readonly ports: readonly number[];
  readonly proves: Verdict;
  readonly module: ProtocolModule;
}

/**
 * A service whose exposure a few HTTP requests show. `exposed` needs all of a proof: a status alone proves nothing, and
 * a login page is not exposure. 401 and 403, and a redirect to a login, are `protected` without being listed.
 */
export interface HttpEntry {
  readonly kind: "http";
  readonly name: string;
  readonly title: string;
  readonly ports: readonly number[];
  /** TLS from the first byte: `either` (the default) tries plain HTTP first. */
  readonly tls?: "always" | "either";
  readonly proves: "exposed";
  /** Requested one after the other until one proves exposure: one part of a service may be protected and another not. */
  readonly requests: readonly EntryRequest[];
}

export interface EntryRequest extends HttpRequest {
  readonly exposed: HttpProof;
  /**
   * Signs of the product. Where they are given, an answer without any of them proves nothing, not even by a login page, which
   * any product may have.
   */
  readonly isProduct?: readonly HttpProof[];
  /** Proves that the service requires authentication, where neither status nor redirect shows it. */
  readonly isProtected?: HttpProof;
  readonly version?: VersionSource;
  /** What the answer means: `lists its databases`. */
  readonly shows: string;
}

/** All given conditions have to be true. */
export interface HttpProof {
  /** Default 200. `any`: the status does not matter. */
  readonly status?: number | "any";
  /** Paths of JSON fields that exist: `version.number`, `0.id`; "" is the whole, which is an array or an object. */
  readonly json?: readonly string[];
  /** Patterns that are all found in the body, each in linear time, because the body is untrusted. */
  readonly body?: RegExp | readonly RegExp[];
  /** Is not found in the body. */
  readonly without?: RegExp;
  readonly header?: readonly [name: string, value: RegExp];
}

export type VersionSource =
  | { readonly json: string }
  | { readonly body: RegExp }
  | { readonly header: readonly [name: string, value: RegExp] };
