import type { Check, CheckName } from "../../core/check.ts";
import { certCheck } from "./cert/cert-check.ts";
import type { CheckContext } from "./check-context.ts";
import type { BuiltInCheck } from "./define-check.ts";
import { exposureCheck } from "./exposure/exposure-check.ts";
import { httpCheck } from "./http/http-check.ts";
import { kafkaCheck } from "./kafka/kafka-check.ts";
import { portCheck } from "./port/port-check.ts";
import { serviceCheck } from "./service/service-check.ts";
import { tlsCheck } from "./tls/tls-check.ts";

/** Every built-in check, in the order in which `harbinger check --list` shows them. */
export const builtInChecks: Readonly<Record<CheckName, BuiltInCheck>> = {
  port: portCheck,
  tls: tlsCheck,
  http: httpCheck,
  cert: certCheck,
  service: serviceCheck,
  exposure: exposureCheck,
  kafka: kafkaCheck,
};

export function createChecks(context: CheckContext): readonly Check[] {
  return Object.values(builtInChecks).map((check) => check.create(context));
}
