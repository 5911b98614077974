import type { FastifyRequest } from "fastify";
import { clientNetwork } from "../access/client-network.ts";
import { clientAddress } from "../access/guard.ts";
import type { ExportClient } from "./export-slots.ts";

export function exportClient(request: FastifyRequest): ExportClient {
  const address = clientAddress(request);
  return {
    account: request.account?.name ?? "",
    address: address === undefined ? request.ip : clientNetwork(address),
  };
}
