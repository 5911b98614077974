import type { EntryRequest, HttpEntry } from "./entry.ts";
import { httpEntry } from "./http-entry.ts";

/** Metrics, logs and traces. Pages that are public by design (health, version for load balancers) are not requested. */
export const monitoringEntries: readonly HttpEntry[] = [
  httpEntry("prometheus", "Prometheus", [9090], {
    path: "/api/v1/status/config",
    shows: "shows its configuration",
    exposed: { json: ["status", "data.yaml"] },
  }),
  httpEntry("alertmanager", "Alertmanager", [9093], {
    path: "/api/v2/status",
    shows: "shows its configuration",
    exposed: { json: ["config.original", "versionInfo.version"] },
    version: { json: "versionInfo.version" },
  }),
  httpEntry("pushgateway", "Pushgateway", [9091], {
    path: "/api/v1/status",
    shows: "shows its state",
    exposed: { json: ["data.build_information.version", "data.flags"] },
    version: { json: "data.build_information.version" },
  }),
  httpEntry("grafana", "Grafana", [3000], {
    path: "/api/org",
    shows: "shows its organisation",
    exposed: { json: ["id", "name", "address"] },
    isProtected: { status: 401, json: ["message"] },
  }),
  httpEntry("chronograf", "Chronograf", [8888], {
    path: "/chronograf/v1/sources",
    shows: "lists its sources",
    exposed: { json: ["sources"], header: ["x-chronograf-version", /./] },
    version: { header: ["x-chronograf-version", /^([\d.]+)/] },
  }),
  httpEntry("kibana", "Kibana", [5601], {
    path: "/api/spaces/space",
    shows: "lists its spaces",
    exposed: { json: ["0.id", "0.name"], header: ["kbn-name", /./] },
  }),
  httpEntry("graylog", "Graylog", [9000], {
    path: "/api/system",
    headers: { "X-Requested-By": "harbinger" },
    shows: "shows its system",
    exposed: { json: ["cluster_id", "node_id", "version"] },
    version: { json: "version" },
  }),
  httpEntry(
    "splunk",
    "Splunk",
    [8000, 8089],
    // On the management port, and through the web interface.
    ...["/services/server/info?output_mode=json", "/en-US/splunkd/__raw/services/server/info?output_mode=json"].map(
      (path): EntryRequest => ({
        path,
        shows: "shows its server",
        exposed: { json: ["entry.0.content.version"] },
        version: { json: "entry.0.content.version" },
      }),
    ),
  ),
  httpEntry("jaeger", "Jaeger", [16686], {
    path: "/api/services",
    shows: "lists its services",
    exposed: { json: ["data", "total", "limit", "offset", "errors"] },
  }),
  httpEntry(
    "zipkin",
    "Zipkin",
    [9411],
    // It has no login; a list of services is only a list of words, which other products may send too.
    { path: "/info", shows: "answers", exposed: { json: ["zipkin.version"] }, version: { json: "zipkin.version" } },
    {
      path: "/zipkin/config.json",
      shows: "shows the configuration of its interface",
      exposed: { json: ["defaultLookback", "queryLimit"] },
    },
  ),
  httpEntry("tensorboard", "TensorBoard", [6006], {
    path: "/data/environment",
    shows: "shows its environment",
    exposed: { json: ["data_location", "window_title"] },
    version: { json: "version" },
  }),
];
