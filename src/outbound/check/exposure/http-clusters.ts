import type { HttpEntry } from "./entry.ts";
import { httpEntry } from "./http-entry.ts";

/** Containers, clusters, schedulers and secrets. */
export const clusterEntries: readonly HttpEntry[] = [
  httpEntry("docker", "Docker API", [2375, 2376], {
    path: "/version",
    shows: "shows its engine",
    exposed: { json: ["ApiVersion", "Version", "Os"] },
    version: { json: "Version" },
  }),
  {
    ...httpEntry("kubelet", "Kubernetes kubelet", [10250], {
      path: "/pods",
      shows: "lists its pods",
      exposed: { json: ["kind", "items"], body: /"PodList"/ },
    }),
    tls: "always",
  },
  httpEntry("kubelet-readonly", "Kubernetes kubelet (read-only)", [10255], {
    path: "/pods",
    shows: "lists its pods",
    exposed: { json: ["kind", "items"], body: /"PodList"/ },
  }),
  httpEntry("consul", "Consul", [8500, 8501], {
    path: "/v1/agent/self",
    shows: "shows its agent",
    exposed: { json: ["Config.NodeName", "Config.Version"] },
    version: { json: "Config.Version" },
  }),
  httpEntry("nomad", "Nomad", [4646], {
    path: "/v1/jobs",
    shows: "lists its jobs",
    exposed: { json: [""], body: /^\s*\[/, header: ["x-nomad-index", /^\d+$/] },
  }),
  httpEntry("vault", "Vault", [8200], {
    // Answers any client by design: exposed only before it is set up, because the first client can take it over.
    path: "/v1/sys/seal-status",
    shows: "can be initialised",
    exposed: { json: ["sealed", "initialized"], body: /"initialized"\s*:\s*false/ },
    isProtected: { json: ["sealed", "initialized"], body: /"initialized"\s*:\s*true/ },
    version: { json: "version" },
  }),
  httpEntry("flink", "Apache Flink", [8081], {
    path: "/overview",
    shows: "shows its cluster",
    exposed: { json: ["taskmanagers", "slots-total", "flink-version"] },
    version: { json: "flink-version" },
  }),
];
