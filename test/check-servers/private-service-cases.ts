import type { HttpCase, HttpCases } from "./http-case.ts";

/** Services that are often exposed, with answers from the programs or their documentation. */

const json = (value: unknown, more: Omit<HttpCase, "status" | "body"> = {}): HttpCase => ({
  status: 200,
  ...more,
  headers: { "Content-Type": "application/json", ...more.headers },
  body: JSON.stringify(value),
});
const basic = (realm: string, headers: Readonly<Record<string, string>> = {}): HttpCase => ({
  title: `Basic ${realm}`,
  status: 401,
  headers: { "WWW-Authenticate": `Basic realm="${realm}"`, ...headers },
});
const soap = (content: string) =>
  `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><s:Body>${content}</s:Body></s:Envelope>`;
const registry = { "Docker-Distribution-Api-Version": "registry/2.0" };
const ipp = (authentication: string): HttpCase => ({
  title: authentication,
  status: 200,
  headers: { "Content-Type": "application/ipp" },
  body: `\x01\x01\0\0\0\0\0\x01\x04\x44\0\x1curi-authentication-supported\0${String.fromCharCode(authentication.length)}${authentication}\x03`,
});
const system = (StartupWizardCompleted: boolean) =>
  json(
    { ServerName: "tv", Version: "10.8.13", ProductName: "Jellyfin Server", Id: "abc", StartupWizardCompleted },
    { version: "10.8.13" },
  );

