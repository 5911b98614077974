import type { WebProduct } from "./web-product.ts";

/** Monitoring: metrics, logs, alerts and their dashboards. */
export const monitoringProducts: readonly WebProduct[] = [
  {
    name: "Monit",
    signs: [{ header: ["server", "monit "] }, { header: ["www-authenticate", 'realm="monit"'] }],
    version: [{ header: "server", after: "monit " }],
    source: "https://mmonit.com/monit/documentation/monit.html#MONIT-HTTPD",
  },
  {
    name: "Grafana",
    signs: [{ title: "Grafana" }, { json: { messageId: "auth.unauthorized" } }],
    source: "https://github.com/grafana/grafana: public/views/index.html; pkg/apimachinery/errutil",
  },
  {
    name: "Prometheus",
    signs: [{ title: "Prometheus Time Series Collection and Processing Server" }],
    version: [{ json: "data.version" }],
    requests: [{ path: "/api/v1/status/buildinfo", hint: { title: "Prometheus Time Series Collection*" } }],
    source: "https://github.com/prometheus/prometheus: web/ui",
  },
  {
    name: "Alertmanager",
    signs: [{ title: "Alertmanager" }],
    version: [{ json: "versionInfo.version" }],
    requests: [{ path: "/api/v2/status", hint: { title: "Alertmanager" } }],
    source: "https://github.com/prometheus/alertmanager: ui/app",
  },
  {
    name: "Pushgateway",
    signs: [{ title: "Prometheus Pushgateway" }],
    version: [{ json: "data.build_information.version" }],
    requests: [{ path: "/api/v1/status", hint: { title: "Prometheus Pushgateway" } }],
    source: "https://github.com/prometheus/pushgateway",
  },
  {
    name: "node_exporter",
    signs: [{ title: "Node Exporter" }],
    version: [{ after: "(version=" }],
    source: "https://github.com/prometheus/node_exporter: landing page",
  },
  {
    name: "Kibana",
    signs: [{ header: ["kbn-name", ""] }, { header: ["kbn-license-sig", ""] }],
    source: "https://github.com/elastic/kibana: http server, custom headers",
  },
  {
    name: "Chronograf",
    signs: [{ header: ["x-chronograf-version", ""] }],
    version: [{ header: "x-chronograf-version", after: "" }],
    source: "https://docs.influxdata.com/chronograf/",
  },
  {
    name: "Splunk",
    signs: [{ header: ["server", "Splunkd"] }],
    source: "https://docs.splunk.com/Documentation/Splunk",
  },
  {
    name: "Zabbix",
    signs: [{ title: "*: Zabbix" }, { title: "Zabbix" }, { body: ["zabbix.php?action="] }],
    source: "https://github.com/zabbix/zabbix: ui",
  },
  {
    name: "Nagios",
    signs: [{ header: ["www-authenticate", 'realm="Nagios'] }, { title: "Nagios: *" }],
    source: "https://github.com/NagiosEnterprises/nagioscore",
  },
  { name: "LibreNMS", signs: [{ title: "LibreNMS*" }], source: "https://github.com/librenms/librenms" },
  { name: "Uptime Kuma", signs: [{ title: "Uptime Kuma" }], source: "https://github.com/louislam/uptime-kuma" },
];
