import { splitList } from "../../../core/recipients.ts";
import type { ConnectPlan } from "../../../core/watch.ts";
import type { EngineDefinition } from "../engine-definition.ts";
import { targetList } from "../targets/target-list.ts";

/** The built-in scanner: full TCP handshakes, no privilege needed. */
export const connectEngine: EngineDefinition<ConnectPlan, string | string[]> = {
  name: "connect",
  title: "built-in scanner",
  key: "targets",
  schema: targetList.meta({
    description:
      "What the built-in scanner scans: addresses, networks (`10.0.0.0/24`), ranges (`10.0.0.1-50`, `10.0.0.1-10.0.1.7`), host names, or `@FILE` with one of them a line.",
  }),
  sample: 'targets: [192.168.1.0/24, "fd00::10"]',
  isExternal: false,
  plan: (targets, { exclude }) => ({ engine: "connect", targets: splitList(targets), exclude }),
  async create({ anyEngine: _, ...parts }) {
    const { ConnectEngine } = await import("./connect-engine.ts");
    return new ConnectEngine(parts);
  },
};