export const privateServiceCases: Readonly<Record<string, HttpCases>> = {
  "docker-registry": {
    exposed: [json({ repositories: [] }, { headers: registry })],
    protected: [{ ...json({ errors: [{ code: "UNAUTHORIZED" }] }, { headers: registry }), title: "401", status: 401 }],
  },
  transmission: {
    exposed: [
      {
        status: 409,
        headers: {
          Server: "Transmission",
          "X-Transmission-Session-Id": "mcafx9oSDpW1JlohgV61GUDQU4k465zoZr0UIT4Xmc6Ug92O",
        },
        body: "<h1>409: Conflict</h1>",
      },
    ],
    protected: [
      basic("Transmission", { Server: "Transmission" }),
      { title: "another address", status: 403, headers: { Server: "Transmission" }, body: "<h1>403: Forbidden</h1>" },
    ],
  },
  onvif: {
    exposed: [
      {
        status: 200,
        headers: { "Content-Type": "application/soap+xml; charset=utf-8" },
        body: soap(
          "<tds:GetDeviceInformationResponse><tds:Manufacturer>Maker</tds:Manufacturer><tds:Model>C1</tds:Model><tds:FirmwareVersion>1.2.3</tds:FirmwareVersion><tds:SerialNumber>1</tds:SerialNumber><tds:HardwareId>1</tds:HardwareId></tds:GetDeviceInformationResponse>",
        ),
        version: "1.2.3",
      },
    ],
    protected: [
      {
        title: "a fault",
        status: 400,
        headers: { "Content-Type": "application/soap+xml; charset=utf-8" },
        body: soap("<s:Fault><s:Code><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode></s:Code></s:Fault>"),
      },
    ],
  },
  monit: {
    exposed: [
      {
        status: 200,
        headers: { Server: "monit 5.33.0", "Content-Type": "text/html" },
        body: "<!DOCTYPE html><html><head><title>Monit: vm</title></head><body><h1>Monit Service Manager</h1></body></html>",
        version: "5.33.0",
      },
    ],
    protected: [basic("monit", { Server: "monit 5.33.0" })],
  },
  aria2: {
    exposed: [
      json(
        { id: "1", jsonrpc: "2.0", result: { enabledFeatures: ["GZip"], version: "1.36.0" } },
        { version: "1.36.0" },
      ),
    ],
    protected: [
      {
        title: "a secret is required",
        status: 400,
        headers: { "Content-Type": "application/json-rpc" },
        body: '{"id":"1","jsonrpc":"2.0","error":{"code":1,"message":"Unauthorized"}}',
      },
    ],
  },
  "caddy-admin": {
    exposed: [json({ admin: { listen: "0.0.0.0:2019" }, apps: { http: { servers: { srv0: { listen: [":80"] } } } } })],
    protected: [{ title: "another host", status: 403, body: '{"error":"host not allowed: 10.0.0.2:2019"}' }],
    inconclusive: [{ title: "without a configuration", status: 200, body: "null\n" }],
  },
  "kong-admin": {
    exposed: [
      json(
        { tagline: "Welcome to kong", version: "3.4.0", plugins: { available_on_server: {} } },
        { headers: { Server: "kong/3.4.0" }, version: "3.4.0" },
      ),
    ],
    protected: [basic("kong")],
  },
  traefik: {
    exposed: [
      json({ http: { routers: { total: 3 }, services: { total: 4 }, middlewares: { total: 0 } }, features: {} }),
    ],
    protected: [basic("traefik")],
  },
  jenkins: {
    exposed: [
      json(
        { _class: "hudson.model.Hudson", mode: "NORMAL", jobs: [{ name: "build" }], useSecurity: false },
        { headers: { "X-Jenkins": "2.426.1" }, version: "2.426.1" },
      ),
    ],
    protected: [
      {
        title: "403",
        status: 403,
        headers: { "X-Jenkins": "2.426.1" },
        body: "Authentication required",
        version: "2.426.1",
      },
    ],
  },
  jupyter: {
    exposed: [
      json({ name: "", path: "", last_modified: "2024-01-01T00:00:00Z", content: [], format: "json", writable: true }),
    ],
    protected: [{ ...json({ message: "Forbidden", reason: null }), title: "403", status: 403 }],
  },
  ollama: {
    exposed: [{ status: 200, headers: { "Content-Type": "text/plain" }, body: "Ollama is running" }],
    protected: [basic("proxy")],
  },
  selenium: {
    exposed: [
      json({ value: { ready: true, message: "Selenium Grid ready.", nodes: [] } }),
      json(
        { status: 0, value: { ready: true, message: "Selenium Grid is running" } },
        { title: "before version 4", path: "/wd/hub/status" },
      ),
    ],
    protected: [basic("selenium")],
  },
  devtools: {
    exposed: [
      json(
        {
          Browser: "Chrome/120.0.6099.109",
          "Protocol-Version": "1.3",
          webSocketDebuggerUrl: "ws://localhost/devtools/browser/b0b8a4fb",
        },
        { version: "120.0.6099.109" },
      ),
    ],
    protected: [{ title: "another name", status: 403, body: "Host header is specified and is not an IP address" }],
  },
  "node-inspector": {
    exposed: [json({ Browser: "node.js/v18.19.0", "Protocol-Version": "1.1" }, { version: "18.19.0" })],
    protected: [basic("proxy")],
  },
  netdata: {
    exposed: [
      json(
        { version: "v1.37.1", uid: "abc", mirrored_hosts: ["vm"] },
        { headers: { Server: "Netdata Embedded HTTP Server v1.37.1" }, version: "v1.37.1" },
      ),
    ],
    protected: [{ title: "another address", status: 403, body: "You are not allowed to access this resource." }],
  },
  portainer: {
    exposed: [
      {
        ...json({ message: "No administrator account found inside the database", details: "Object not found" }),
        status: 404,
      },
    ],
    protected: [basic("proxy")],
    inconclusive: [{ title: "an administrator is there", status: 204 }],
  },
  "node-red": {
    exposed: [json({ httpNodeRoot: "/", version: "3.0.2", context: {} }, { version: "3.0.2" })],
    protected: [{ title: "401", status: 401, body: "Unauthorized" }],
  },
  moonraker: {
    exposed: [json({ result: { klippy_state: "ready", moonraker_version: "v0.8.0-1" } }, { version: "v0.8.0-1" })],
    protected: [{ ...json({ error: { code: 401, message: "Unauthorized" } }), title: "401", status: 401 }],
  },
  shelly: {
    exposed: [
      json({ type: "SHSW-25", mac: "98CDAC1F2B33", auth: false, fw: "20230913-112003/v1.14.0-gcb84623" }),
      json({ id: "shellyplus1-a8032ab6", mac: "A8032AB6", gen: 2, ver: "1.0.8", app: "Plus1", auth_en: false }),
    ],
    protected: [
      { ...json({ type: "SHSW-25", mac: "98CDAC1F2B33", auth: true, fw: "v1.14.0" }), title: "with a password" },
    ],
  },
  tasmota: {
    exposed: [
      {
        status: 200,
        body: "<title>Plug - Main Menu</title><a href='https://bit.ly/tasmota'>Tasmota 13.2.0 by Theo Arends</a>",
        version: "13.2.0",
      },
    ],
    protected: [basic("Plug")],
  },
  wled: {
    exposed: [json({ ver: "0.14.0", brand: "WLED", product: "FOSS", leds: { count: 30 } }, { version: "0.14.0" })],
    protected: [basic("proxy")],
  },
  jellyfin: { exposed: [system(false)], protected: [{ ...system(true), title: "set up" }] },
  plex: {
    exposed: [
      {
        status: 200,
        headers: { "Content-Type": "text/xml", "X-Plex-Protocol": "1.0" },
        body: '<?xml version="1.0"?><MediaContainer size="1"><Directory key="1" type="movie" title="Movies"/></MediaContainer>',
      },
    ],
    protected: [{ title: "401", status: 401, headers: { "X-Plex-Protocol": "1.0" } }],
  },
  cups: {
    exposed: [
      {
        status: 200,
        headers: { Server: "CUPS/2.4 IPP/2.1" },
        body: "<HTML><HEAD><TITLE>Printers - CUPS 2.4.2</TITLE></HEAD></HTML>",
        version: "2.4.2",
      },
    ],
    protected: [
      {
        title: "403",
        status: 403,
        headers: { Server: "CUPS/2.4 IPP/2.1" },
        body: "<TITLE>Forbidden - CUPS v2.4.2</TITLE>",
      },
    ],
  },
  ipp: {
    exposed: [ipp("none"), ipp("requesting-user-name")],
    protected: [ipp("basic"), ipp("certificate")],
  },
};
