/** Schemas of values that several sections of the configuration share. They keep the text; `core/` parses it. */
import * as z from "zod";
import { parseByteSize } from "../../core/byte-size.ts";
import { parseDuration } from "../../core/duration.ts";
import { type Port, parsePorts } from "../../core/ports.ts";

export interface Limits {
  /** What the error message asks for, after `expected`. */
  readonly expected: string;
  readonly min?: number;
  readonly max?: number;
}

/** A duration such as `30s`, with limits in milliseconds. {@link durationMs} reads its value. */
export function durationSchema({ expected, min = 0, max = Number.POSITIVE_INFINITY }: Limits) {
  return z
    .string()
    .refine((text) => isWithin(parseDuration(text), min, max), `expected ${expected}`)
    .meta({ kind: "duration" });
}

/** A size such as `100MB`, with limits in bytes. {@link sizeBytes} reads its value. */
export function sizeSchema({ expected, min = 0, max = Number.POSITIVE_INFINITY }: Limits) {
  return z
    .string()
    .refine((text) => isWithin(parseByteSize(text), min, max), `expected ${expected}`)
    .meta({ kind: "size" });
}

const aPort = "expected a port from 1 to 65535";

const portNumber = z.int().min(1, aPort).max(65535, aPort);

/** One port, as a number or as text. */
export const portSchema = z
  .union([portNumber, z.string().regex(/^[1-9]\d{0,4}$/, aPort)])
  .refine((port) => Number(port) <= 65535, aPort);

/** Ports as a number, as text such as `80,443,8000-8100`, or as a list of both. */
export const portsSchema = z
  .union([portNumber, z.string(), z.array(z.union([portNumber, z.string()])).min(1)])
  .superRefine((ports, context) => {
    for (const [index, part] of [ports].flat().entries()) {
      const parsed = parsePorts(String(part));
      if (parsed.kind === "ports") continue;
      const path = Array.isArray(ports) ? [index] : [];
      const message = `${JSON.stringify(parsed.part.slice(0, 80))}: ${parsed.reason}`;
      context.addIssue({ code: "custom", path, message });
    }
  });

/** The ports of a validated value, sorted, each once. @throws TypeError where it was not validated */
export function portsOf(value: z.output<typeof portsSchema>): readonly Port[] {
  const parsed = parsePorts([value].flat().join(","));
  if (parsed.kind === "bad") throw new TypeError(`not validated ports: ${parsed.part}`);
  return parsed.ports;
}

/** Milliseconds of a validated duration. @throws TypeError where it was not validated */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new TypeError(`not a validated duration: ${text}`);
  return ms;
}

/** Bytes of a validated size. @throws TypeError where it was not validated */
export function sizeBytes(text: string): number {
  const bytes = parseByteSize(text);
  if (bytes === undefined) throw new TypeError(`not a validated size: ${text}`);
  return bytes;
}

function isWithin(value: number | undefined, min: number, max: number): boolean {
  return value !== undefined && value >= min && value <= max;
}
