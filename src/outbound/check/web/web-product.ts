/**
 * How a web application or a device is told by what its web server answers. Plain data: every part is looked for as it
 * stands (no patterns), so that the work grows with the length of the answer alone.
 */
export interface WebProduct {
  /** `Home Assistant`; with a model, `HP LaserJet M404dn`. */
  readonly name: string;
  /** Any of these proves it. A word that others may have on their pages is none. */
  readonly signs: readonly WebSign[];
  /** Where the version stands; the first that is found counts. */
  readonly version?: readonly TextSource[];
  /** Where the model stands, which follows the name. */
  readonly model?: readonly TextSource[];
  /** What is asked, too, where the first answer leaves something open. */
  readonly asks?: readonly WebQuestion[];
  /** Fetches pages for others. */
  readonly isProxy?: true;
  /** Serves calendars and contacts by DAV: what anybody may read of them is asked there; its login page is but a client. */
  readonly isDav?: true;
  /** Where its makers, or its source, say so. */
  readonly source: string;
}

/** All that is given has to hold. */
export interface WebSign {
  readonly status?: number;
  /** A header (lower case) and the text in its value, whatever its case; "" is any value. */
  readonly header?: readonly [name: string, text: string];
  /** The whole title, or with `*` at an end the rest of it. */
  readonly title?: string;
  /** Texts that all stand in the body. */
  readonly body?: readonly string[];
  /** JSON fields by path, and their values where those matter. */
  readonly json?: Readonly<Record<string, string | true>>;
  /** Text among the names in the certificate. */
  readonly certificate?: string;
}

/**
 * Text behind `after` ("": the whole); up to `to` ("": to the end), or without it as much as a version may be.
 * `behind` comes before `after`, where that alone could be elsewhere, too.
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

export interface WebQuestion {
  readonly path: string;
  /** Sent in a SOAP envelope by POST, where that is how the service is asked; it reads and changes nothing. */
  readonly soap?: string;
  /** Asked on these ports, whatever the first answer was like ... */
  readonly ports?: readonly number[];
  /** ... and where the first answer has this, which alone proves nothing. */
  readonly hint?: WebSign;
}
