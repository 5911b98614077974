/** For each HTTP entry of the catalogue: the documented answer of an open service, and of one that is not open. */
export interface HttpCase {
  readonly title?: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The path with this answer; all others are not found. Default: the path of the entry's first request. */
  readonly path?: string;
  /** The answers of other paths. */
  readonly others?: Readonly<Record<string, Pick<HttpCase, "status" | "headers" | "body">>>;
  readonly version?: string;
}

export interface HttpCases {
  readonly exposed: readonly HttpCase[];
  readonly protected: readonly HttpCase[];
  readonly inconclusive?: readonly HttpCase[];
}

export const json = (value: unknown, more: Omit<HttpCase, "status" | "body"> = {}): HttpCase => ({
  status: 200,
  ...more,
  headers: { "Content-Type": "application/json", ...more.headers },
  body: JSON.stringify(value),
});
export const basic: HttpCase = { title: "Basic", status: 401, headers: { "WWW-Authenticate": 'Basic realm="x"' } };
export const unauthorized = (value: unknown): HttpCase => ({ ...json(value), title: "401", status: 401 });
export const forbidden: HttpCase = { title: "403", status: 403, body: "Forbidden" };
export const login = (location: string): HttpCase => ({
  title: "a redirect to a login",
  status: 302,
  headers: { Location: location },
});
export const loginPage: HttpCase = {
  title: "a login page",
  status: 200,
  headers: { "Content-Type": "text/html" },
  body: '<html><title>Sign in</title><form><input name="user"><input name="p" type="password"></form></html>',
};
/** An ordinary page that answers every path: it proves nothing. */
export const anyPage: HttpCase = {
  title: "an ordinary page for every path",
  status: 200,
  headers: { "Content-Type": "text/html" },
  body: "<!doctype html><html><title>Welcome</title><body>It works! id name version status data</body></html>",
};
