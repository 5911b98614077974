/** The first packet of a client of Microsoft SQL Server (TDS). */
export interface MssqlStart {
  readonly request: "prelogin" | "login";
  /** PRELOGIN: the version of the client library, `16.0.1000`; login: that of TDS, `7.4`. */
  readonly version?: string;
  /** `off`, `on`, `not-supported`, `required`. */
  readonly encryption?: string;
  /** The instance asked for, where it is not the default one. */
  readonly instance?: string;
  readonly host?: string;
  readonly user?: string;
  readonly application?: string;
  readonly database?: string;
  readonly clientLibrary?: string;
}
