import { formatPorts } from "../../core/ports.ts";
import type { WatchState } from "../../core/running-state.ts";
import { isoTime } from "../text/iso-time.ts";
import type { WatchJson } from "./watch-schema.ts";

export function watchJson({ watch, isRunning, nextAt }: WatchState): WatchJson {
  const { name, label, ports, scan, checks, devices, schedule } = watch;
  const { engine, targets, exclude } = scan;
  return {
    name,
    label,
    ports: formatPorts(ports),
    engine,
    targets,
    exclude,
    checks,
    devices: devices === true,
    schedule,
    running: isRunning,
    nextAt: isoTime(nextAt),
  };
}
