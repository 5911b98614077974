import type { WebProduct } from "./web-product.ts";

/** Routers, firewalls, access points, filters and power supplies. */
export const networkProducts: readonly WebProduct[] = [
  {
    name: "FRITZ!Box",
    signs: [{ body: ["<j:BoxInfo", "<j:Name>"] }, { title: "FRITZ!Box*" }],
    version: [{ after: "<j:Version>" }],
    model: [
      { after: "<j:Name>", to: "</j:Name>" },
      { title: true, after: "FRITZ!Box ", to: "" },
    ],
    requests: [{ path: "/jason_boxinfo.xml", hint: { title: "FRITZ!Box*" } }],
    source: "https://avm.de/service/schnittstellen/: jason_boxinfo.xml",
  },
  {
    name: "OpenWrt LuCI",
    signs: [
      { body: ["LuCI - Lua Configuration Interface"] },
      { body: ["/luci-static/", "openwrt/luci"] },
      { title: "*- LuCI", body: ["/luci-static/"] },
    ],
    version: [{ after: "/ OpenWrt " }, { after: ">OpenWrt " }],
    source: "https://github.com/openwrt/luci: themes/luci-theme-bootstrap",
  },
  {
    name: "pfSense",
    signs: [{ title: "pfSense - Login" }, { title: "Login to pfSense" }, { title: "* - pfSense*" }],
    source: "https://github.com/pfsense/pfsense: src/etc/inc/authgui.inc",
  },
  {
    name: "OPNsense",
    signs: [{ title: "*| OPNsense" }, { header: ["server", "OPNsense"] }],
    source: "https://github.com/opnsense/core: src/www/authgui.inc",
  },
  {
    name: "MikroTik RouterOS",
    signs: [
      { title: "RouterOS router configuration page" },
      { title: "RouterOS" },
      { body: ["RouterOS v", "mikrotik"] },
    ],
    version: [{ after: "RouterOS v" }],
    source: "https://help.mikrotik.com/docs/spaces/ROS/: WebFig",
  },
  {
    name: "UniFi",
    signs: [
      { json: { "meta.server_version": true, "meta.rc": true } },
      { title: "UniFi Network*" },
      { title: "UniFi OS*" },
      { title: "UniFi" },
      { certificate: "CN=UniFi" },
    ],
    version: [{ json: "meta.server_version" }],
    requests: [
      { path: "/status", hint: { certificate: "CN=UniFi" } },
      { path: "/status", hint: { title: "UniFi*" } },
    ],
    source: "https://ubntwiki.com/products/software/unifi-controller/api: /status",
  },
  {
    name: "Ubiquiti EdgeOS",
    signs: [{ title: "EdgeOS" }],
    source: "https://help.ui.com: EdgeRouter",
  },
  { name: "Ubiquiti airOS", signs: [{ body: ["airos_logo.png"] }], source: "https://help.ui.com: airOS" },
  {
    name: "TP-Link",
    signs: [{ header: ["www-authenticate", "TP-LINK"] }, { header: ["server", "TP-LINK"] }, { title: "TP-LINK*" }],
    model: [{ header: "www-authenticate", after: "TP-LINK ", to: '"' }],
    source: "https://www.tp-link.com: router login page",
  },
  {
    name: "ASUS router",
    signs: [
      { title: "ASUS Login" },
      { title: "ASUS Wireless Router*" },
      { body: ["/Main_Login.asp"], header: ["server", "httpd/"] },
    ],
    model: [{ title: true, after: "ASUS Wireless Router ", to: "" }],
    source: "https://github.com/RMerl/asuswrt-merlin.ng: release/src/router/www",
  },
  {
    name: "Netgear",
    signs: [{ header: ["www-authenticate", 'realm="NETGEAR '] }, { title: "NETGEAR *" }],
    model: [
      { header: "www-authenticate", after: "NETGEAR ", to: '"' },
      { title: true, after: "NETGEAR ", to: "" },
    ],
    source: "https://kb.netgear.com: router login",
  },
  {
    name: "D-Link",
    signs: [{ header: ["server", "WEBACCESS/"] }, { title: "D-LINK*" }],
    model: [{ header: "server", after: "WEBACCESS/1.0, ", to: " Ver" }],
    version: [{ header: "server", after: " Ver " }],
    source: "https://support.dlink.com",
  },
  {
    name: "Zyxel",
    signs: [{ title: ".::Welcome to ZyXEL*" }, { title: "ZyXEL*" }],
    source: "https://www.zyxel.com",
  },
  {
    name: "DD-WRT",
    signs: [
      { title: "DD-WRT*" },
      { title: "* (build *", body: ["dd-wrt"] },
      { header: ["www-authenticate", 'realm="DD-WRT"'] },
    ],
    source: "https://wiki.dd-wrt.com",
  },
  { name: "Turris reForis", signs: [{ title: "reForis*" }], source: "https://gitlab.nic.cz/turris/reforis" },
  {
    name: "FortiGate",
    signs: [{ certificate: "O=Fortinet" }, { header: ["server", "xxxxxxxx-xxxxx"] }],
    source: "https://docs.fortinet.com: FortiGate default certificate",
  },
  { name: "SonicWall", signs: [{ header: ["server", "SonicWALL"] }], source: "https://www.sonicwall.com" },
  {
    name: "Pi-hole",
    signs: [{ header: ["x-pi-hole", ""] }, { title: "Pi-hole*" }],
    version: [{ behind: "pi-hole", after: "releases/" }],
    source: "https://docs.pi-hole.net",
  },
  {
    name: "AdGuard Home",
    signs: [{ title: "AdGuard Home" }, { title: "Setup AdGuard Home" }],
    source: "https://github.com/AdguardTeam/AdGuardHome: client/public",
  },
  {
    name: "Technitium DNS Server",
    signs: [{ title: "Technitium DNS Server*" }],
    source: "https://technitium.com/dns/",
  },
  { name: "APC", signs: [{ title: "APC | *" }, { title: "Schneider Electric | *" }], source: "https://www.apc.com" },
  {
    name: "Nginx Proxy Manager",
    signs: [{ title: "Nginx Proxy Manager" }],
    source: "https://github.com/NginxProxyManager/nginx-proxy-manager: frontend",
  },
];
