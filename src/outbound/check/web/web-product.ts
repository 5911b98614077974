/**
 * How a web application or a device is recognised by the answers of its web server. Plain data: every part is searched for
 * literally (no patterns), so the work is linear in the length of the answer.
 */
export interface WebProduct {
  /** `Home Assistant`; with a model, `HP LaserJet M404dn`. */
  readonly name: string;
  /** Any of these proves the product. A word that other products may show is not a sign. */
  readonly signs: readonly WebSign[];
  /** Where the version is; the first that is found counts. */
  readonly version?: readonly TextSource[];
  /** Where the model is; it follows the name. */
  readonly model?: readonly TextSource[];
  /** Further requests, where the first answer lacks something. */
  readonly requests?: readonly WebRequest[];
  /** Fetches pages for others. */
  readonly isProxy?: true;
  /** Serves calendars and contacts by DAV: the verdict is about DAV, because the login page is only a client of it. */
  readonly isDav?: true;
  /** The documentation or source that shows these signs. */
  readonly source: string;
}

/** All given parts have to match. */
export interface WebSign {
  readonly status?: number;
  /** A header (lower case) and a text in its value, in any case; "" is any value. */
  readonly header?: readonly [name: string, text: string];
  /** The whole title, or with `*` at an end the rest of it. */
  readonly title?: string;
  /** Texts that are all in the body. */
  readonly body?: readonly string[];
  /** JSON fields by path, and their values where those matter. */
  readonly json?: Readonly<Record<string, string | true>>;
  /** Text in the names of the certificate. */
  readonly certificate?: string;
}

/**
 * The text after `after` ("": from the start), up to `to` ("": to the end; without it the length of a version).
 * `behind` comes before `after`, where that alone could also be elsewhere.
 */
export type TextSource =
  | { readonly json: string }
  | {
      readonly header?: string;
      readonly title?: true;
      readonly behind?: string;
      readonly after: string;
      readonly to?: string;
    };

export interface WebRequest {
  readonly path: string;
  /** Sent in a SOAP envelope by POST, where the service requires that; read-only. */
  readonly soap?: string;
  /** Sent on these ports after any first answer ... */
  readonly ports?: readonly number[];
  /** ... and where the first answer has this, which alone proves nothing. */
  readonly hint?: WebSign;
}
