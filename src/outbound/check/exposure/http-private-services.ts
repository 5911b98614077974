import { soapRequest } from "../../probe/http-exchange.ts";
import type { EntryRequest, HttpEntry } from "./entry.ts";
import { httpEntry } from "./http-entry.ts";

/**
 * Services that only their owner or the same machine should use, and that are often exposed: downloads, debuggers, devices at home,
 * and administration without a login. Entries without a port are tried where a page shows the product.
 */
export const privateServiceEntries: readonly HttpEntry[] = [
  // https://distribution.github.io/distribution/spec/api/#listing-repositories
  httpEntry("docker-registry", "Docker Registry", [5000, 5001], {
    path: "/v2/_catalog",
    shows: "lists its repositories",
    exposed: { json: ["repositories"], header: ["docker-distribution-api-version", /^registry\/2/] },
  }),
  // https://github.com/transmission/transmission/blob/main/docs/rpc-spec.md, 2.2.1: an allowed client gets 409 and a session
  httpEntry("transmission", "Transmission", [9091], {
    path: "/transmission/rpc",
    shows: "opens a session of its interface",
    exposed: { status: 409, header: ["x-transmission-session-id", /^\S/] },
  }),
  // https://aria2.github.io/manual/en/html/aria2c.html#rpc-interface
  httpEntry("aria2", "aria2", [6800], {
    path: "/jsonrpc?method=aria2.getVersion&id=1",
    shows: "accepts downloads",
    exposed: { json: ["result.version", "result.enabledFeatures"] },
    isProtected: {
      status: 400,
      header: ["content-type", /^application\/json-rpc/],
      body: /"message"\s*:\s*"Unauthorized"/,
    },
    version: { json: "result.version" },
  }),
  // https://caddyserver.com/docs/api: protected only by the Host header
  httpEntry("caddy-admin", "Caddy (admin API)", [2019], {
    path: "/config/",
    shows: "shows its configuration and accepts another",
    exposed: { body: /"apps"\s{0,9}:\s{0,9}\{\s{0,9}"(?:events|http|layer4|pki|tls)"/ },
    isProtected: { status: 403, body: /"host not allowed: / },
  }),
  // ONVIF Core Specification, 8.3.1: only users may read maker, model and firmware
  httpEntry("onvif", "ONVIF", [], {
    ...soapRequest("/onvif/device_service", '<GetDeviceInformation xmlns="http://www.onvif.org/ver10/device/wsdl"/>'),
    shows: "shows its maker, model and serial number",
    exposed: { body: [/GetDeviceInformationResponse\b/, /\bSerialNumber>/] },
    isProtected: { status: "any", body: /\bNotAuthorized\b/ },
    version: { body: /\bFirmwareVersion>([^<]{1,60})</ },
  }),
  // https://mmonit.com/monit/documentation/monit.html#Authentication: a client that sees this page can start and stop the services
  httpEntry("monit", "Monit", [2812], {
    path: "/",
    shows: "shows its services and controls them",
    exposed: { header: ["server", /^monit \d/], body: /<title>Monit: / },
    version: { header: ["server", /^monit (\d[\d.]{0,20})/] },
  }),
  httpEntry("kong-admin", "Kong (admin API)", [8001], {
    path: "/",
    shows: "shows its configuration and accepts another",
    exposed: { json: ["version", "plugins.available_on_server"], body: /"Welcome to kong"/ },
    version: { json: "version" },
  }),
  httpEntry("traefik", "Traefik", [], {
    path: "/api/overview",
    shows: "shows its routes",
    exposed: { json: ["http.routers", "http.services", "http.middlewares"] },
  }),
  httpEntry("jenkins", "Jenkins", [], {
    path: "/api/json",
    shows: "lists its jobs",
    exposed: { json: ["jobs", "mode"], body: /"hudson\.model\.Hudson"/ },
    version: { header: ["x-jenkins", /^([\d.]+)/] },
  }),
  httpEntry("jupyter", "Jupyter", [8888], {
    path: "/api/contents",
    shows: "lists its files and runs code",
    exposed: { json: ["content", "format", "writable", "last_modified"] },
  }),
  httpEntry("ollama", "Ollama", [11434], {
    path: "/",
    shows: "answers; it has no login, and runs models",
    exposed: { body: /^Ollama is running\s{0,2}$/ },
  }),
  // https://www.selenium.dev/documentation/grid/advanced_features/endpoints/
  httpEntry(
    "selenium",
    "Selenium Grid",
    [4444],
    ...["/status", "/wd/hub/status"].map(
      (path): EntryRequest => ({
        path,
        shows: "lets any client drive its browsers",
        exposed: { json: ["value.ready", "value.message"], body: /Selenium Grid/ },
      }),
    ),
  ),
  // https://chromedevtools.github.io/devtools-protocol/
  httpEntry("devtools", "Chrome DevTools", [9222], {
    path: "/json/version",
    shows: "lets any client drive the browser",
    exposed: { json: ["Browser", "Protocol-Version", "webSocketDebuggerUrl"] },
    version: { body: /"Browser"\s{0,9}:\s{0,9}"[A-Za-z]{1,40}\/([\d.]{1,40})/ },
  }),
  // https://nodejs.org/en/learn/getting-started/debugging
  httpEntry("node-inspector", "Node.js inspector", [9229], {
    path: "/json/version",
    shows: "lets any client run code",
    exposed: { json: ["Browser", "Protocol-Version"], body: /"Browser"\s{0,9}:\s{0,9}"node\.js\/v/ },
    version: { body: /"node\.js\/v([\d.]{1,40})/ },
  }),
  httpEntry("netdata", "Netdata", [19999], {
    path: "/api/v1/info",
    shows: "shows its host",
    exposed: { json: ["version", "uid", "mirrored_hosts"] },
    version: { json: "version" },
  }),
  // https://docs.portainer.io/api/: without an administrator any client can create one
  httpEntry("portainer", "Portainer", [9443], {
    path: "/api/users/admin/check",
    shows: "can be set up by any client",
    exposed: { status: 404, body: /"No administrator account found inside the database"/ },
  }),
  httpEntry("node-red", "Node-RED", [1880], {
    path: "/settings",
    shows: "shows its editor",
    exposed: { json: ["httpNodeRoot", "version"] },
    version: { json: "version" },
  }),
  httpEntry("moonraker", "Moonraker", [7125], {
    path: "/server/info",
    shows: "lets any client run the 3D printer",
    exposed: { json: ["result.klippy_state", "result.moonraker_version"] },
    version: { json: "result.moonraker_version" },
  }),
  httpEntry("shelly", "Shelly", [], {
    path: "/shelly",
    shows: "accepts commands",
    isProduct: [{ json: ["mac", "auth", "type", "fw"] }, { json: ["mac", "auth_en", "gen", "ver"] }],
    exposed: { json: ["mac"], body: /"auth(?:_en)?"\s{0,9}:\s{0,9}false/ },
    isProtected: { json: ["mac"], body: /"auth(?:_en)?"\s{0,9}:\s{0,9}true/ },
  }),
  httpEntry("tasmota", "Tasmota", [], {
    path: "/",
    shows: "shows its switches",
    exposed: { body: [/by Theo Arends/, /bit\.ly\/tasmota/] },
  }),
  httpEntry("wled", "WLED", [], {
    path: "/json/info",
    shows: "accepts commands",
    exposed: { json: ["ver", "brand", "leds"], body: /"brand"\s{0,9}:\s{0,9}"WLED"/ },
    version: { json: "ver" },
  }),
  httpEntry("jellyfin", "Jellyfin", [], {
    path: "/System/Info/Public",
    shows: "can be set up by any client",
    isProduct: [{ json: ["Version"], body: /"ProductName"\s{0,9}:\s{0,9}"Jellyfin Server"/ }],
    exposed: { json: ["Id"], body: /"StartupWizardCompleted"\s{0,9}:\s{0,9}false/ },
    isProtected: { json: ["Id"], body: /"StartupWizardCompleted"\s{0,9}:\s{0,9}true/ },
    version: { json: "Version" },
  }),
  httpEntry("plex", "Plex", [32400], {
    path: "/library/sections",
    shows: "lists its libraries",
    exposed: { body: [/<MediaContainer\b/, /<Directory\b/], header: ["x-plex-protocol", /^\d/] },
  }),
  httpEntry("cups", "CUPS", [631], {
    path: "/printers/",
    shows: "lists its printers",
    exposed: { body: /<title>Printers - CUPS [\d.]{1,20}/i },
    version: { body: /<title>Printers - CUPS ([\d.]{1,20})/i },
  }),
  // RFC 8011, 4.2.5 and 5.4.2: the authentication that a printer requires is one of its attributes.
  httpEntry("ipp", "Printer (IPP)", [631], {
    method: "POST",
    path: "/ipp/print",
    headers: { "Content-Type": "application/ipp" },
    body: getPrinterAttributes(),
    shows: "accepts print jobs",
    isProduct: [{ header: ["content-type", /^application\/ipp\b/], body: /uri-authentication-supported/ }],
    // Length of the value, and the value: "requesting-user-name" accepts any name.
    exposed: { body: /uri-authentication-supported[\s\S]{2}(?:none|requesting-user-name)/ },
    isProtected: { body: /uri-authentication-supported[\s\S]{2}(?:basic|digest|negotiate|certificate|oauth)/ },
  }),
];

/** RFC 8010, 3.1: version 1.1, operation 0x000b, request 1, the attributes of the operation. Reads only. */
function getPrinterAttributes(): string {
  const attribute = (tag: string, name: string, value: string) =>
    `${tag}\0${String.fromCharCode(name.length)}${name}\0${String.fromCharCode(value.length)}${value}`;
  return [
    "\x01\x01\0\x0b\0\0\0\x01\x01",
    attribute("\x47", "attributes-charset", "utf-8"),
    attribute("\x48", "attributes-natural-language", "en"),
    attribute("\x45", "printer-uri", "ipp://localhost/ipp/print"),
    attribute("\x44", "requested-attributes", "uri-authentication-supported"),
    attribute("\x44", "", "printer-make-and-model"),
    "\x03",
  ].join("");
}
