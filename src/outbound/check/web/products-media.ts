import type { WebProduct } from "./web-product.ts";

/** Televisions, loudspeakers and media servers. */
export const mediaProducts: readonly WebProduct[] = [
  {
    name: "Sonos",
    signs: [{ header: ["server", " Sonos/"] }, { body: ["<manufacturer>Sonos, Inc.</manufacturer>"] }],
    version: [{ header: "server", after: "Sonos/" }, { after: "<softwareVersion>" }],
    model: [{ after: "<modelName>Sonos ", to: "</modelName>" }],
    requests: [{ path: "/xml/device_description.xml", ports: [1400] }],
    source: "UPnP Device Architecture 1.1, 2.3; https://github.com/SoCo/SoCo",
  },
  {
    name: "Google Cast",
    signs: [{ json: { cast_build_revision: true, name: true } }, { json: { build_version: true, ssdp_udn: true } }],
    version: [{ json: "cast_build_revision" }],
    requests: [{ path: "/setup/eureka_info", ports: [8008] }],
    source: "https://rithvikvibhu.github.io/GHLocalApi/",
  },
  {
    name: "Roku",
    signs: [{ header: ["server", "Roku/"] }, { body: ["<device-info>", "<vendor-name>Roku</vendor-name>"] }],
    version: [{ after: "<software-version>" }, { header: "server", after: "Roku/" }],
    model: [{ after: "<model-name>", to: "</model-name>" }],
    requests: [{ path: "/query/device-info", ports: [8060] }],
    source: "https://developer.roku.com/docs/developer-program/dev-tools/external-control-api.md",
  },
  {
    name: "Samsung",
    signs: [{ json: { type: "Samsung SmartTV", "device.modelName": true } }],
    model: [{ json: "device.modelName" }],
    requests: [{ path: "/api/v2/", ports: [8001, 8002] }],
    source: "https://developer.samsung.com/smarttv/develop/extension-libraries/smart-view-sdk/",
  },
  {
    name: "AirPlay",
    signs: [{ header: ["server", "AirTunes/"] }],
    version: [{ header: "server", after: "AirTunes/" }],
    source: "https://openairplay.github.io/airplay-spec/",
  },
  {
    name: "Bose SoundTouch",
    signs: [{ body: ["<info deviceID=", "<type>SoundTouch"] }],
    version: [{ after: "<softwareVersion>" }],
    requests: [{ path: "/info", ports: [8090] }],
    source: "https://developer.bose.com/soundtouch-control-api: /info",
  },
  {
    name: "Yamaha",
    signs: [
      { header: ["server", "Network_Module/"] },
      { json: { response_code: true, model_name: true, api_version: true } },
    ],
    model: [{ header: "server", after: "(", to: ")" }, { json: "model_name" }],
    source: "Yamaha Extended Control API Specification (Basic), 4.1 getDeviceInfo",
  },
  {
    name: "Plex",
    signs: [{ header: ["x-plex-protocol", ""] }, { body: ["<MediaContainer", "machineIdentifier="] }],
    version: [{ behind: "<MediaContainer", after: 'version="' }],
    requests: [{ path: "/identity", ports: [32400] }],
    source: "https://developer.plex.tv/pms/: /identity",
  },
  {
    name: "Jellyfin",
    signs: [{ title: "Jellyfin" }, { json: { ProductName: "Jellyfin Server", Version: true } }],
    version: [{ json: "Version" }],
    requests: [{ path: "/System/Info/Public", hint: { title: "Jellyfin" } }],
    source: "https://api.jellyfin.org/: GetPublicSystemInfo",
  },
  {
    name: "Emby",
    signs: [{ title: "Emby" }],
    version: [{ json: "Version" }],
    requests: [{ path: "/System/Info/Public", hint: { title: "Emby" } }],
    source: "https://dev.emby.media/reference/RestAPI/SystemService/getSystemInfoPublic.html",
  },
  {
    name: "Kodi",
    signs: [{ title: "Kodi" }, { title: "Kodi web interface*" }, { header: ["www-authenticate", 'realm="Kodi"'] }],
    source: "https://github.com/xbmc/chorus2: index.html",
  },
  {
    name: "Logitech Media Server",
    signs: [{ header: ["server", "Logitech Media Server"] }, { title: "Logitech Media Server*" }],
    version: [{ header: "server", after: "Logitech Media Server (" }],
    source: "https://github.com/LMS-Community/slimserver: Slim/Web/HTTP.pm",
  },
  {
    name: "Lyrion Music Server",
    signs: [{ header: ["server", "Lyrion Music Server"] }, { title: "Lyrion Music Server*" }],
    version: [{ header: "server", after: "Lyrion Music Server (" }],
    source: "https://github.com/LMS-Community/slimserver: Slim/Web/HTTP.pm",
  },
  { name: "Volumio", signs: [{ title: "Volumio*" }], source: "https://github.com/volumio/volumio3-ui: index.html" },
  {
    name: "MiniDLNA",
    signs: [{ header: ["server", "MiniDLNA/"] }, { title: "MiniDLNA*" }],
    version: [
      { header: "server", after: "MiniDLNA/" },
      { title: true, after: "MiniDLNA " },
    ],
    source: "https://sourceforge.net/p/minidlna/git/ci/master/tree/upnphttp.c",
  },
  {
    name: "Navidrome",
    signs: [{ title: "Navidrome" }],
    source: "https://github.com/navidrome/navidrome: ui/public/index.html",
  },
  {
    name: "Transmission",
    signs: [
      { header: ["x-transmission-session-id", ""] },
      { header: ["www-authenticate", 'realm="Transmission"'] },
      { header: ["server", "Transmission"] },
      { title: "Transmission Web Interface" },
    ],
    source: "https://github.com/transmission/transmission/blob/main/docs/rpc-spec.md",
  },
  {
    name: "qBittorrent",
    signs: [{ title: "qBittorrent*" }],
    source: "https://github.com/qbittorrent/qBittorrent: src/webui/www",
  },
  {
    name: "Sonarr",
    signs: [{ title: "Sonarr" }],
    source: "https://github.com/Sonarr/Sonarr: frontend/src/index.ejs",
  },
  {
    name: "Radarr",
    signs: [{ title: "Radarr" }],
    source: "https://github.com/Radarr/Radarr: frontend/src/index.ejs",
  },
];
