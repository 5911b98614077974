import type { Address } from "../../../core/address.ts";
import type { Port } from "../../../core/ports.ts";

const braces = /\{\{|\}\}|\{host\}|\{port\}|[{}]/g;

/**
 * Puts `host` and `port` into a command line.
 *
 * Doubled braces mean single ones, as in Python's `str.format`, which the earlier tool used: `awk '{{print $1}}'`. But
 * only where that reading makes sense of the whole line: where a single brace stands alone, as in
 * `awk 'BEGIN {if (1) {print}}'`, all braces but `{host}` and `{port}` stay as they are.
 */
export function fillIn(commandLine: string, host: Address, port: Port): string {
  const isFormat = !commandLine.match(braces)?.some((token) => token.length === 1);
  return commandLine.replace(braces, (token) => {
    if (token === "{host}") return host;
    if (token === "{port}") return String(port);
    return isFormat ? token.charAt(0) : token;
  });
}
