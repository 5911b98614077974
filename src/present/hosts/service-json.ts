import type { DeviceRecord } from "../../core/device.ts";
import type { StoredCertificate, StoredCheckResult } from "../../core/examination.ts";
import type { ServiceRecord } from "../../core/store.ts";
import { certificateJson } from "../certificates/certificate-json.ts";
import { deviceOrDevices } from "../devices/device-json.ts";
import { isoTime } from "../text/iso-time.ts";
import { markEveryPort } from "./every-port.ts";
import type { CheckResultJson, ServiceDetailsJson, ServiceJson } from "./service-schema.ts";

/** What checks found out about one service. */
export interface ServiceFindings {
  readonly results: readonly StoredCheckResult[];
  /** Certificates that it presents or presented. */
  readonly certificates: readonly StoredCertificate[];
}

/** One line of `harbinger hosts --json`. */
export function serviceJson({ device, sharedBy, ...service }: ServiceRecord): ServiceJson {
  return markEveryPort({
    ...service,
    firstSeen: isoTime(service.firstSeen),
    lastSeen: isoTime(service.lastSeen),
    mac: service.mac ?? device?.mac,
    vendor: service.vendor ?? device?.vendor,
    deviceName: device?.name,
    sharedBy: sharedBy?.map(({ mac }) => mac),
  });
}

/** One line of `harbinger hosts ADDRESS --json`. */
export function serviceDetailsJson(
  service: ServiceRecord,
  { results, certificates }: ServiceFindings,
  { now, devices = [] }: { readonly now: number; readonly devices?: readonly DeviceRecord[] },
): ServiceDetailsJson {
  return {
    ...serviceJson(service),
    results: results.map(checkResultJson),
    certificates: certificates.map((certificate) => certificateJson(certificate, now)),
    ...deviceOrDevices(devices),
  };
}

/** As `harbinger check --json` prints it, with the time instead of host and port. */
function checkResultJson({ check, at, passed, verdict, output, facts }: StoredCheckResult): CheckResultJson {
  return { check, time: isoTime(at), passed, verdict, output, facts };
}
