import type { Check } from "../../core/check.ts";
import { createCertCheck } from "./cert/cert-check.ts";
import type { CheckContext } from "./check-context.ts";
import { createExposureCheck } from "./exposure/exposure-check.ts";
import { createHttpCheck } from "./http/http-check.ts";
import { createKafkaCheck } from "./kafka/kafka-check.ts";
import { createPortCheck } from "./port/port-check.ts";
import { createServiceCheck } from "./service/service-check.ts";
import { createTlsCheck } from "./tls/tls-check.ts";

/** Every built-in check, in the order in which `harbinger check --list` shows them. */
export function createChecks(context: CheckContext): readonly Check[] {
  return [
    createPortCheck(),
    createTlsCheck(context),
    createHttpCheck(),
    createCertCheck(context),
    createServiceCheck(),
    createExposureCheck(),
    createKafkaCheck(context),
  ];
}
