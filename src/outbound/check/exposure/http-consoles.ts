import type { EntryRequest, HttpEntry } from "./entry.ts";
import { httpEntry } from "./http-entry.ts";

/** Servers of applications, builds and pages, and their administration consoles. A login page is not exposure. */
export const consoleEntries: readonly HttpEntry[] = [
  httpEntry("confluence", "Confluence", [8090], {
    path: "/rest/api/content",
    shows: "lists its content",
    exposed: { json: ["results.0.id", "results.0.type", "start", "limit"] },
    isProtected: { json: ["results", "start", "limit", "size"], body: /"size"\s*:\s*0\b/ },
  }),
  httpEntry(
    "teamcity",
    "TeamCity",
    [8111],
    // The second path is for guests, where they are allowed.
    ...["/app/rest/server", "/guestAuth/app/rest/server"].map(
      (path): EntryRequest => ({
        path,
        headers: { Accept: "application/json" },
        shows: "shows its server",
        exposed: { json: ["versionMajor", "buildNumber"] },
        version: { body: /"version"\s*:\s*"([\d.]+)/ },
      }),
    ),
  ),
  httpEntry("wildfly", "WildFly", [9990, 9993], {
    path: "/management",
    shows: "shows its configuration",
    exposed: { json: ["management-major-version"] },
    version: { json: "product-version" },
  }),
  httpEntry("rundeck", "Rundeck", [4440, 4443], {
    path: "/api/14/system/info",
    headers: { Accept: "application/json" },
    shows: "shows its system",
    exposed: { json: ["system.rundeck.version"] },
    version: { json: "system.rundeck.version" },
  }),
  httpEntry(
    "sonarqube",
    "SonarQube",
    [9000],
    {
      path: "/api/projects/search",
      shows: "lists its projects",
      exposed: { json: ["paging.total", "components"] },
    },
    // The first is for administrators only; a client that gets this list can read the code.
    {
      path: "/api/components/search?qualifiers=TRK",
      shows: "lists its projects",
      exposed: { json: ["paging", "components.0.key"] },
    },
  ),
  httpEntry("superset", "Apache Superset", [8088], {
    path: "/api/v1/database/",
    shows: "lists its databases",
    exposed: { json: ["count", "ids", "result"] },
    isProtected: { status: 401, json: ["msg"] },
  }),
  httpEntry("pgadmin", "pgAdmin", [5050], {
    path: "/browser/",
    shows: "shows its browser",
    exposed: { body: [/<title>\s*pgAdmin 4\s*<\/title>/, /pgBrowser|browser_tree|id="(?:tree|dockerContainer)"/] },
  }),
  {
    ...httpEntry("openvpn-as", "OpenVPN Access Server", [943], {
      path: "/admin/status_overview",
      shows: "shows its administration",
      exposed: { body: [/OpenVPN/, /(?:Status Overview|Server Status)/] },
    }),
    tls: "always",
  },
  httpEntry("webmin", "Webmin", [10000], {
    path: "/sysinfo.cgi",
    shows: "shows its system",
    exposed: { body: /(?:Webmin version|Kernel and CPU|System hostname)/, header: ["server", /MiniServ/] },
    version: { header: ["server", /MiniServ\/([\d.]+)/] },
  }),
  httpEntry("weblogic", "WebLogic", [7001, 7002], {
    path: "/management/weblogic/latest/serverRuntime",
    headers: { Accept: "application/json" },
    shows: "shows its server",
    exposed: { json: ["weblogicVersion"] },
    version: { body: /"weblogicVersion"\s*:\s*"WebLogic Server ([\d.]+)/ },
  }),
  httpEntry("websphere", "WebSphere", [9060, 9043], {
    path: "/ibm/console/secure/isclite.jsp",
    shows: "shows its console",
    // The login page has the same title and welcome text; only the console has frames.
    exposed: {
      body: [/<title>[^<]{0,200}Integrated Solutions Console/i, /<i?frame\b[^<>]{0,200}\bname=["']?navigation/i],
    },
  }),
];
