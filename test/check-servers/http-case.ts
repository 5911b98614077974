/** For each HTTP entry of the catalogue: the documented answer of an open service, and that of one which is not. */
export interface HttpCase {
  readonly title?: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Only this path answers so; all others are not found. Default: the path of the entry's first question. */
  readonly path?: string;
  /** What other paths answer. */
  readonly others?: Readonly<Record<string, Pick<HttpCase, "status" | "headers" | "body">>>;
  readonly version?: string;
}

export interface HttpCases {
  readonly exposed: readonly HttpCase[];
  readonly protected: readonly HttpCase[];
  readonly inconclusive?: readonly HttpCase[];
}
