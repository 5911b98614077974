import type { Connection } from "../../core/connection.ts";
import { hostLiteral } from "../../core/host-literal.ts";

export function endpointText(endpoint: Connection["peer"]): string {
  return `${hostLiteral(endpoint.address)}:${endpoint.port}`;
}
