import assert from "node:assert/strict";
import { test } from "node:test";
import { gaveUpNote } from "./dead-letter-note.ts";

test("the next report repeats what reports had that were given up, and no alerts", () => {
  const alerts = gaveUpNote(2, 0);
  assert.match(alerts, /^2 messages were given up: harbinger deliveries --state dead shows why/);
  assert.doesNotMatch(alerts, /report/);
  assert.match(
    gaveUpNote(2, 1),
    /\nThe next report to the same recipient repeats the findings of a report that was given up/,
  );
});
