import type { CheckContext } from "../../src/outbound/check/check-context.ts";
import { systemClock } from "../../src/platform/system-clock.ts";

/** For checks that need no files: no truststore is found. */
export const checkContext: CheckContext = { directory: "/nonexistent", clock: systemClock };
