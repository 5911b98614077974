/**
 * The content of an alert before it becomes text or HTML, most important facts first. All text is safe to show; HTML
 * still needs escaping.
 */
export interface AlertPage {
  /** The kind of alert: `Connection to a decoy port`. */
  readonly kind: string;
  /** Highlighted words: the protocol, the scanner. */
  readonly marks: readonly Mark[];
  /** A sentence that adds to the title. */
  readonly remark?: string;
  readonly groups: readonly FactGroup[];
  readonly lists: readonly CountList[];
  readonly payload?: { readonly label: string; readonly text: string };
  /** The command that shows the rest. */
  readonly more?: string | undefined;
}

export interface Mark {
  readonly look: "info" | "warn";
  readonly text: string;
}

export interface FactGroup {
  /** Shown in HTML only: `Peer`. */
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
