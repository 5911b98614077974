import { distance } from "fastest-levenshtein";

/** Longer texts are not compared: they are not misspelt names, and the comparison costs the product of both lengths. */
const maxLength = 100;

/**
 * The name that was probably meant, or `undefined` where none is near. Case, `-`, `_` and blanks do not count:
 * `smtpServer` and `smtp-server` are `smtp_server`. Of two that are equally near, the one with the same first letter, which is
 * seldom the wrong one: `htp` is `http` rather than `ftp`.
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > maxLength) return undefined;
  const wanted = normal(name);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.ceil(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const other = normal(candidate);
    const between = nameDistance(name, candidate) + (other[0] === wanted[0] ? 0 : 0.5);
    // Where half of the letters differ, it is another name, not a typing error.
    if (between < bestDistance && Math.floor(between) * 2 < Math.max(wanted.length, other.length)) {
      best = candidate;
      bestDistance = between;
    }
  }
  return best;
}

/**
 * How many letters were inserted, left out or replaced; two swapped neighbours count as one. Infinite where one
 * of them is too long to compare.
 */
export function nameDistance(a: string, b: string): number {
  if (a.length > maxLength || b.length > maxLength) return Number.POSITIVE_INFINITY;
  const [left, right] = [normal(a), normal(b)];
  return isSwapOfNeighbours(left, right) ? 1 : distance(left, right);
}

const maxListed = 70;

/**
 * The hint for an unknown name: `Did you mean "lan"?`, or else which names there are. Empty where there
 * are none. The names are not made safe for display.
 */
export function suggestName(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  if (near !== undefined) return `Did you mean ${JSON.stringify(near)}?`;
  if (known.length === 0) return "";
  const more = known.length > maxListed ? ` and ${known.length - maxListed} more` : "";
  return `There are: ${known.slice(0, maxListed).join(", ")}${more}.`;
}

function isSwapOfNeighbours(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const first = [...a].findIndex((_, index) => a[index] !== b[index]);
  return (
    first >= 0 && a[first] === b[first + 1] && a[first + 1] === b[first] && a.slice(first + 2) === b.slice(first + 2)
  );
}

function normal(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, "");
}
