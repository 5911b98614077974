import type * as z from "zod";
import type { Clock } from "../../core/clock.ts";
import type { Diagnosis } from "../../core/diagnosis.ts";
import type { Log } from "../../core/log.ts";
import type { OwnPorts } from "../../core/own-ports.ts";
import type { ScanEngine } from "../../core/scan-engine.ts";
import type { ScanPlan } from "../../core/watch.ts";
import type { ConnectBudget } from "./handshake/connect-budget.ts";
import type { ScanLimits } from "./schema.ts";
import type { Scope } from "./targets/scope.ts";

/**
 * An engine describes itself: the main file of its folder exports one object of this type, and `engines.ts` lists it. The
 * schema of watches, its rules and warnings, the reference, the doctor and the scans use that list. The program loads
 * definitions whenever it reads a configuration, so the engine itself is imported in `create`.
 */
export interface EngineDefinition<Plan extends ScanPlan = ScanPlan, Value = unknown> {
  /** In plans, in the log and in the database. Never change it. */
  readonly name: Plan["engine"];
  /** What people read: `built-in scanner`. */
  readonly title: string;
  /** The key of a watch that selects this engine. */
  readonly key: string;
  /** The value of that key: strict, with defaults and descriptions. */
  readonly schema: z.ZodType<Value>;
  /** An example for people: one line of YAML in a watch. */
  readonly sample: string;
  /** Names in braces that the engine fills in where they occur in the value. Default: none. */
  readonly placeholders?: readonly string[];
  /** How long a scan may take unless the watch has a `timeout`. Without it, the engine has no time limit. */
  readonly timeoutMs?: number;
  /**
   * Runs another program. Ports that this program listens on are removed from its findings, half-open ports are confirmed, and
   * known endpoints that it does not mention are probed where its result has a `silence`.
   */
  readonly isExternal: boolean;
  plan(value: Value, shared: SharedKeys): Plan;
  /** What the doctor reports about the watches that use this engine. Default: nothing. */
  diagnose?(uses: readonly EngineUse<Plan>[]): Iterable<Diagnosis>;
  create(parts: EngineParts): Promise<ScanEngine<Plan>>;
}

/** Keys of a watch that several engines read. */
export interface SharedKeys {
  readonly exclude: readonly string[];
  /** The key `timeout`, or else the default of the engine; `Infinity` without either. */
  readonly timeoutMs: number;
}

/** A watch that uses an engine. */
export interface EngineUse<Plan extends ScanPlan = ScanPlan> {
  readonly watch: string;
  readonly plan: Plan;
}

/** What engines are made of. */
export interface EngineParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: ScanLimits;
  readonly scope: Scope;
  /** Sockets and rate limits, shared by all scans. */
  readonly budget: ConnectBudget;
  /** Ports that this program listens on. */
  readonly own: () => OwnPorts;
  /** Scans by any plan: an engine can pass a scan on to another engine. */
  readonly anyEngine: ScanEngine;
}
