import assert from "node:assert/strict";
import { test } from "node:test";
import { runCheck } from "../check/run-check.ts";
import { expectOfRealServers } from "./expectation.ts";
import { alertmanager, nginx, prometheus, pushgateway } from "./plans/web.ts";
import { missing, startServer } from "./real-server.ts";

const monitoring = [
  ["prometheus", "prometheus", prometheus, /^exposed: Prometheus: shows its configuration/],
  ["alertmanager", "prometheus-alertmanager", alertmanager, /^exposed: Alertmanager 0\.\d+\.\d+: /],
  ["pushgateway", "prometheus-pushgateway", pushgateway, /^exposed: Pushgateway 1\.\d+\.\d+: /],
] as const;

expectOfRealServers("real web servers", [
  {
    title: "nginx",
    needs: ["nginx"],
    plan: nginx(false),
    service: /^nginx \d+\.\d+\.\d+$/,
    verdict: "inconclusive",
  },
  {
    title: "nginx with TLS",
    needs: ["nginx"],
    plan: nginx(true),
    service: /^nginx \d+\.\d+\.\d+ \(HTTPS\)$/,
    verdict: "inconclusive",
  },
  ...monitoring.flatMap(([entry, program, plan, reason]) => {
    const service = new RegExp(`^${entry} \\d+\\.\\d+\\.\\d+`, "i");
    const open = { needs: [program], plan: plan(false), service, verdict: "exposed", reason, entry } as const;
    const closed = { needs: [program], plan: plan(true), service: /^HTTP$/, verdict: "protected", entry } as const;
    return [
      { title: `${entry} without users`, ...open },
      { title: `${entry} with users`, ...closed },
    ];
  }),
]);

test("Prometheus has the icon hash that search engines use", {
  skip: missing("prometheus"),
}, async () => {
  await using server = await startServer(prometheus(false));
  const page = await runCheck("http", server.port, { options: { follow: "3" } });
  // As published: Shodan's http.favicon.hash.
  assert.equal(page.facts["faviconHash"], -1_399_433_489, page.output);
  assert.match(String(page.facts["title"]), /^Prometheus Time Series Collection/);
});
