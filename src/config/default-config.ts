import type { RawMap } from "./document.ts";

/** All system ports, and those above them on which something is often left open. */
const commonPorts =
  "1-1024,1433,1521,1883,2049,2181,2375,2379,3000,3306,3389,4222,5000,5432,5601,5672,5900,5984,6379,6443,7474,8000," +
  "8080,8081,8086,8123,8443,8888,9000,9042,9090,9092,9200,9411,10250,11211,15672,27017,50000,61613";

/** What runs without any configuration file: this machine looks at itself. Made anew for each call. */
export function defaultSections(): RawMap {
  return {
    reports: { save_to_file: true, directory: "reports" },
    watches: {
      "this-machine": {
        label: "This machine",
        targets: ["127.0.0.1", "::1"],
        ports: commonPorts,
        schedule: "*/15 * * * *",
      },
    },
  };
}
