import type { WebProduct } from "./web-product.ts";

/** Hypervisors, management controllers, proxies and administration tools. */
export const serverProducts: readonly WebProduct[] = [
  {
    name: "Proxmox VE",
    signs: [{ header: ["server", "pve-api-daemon/"] }, { title: "* - Proxmox Virtual Environment" }],
    version: [{ after: "pvemanagerlib.js?ver=" }],
    source: "https://pve.proxmox.com/wiki/Proxmox_VE_API; PVE/HTTPServer.pm",
  },
  {
    name: "Proxmox Backup Server",
    signs: [{ title: "* - Proxmox Backup Server" }],
    source: "https://pbs.proxmox.com/docs/",
  },
  { name: "Proxmox Mail Gateway", signs: [{ title: "* - Proxmox Mail Gateway" }], source: "https://pmg.proxmox.com" },
  {
    name: "VMware vSphere",
    signs: [
      { body: ["<name>urn:vim25</name>"] },
      { certificate: "OU=VMware ESX Server Default Certificate" },
      { body: ["ID_EESX_Welcome"] },
      { title: "*VMware ESXi*" },
    ],
    version: [{ behind: "<name>urn:vim25</name>", after: "<version>" }],
    requests: [
      { path: "/sdk/vimServiceVersions.xml", hint: { body: ["ID_VC_Welcome"] } },
      { path: "/sdk/vimServiceVersions.xml", hint: { certificate: "O=VMware" } },
    ],
    source: "https://developer.broadcom.com: vSphere Web Services SDK, vimServiceVersions.xml",
  },
  {
    name: "Dell iDRAC",
    signs: [
      { title: "iDRAC*" },
      { title: "*Integrated Dell Remote Access Controller*" },
      { certificate: "OU=Remote Access Group" },
    ],
    source: "https://www.dell.com: iDRAC user's guide",
  },
  {
    name: "HPE iLO",
    signs: [
      { header: ["server", "HPE-iLO-Server/"] },
      { header: ["server", "HP-iLO-Server/"] },
      { title: "iLO *" },
      { body: ["<RIMP>", "Integrated Lights-Out"] },
    ],
    version: [{ after: "<FWRI>" }],
    requests: [{ path: "/xmldata?item=all", hint: { header: ["server", "iLO-Server/"] } }],
    source: "https://support.hpe.com: iLO user guide, xmldata",
  },
  {
    name: "Supermicro BMC",
    signs: [
      { body: ["ATEN International"] },
      { title: "SUPERMICRO BMC Login" },
      { certificate: "O=Super Micro Computer" },
    ],
    source: "https://www.supermicro.com: BMC user guide",
  },
  {
    name: "Cockpit",
    signs: [
      { body: ["window.environment", "cockpit"] },
      { body: ["cockpit-ws"] },
      { body: ["cockpit/static/login.js"] },
    ],
    source: "https://github.com/cockpit-project/cockpit: pkg/static/login.html",
  },
  {
    name: "Portainer",
    signs: [{ title: "Portainer*" }, { json: { Version: true, InstanceID: true } }],
    version: [{ json: "Version" }],
    requests: [{ path: "/api/status", hint: { title: "Portainer*" } }],
    source: "https://docs.portainer.io/api/docs",
  },
  {
    name: "Docker Registry",
    signs: [{ header: ["docker-distribution-api-version", "registry/2.0"] }],
    requests: [{ path: "/v2/", ports: [5000, 5001] }],
    source: "https://distribution.github.io/distribution/spec/api/#api-version-check",
  },
  {
    name: "Docker",
    signs: [{ header: ["server", "Docker/"] }, { json: { ApiVersion: true, Os: true, KernelVersion: true } }],
    version: [{ header: "server", after: "Docker/" }, { json: "Version" }],
    source: "https://docs.docker.com/reference/api/engine/",
  },
  {
    name: "Caddy",
    signs: [
      { json: { "apps.http.servers": true } },
      { header: ["content-type", "application/json"], body: ['"apps":{"', '"admin":{"'] },
      { status: 403, body: ['"error":"host not allowed: '] },
    ],
    requests: [{ path: "/config/", ports: [2019] }],
    source: "https://caddyserver.com/docs/api",
  },
  {
    name: "Traefik",
    signs: [
      { json: { Version: true, Codename: true, startDate: true } },
      { title: "Traefik" },
      { title: "Traefik Proxy" },
    ],
    version: [{ json: "Version" }],
    requests: [{ path: "/api/version", hint: { title: "Traefik*" } }],
    source: "https://doc.traefik.io/traefik/operations/api/",
  },
  {
    name: "Kong",
    signs: [{ json: { tagline: "Welcome to kong", version: true } }, { header: ["server", "kong/"] }],
    version: [{ json: "version" }, { header: "server", after: "kong/" }],
    source: "https://docs.konghq.com/gateway/api/admin-oss/",
  },
  {
    name: "Squid",
    isProxy: true,
    signs: [{ header: ["server", "squid"] }, { header: ["x-squid-error", ""] }],
    version: [{ header: "server", after: "squid/" }],
    source: "https://www.squid-cache.org/Doc/config/httpd_suppress_version_string/",
  },
  {
    name: "tinyproxy",
    isProxy: true,
    signs: [{ header: ["server", "tinyproxy"] }],
    version: [{ header: "server", after: "tinyproxy/" }],
    source: "https://github.com/tinyproxy/tinyproxy: src/html-error.c",
  },
  {
    name: "Privoxy",
    isProxy: true,
    signs: [
      { header: ["proxy-agent", "Privoxy"] },
      { body: ["Privoxy", "config.privoxy.org"] },
      { header: ["server", "Privoxy"] },
      { status: 400, body: ["Invalid header received from client."] },
    ],
    version: [{ header: "proxy-agent", after: "Privoxy/" }, { after: "Privoxy " }],
    source: "https://www.privoxy.org/user-manual/",
  },
  {
    name: "Tor",
    isProxy: true,
    signs: [{ title: "This is an HTTP CONNECT tunnel, not a full HTTP Proxy" }],
    source: "https://gitlab.torproject.org/tpo/core/tor: src/core/or/connection_edge.c",
  },
  {
    name: "mitmproxy",
    isProxy: true,
    signs: [{ header: ["server", "mitmproxy "] }],
    version: [{ header: "server", after: "mitmproxy " }],
    source: "https://github.com/mitmproxy/mitmproxy: mitmproxy/proxy/layers/http",
  },
  {
    name: "Varnish",
    signs: [{ header: ["x-varnish", ""], body: ["Varnish cache server"] }],
    source: "https://varnish-cache.org: builtin.vcl",
  },
  {
    name: "IBM WebSphere",
    signs: [{ header: ["server", "WebSphere Application Server/"] }],
    version: [{ header: "server", after: "WebSphere Application Server/" }],
    source: "https://www.ibm.com/docs/was",
  },
  {
    name: "Netdata",
    signs: [{ header: ["server", "NetData Embedded HTTP"] }],
    version: [{ header: "server", after: "HTTP Server " }, { json: "version" }],
    source: "https://github.com/netdata/netdata: web server",
  },
];
