import { analyse } from "scslre";
import { patternsOfSources } from "./patterns/find-patterns.ts";

/**
 * Fails if a regular expression of the product can take more than linear time according to its syntax tree: two
 * consecutive quantifiers that match the same characters, or one that starts again at every character of a text that does not
 * match. test/adversary/patterns.test.ts measures what this does not detect. Part of `npm run lint`.
 */
const failures = patternsOfSources().literals.flatMap(({ place, source, flags }) =>
  analyse({ source, flags }).reports.map(({ type, character }) => {
    const why = type === "Move" ? "starts again at every" : "can share out in many ways a run of";
    return `${place}: /${source}/${flags} ${why} ${JSON.stringify(character.pick)}: more than linear time`;
  }),
);

for (const failure of failures) process.stderr.write(`${failure}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;
