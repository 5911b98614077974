import type { Address } from "../../core/address.ts";
import { hostLiteral } from "../../core/host-literal.ts";
import { everyPort, type Port } from "../../core/ports.ts";

/** A port as a table cell. */
export function portText(port: Port): string {
  return port === everyPort ? "every" : String(port);
}

/** `10.0.0.9:80`, or a note that every probed port of the host answers. */
export function endpointText(address: Address, port: Port | undefined): string {
  return port === everyPort ? `${address} (every tried port answers)` : `${hostLiteral(address)}:${port ?? ""}`;
}

/** For JSON, whose readers need not know the meaning of port 0. */
export function markEveryPort<Value extends { readonly port?: Port | undefined }>(
  value: Value,
): Value & { readonly everyPort?: true } {
  return value.port === everyPort ? { ...value, everyPort: true } : value;
}
