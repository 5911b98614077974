import { HarbingerError } from "../core/errors.ts";
import type { AddressRange } from "../core/network.ts";
import { requireInScope } from "./check-scope.ts";
import type { CommonOptions } from "./common-options.ts";
import { setExitStatus } from "./exit.ts";
import { note, print } from "./output.ts";

/**
 * Runs in place of a script of the earlier tool, in a separate process, with the output, arguments and exit status of that script.
 * @param file `redis.py`, `redis.sh`
 * @throws HarbingerError if no check replaces `file`, or the host is out of scope
 */
export async function runCheckScript(
  file: string,
  args: readonly string[],
  { allow, common }: { readonly allow: readonly AddressRange[]; readonly common: CommonOptions },
): Promise<void> {
  const { createChecks } = await import("../outbound/check/registry.ts");
  const { Counterparts } = await import("../outbound/check/post-command/counterparts.ts");
  const { runScript } = await import("../outbound/check/post-command/run-script.ts");
  const { systemClock } = await import("../platform/system-clock.ts");
  const { onShutdownSignals } = await import("../platform/shutdown-signals.ts");
  const checks = createChecks({ directory: process.cwd(), clock: systemClock });
  const counterparts = new Counterparts(new Map(checks.map((check) => [check.name, check])));
  const form = file.endsWith(".sh") ? "sh" : "py";
  const counterpart = counterparts.find(file.replace(/\.(?:py|sh)$/, ""));
  if (counterpart?.forms.includes(form) !== true) throw new HarbingerError("usage", `no check replaces ${file}`);
  const abort = new AbortController();
  using _signals = onShutdownSignals({ first: () => abort.abort(), second: () => process.exit(130) });
  const inScope = new Set<string>();
  const status = await runScript(
    { script: file, counterpart, form, args },
    {
      counterparts,
      print,
      printError: note,
      async run(check, request) {
        if (!inScope.has(request.host)) await requireInScope(request, allow, common);
        inScope.add(request.host);
        return await check.run(request, abort.signal);
      },
    },
  );
  if (status !== 0) setExitStatus(status);
}
