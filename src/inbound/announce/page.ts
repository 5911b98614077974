/**
 * What an alert says, before it becomes text or HTML: facts in the order in which a reader wants them. Everything in it is
 * safe to show; HTML still needs its escaping.
 */
export interface AlertPage {
  /** What kind of alert it is: `Connection to a decoy port`. */
  readonly kind: string;
  /** A few words that stand out: the protocol, the scanner. */
  readonly marks: readonly Mark[];
  /** What the title does not say, in a sentence. */
  readonly remark?: string;
  readonly groups: readonly FactGroup[];
  readonly lists: readonly CountList[];
  readonly payload?: { readonly label: string; readonly text: string };
  /** The command that shows the rest. */
  readonly more?: string;
}

export interface Mark {
  readonly look: "info" | "warn";
  readonly text: string;
}

export interface FactGroup {
  /** Shown where there is room: `Who`. */
  readonly heading: string;
  readonly facts: readonly Fact[];
}

interface Fact {
  readonly label: string;
  readonly value: string;
  /** For comparing and copying rather than reading: an address, a fingerprint. */
  readonly isCode?: boolean;
}

/** The busiest of something, with how many connections each had. */
export interface CountList {
  readonly heading: string;
  readonly entries: readonly { readonly name: string; readonly connections: number }[];
  /** What is not listed: `and 3 more`. */
  readonly rest?: string;
}

/** Facts without content are left out, and groups without facts. */
export function groupsOf(
  ...groups: readonly (readonly [
    heading: string,
    ...facts: readonly (readonly [label: string, value: string | undefined, look?: "code"])[],
  ])[]
): FactGroup[] {
  return groups
    .map(([heading, ...facts]) => ({
      heading,
      facts: facts.flatMap(([label, value, look]): Fact[] =>
        value === undefined || value === "" ? [] : [{ label, value, ...(look === "code" && { isCode: true }) }],
      ),
    }))
    .filter(({ facts }) => facts.length > 0);
}
