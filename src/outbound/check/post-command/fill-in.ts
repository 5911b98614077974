import type { Address } from "../../../core/address.ts";
import type { Port } from "../../../core/ports.ts";

const braces = /\{\{|\}\}|\{host\}|\{port\}|[{}]/g;

/**
 * Puts `host` and `port` into a command line.
 *
 * Doubled braces mean single ones, as in Python's `str.format`, which the earlier tool used: `awk '{{print $1}}'`. But
 * only where the whole line fits this reading: with a single brace, as in `awk 'BEGIN {if (1) {print}}'`, all braces
 * except `{host}` and `{port}` stay unchanged.
 */
export function fillIn(commandLine: string, host: Address, port: Port): string {
  const isFormat = !commandLine.match(braces)?.some((token) => token.length === 1);
  return commandLine.replace(braces, (token) => {
    if (token === "{host}") return host;
    if (token === "{port}") return String(port);
    return isFormat ? token.charAt(0) : token;
  });
}
