import type { Clock } from "../core/clock.ts";
import type { AddressRange } from "../core/network.ts";
import type { OwnPorts } from "../core/own-ports.ts";
import { CommandEngine } from "../outbound/scan/command/command-engine.ts";
import { AbsenceCheckingEngine } from "../outbound/scan/confirm/absence-checking-engine.ts";
import { ConfirmingEngine } from "../outbound/scan/confirm/confirming-engine.ts";
import type { ConnectBudget } from "../outbound/scan/handshake/connect-budget.ts";
import type { ConnectEngine } from "../outbound/scan/handshake/connect-engine.ts";
import { NmapEngine } from "../outbound/scan/nmap/nmap-engine.ts";
import type { ExternalEngines } from "../outbound/scan/plan-engine.ts";
import type { ScanLimits } from "../outbound/scan/schema.ts";
import { WithoutOwnPorts } from "../outbound/scan/without-own-ports.ts";

export interface ExternalEngineParts {
  readonly clock: Clock;
  readonly limits: ScanLimits;
  /** Never contacted. */
  readonly exclude: readonly AddressRange[];
  /** Sockets and caps, shared with all other scans. */
  readonly budget: ConnectBudget;
  /** Used if nmap is not installed. */
  readonly connect: ConnectEngine;
  /** Ports that this program listens on. */
  readonly own: () => OwnPorts;
}

/** External scanners, each wrapped to confirm the ports that it found and missed. */
export function externalEngines({ connect, own, ...looking }: ExternalEngineParts): ExternalEngines {
  // Own ports are removed before confirmation: a handshake with a decoy would be recorded as a connection.
  const nmap = new WithoutOwnPorts(new NmapEngine({ fallback: connect }), own);
  const command = new WithoutOwnPorts(new CommandEngine(), own);
  return {
    nmap: new AbsenceCheckingEngine({
      ...looking,
      engine: looking.limits.confirm ? new ConfirmingEngine({ ...looking, engine: nmap }) : nmap,
      own,
    }),
    command: new AbsenceCheckingEngine({ ...looking, engine: command, own }),
  };
}
