/** The first packet of a client of Microsoft SQL Server (TDS). */
export interface MssqlStart {
  readonly request: "prelogin" | "login";
  /** PRELOGIN: version of the client library, `16.0.1000`; login: version of TDS, `7.4`. */
  readonly version?: string | undefined;
  /** `off`, `on`, `not-supported`, `required`. */
  readonly encryption?: string | undefined;
  /** The requested instance, if it is not the default one. */
  readonly instance?: string | undefined;
  readonly host?: string | undefined;
  readonly user?: string | undefined;
  readonly application?: string | undefined;
  readonly database?: string | undefined;
  readonly clientLibrary?: string | undefined;
}
