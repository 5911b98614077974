import type { ScanEngine } from "../../core/scan-engine.ts";
import { AbsenceCheckingEngine } from "./confirm/absence-checking-engine.ts";
import { ConfirmingEngine } from "./confirm/confirming-engine.ts";
import type { EngineParts } from "./engine-definition.ts";
import { WithoutOwnPorts } from "./without-own-ports.ts";

/** An external engine with handshakes of our own to confirm the half-open ports that it found, and to probe known ones that it missed. */
export function checkedEngine(
  external: ScanEngine,
  { clock, limits, scope: { exclude }, budget, own }: Omit<EngineParts, "anyEngine">,
): ScanEngine {
  const handshakes = { clock, limits, exclude, budget };
  // Own ports are removed before confirmation: a handshake with a decoy would be recorded as a connection.
  const engine = new WithoutOwnPorts(external, own);
  const confirmed = limits.confirm ? new ConfirmingEngine({ ...handshakes, engine }) : engine;
  return new AbsenceCheckingEngine({ ...handshakes, engine: confirmed, own });
}
