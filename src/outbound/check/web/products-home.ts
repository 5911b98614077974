import type { WebProduct } from "./web-product.ts";

/** Hubs, lamps, switches and 3D printers at home. */
export const homeProducts: readonly WebProduct[] = [
  {
    name: "Home Assistant",
    signs: [{ title: "Home Assistant" }, { json: { name: "Home Assistant", short_name: true, start_url: true } }],
    requests: [{ path: "/manifest.json", ports: [8123] }],
    source: "https://github.com/home-assistant/frontend: index.html, manifest.json",
  },
  {
    name: "Phoscon deCONZ",
    signs: [{ json: { bridgeid: true, swversion: true, modelid: "deCONZ" } }],
    version: [{ json: "swversion" }],
    source: "https://dresden-elektronik.github.io/deconz-rest-doc/endpoints/configuration/",
  },
  {
    name: "Philips Hue",
    signs: [
      { title: "hue personal wireless lighting" },
      { json: { bridgeid: true, swversion: true, apiversion: true } },
    ],
    version: [{ json: "swversion" }],
    requests: [{ path: "/api/config", hint: { body: ["hue personal wireless lighting"] } }],
    source: "https://developers.meethue.com/develop/hue-api/7-configuration-api/",
  },
  {
    name: "Shelly",
    signs: [
      { json: { mac: true, auth_en: true, gen: true, ver: true } },
      { json: { mac: true, auth: true, type: true, fw: true } },
      { header: ["server", "ShellyHTTP/"] },
    ],
    version: [{ json: "ver" }],
    model: [{ json: "app" }, { json: "type" }],
    requests: [
      { path: "/shelly", hint: { title: "shelly*" } },
      { path: "/shelly", hint: { header: ["server", "Mongoose/"] } },
    ],
    source: "https://shelly-api-docs.shelly.cloud/gen2/General/RPCChannels/, gen1: /shelly",
  },
  {
    name: "Tasmota",
    signs: [{ body: ["bit.ly/tasmota", "by Theo Arends"] }, { header: ["server", "Tasmota/"] }],
    version: [{ header: "server", after: "Tasmota/" }, { after: "Tasmota " }],
    source: "https://github.com/arendst/Tasmota: xdrv_01_9_webserver.ino",
  },
  {
    name: "ESPHome",
    signs: [{ body: ["<esp-app>", "oi.esphome.io"] }, { body: ["esphome.io/_static/webserver"] }],
    source: "https://esphome.io/components/web_server/",
  },
  {
    name: "WLED",
    signs: [{ json: { brand: "WLED", ver: true } }, { title: "WLED" }],
    version: [{ json: "ver" }],
    requests: [{ path: "/json/info", hint: { title: "WLED" } }],
    source: "https://kno.wled.ge/interfaces/json-api/",
  },
  {
    name: "openHAB",
    signs: [{ title: "openHAB" }, { json: { "runtimeInfo.version": true, links: true } }],
    version: [{ json: "runtimeInfo.version" }],
    requests: [{ path: "/rest/", hint: { title: "openHAB" } }],
    source: "https://www.openhab.org/docs/configuration/restdocs.html",
  },
  {
    name: "Domoticz",
    signs: [{ title: "Domoticz" }, { json: { title: "GetVersion", status: "OK" } }],
    version: [{ json: "version" }],
    requests: [{ path: "/json.htm?type=command&param=getversion", hint: { title: "Domoticz" } }],
    source: "https://wiki.domoticz.com/Domoticz_API/JSON_URL%27s",
  },
  {
    name: "ioBroker",
    signs: [{ title: "ioBroker*" }],
    source: "https://github.com/ioBroker/ioBroker.admin: index.html",
  },
  {
    name: "Homebridge",
    signs: [{ title: "Homebridge*" }],
    source: "https://github.com/homebridge/homebridge-config-ui-x: index.html",
  },
  {
    name: "Zigbee2MQTT",
    signs: [{ title: "Zigbee2MQTT*" }],
    source: "https://www.zigbee2mqtt.io/guide/configuration/frontend.html",
  },
  {
    name: "Node-RED",
    signs: [{ title: "Node-RED*" }, { json: { httpNodeRoot: true, version: true } }],
    version: [{ json: "version" }],
    requests: [{ path: "/settings", hint: { title: "Node-RED*" } }],
    source: "https://nodered.org/docs/api/admin/methods/get/settings/",
  },
  {
    name: "OctoPrint",
    signs: [{ title: "OctoPrint*" }, { title: "* [OctoPrint]" }],
    source: "https://github.com/OctoPrint/OctoPrint: templates/index.jinja2, login.jinja2",
  },
  {
    name: "Moonraker",
    signs: [{ json: { "result.moonraker_version": true, "result.klippy_state": true } }],
    version: [{ json: "result.moonraker_version" }],
    requests: [{ path: "/server/info", ports: [7125] }],
    source: "https://moonraker.readthedocs.io/en/latest/external_api/server/",
  },
  {
    name: "Mainsail",
    signs: [{ title: "Mainsail" }],
    source: "https://github.com/mainsail-crew/mainsail: index.html",
  },
  { name: "Fluidd", signs: [{ title: "fluidd" }], source: "https://github.com/fluidd-core/fluidd: index.html" },
  { name: "evcc", signs: [{ title: "evcc" }], source: "https://github.com/evcc-io/evcc: index.html" },
  {
    name: "Fronius",
    signs: [{ json: { APIVersion: true, BaseURL: "/solar_api/v1/" } }],
    requests: [{ path: "/solar_api/GetAPIVersion.cgi", hint: { title: "Fronius*" } }],
    source: "https://www.fronius.com: Fronius Solar API V1, 2.1",
  },
];
