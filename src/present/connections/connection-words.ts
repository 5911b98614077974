import { hostLiteral } from "../../core/address.ts";
import type { Connection } from "../../core/connection.ts";

export function endpointText(endpoint: Connection["peer"]): string {
  return `${hostLiteral(endpoint.address)}:${endpoint.port}`;
}
