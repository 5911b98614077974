/** Answers of web applications and devices, as documented or recorded, and what they identify. */
export interface WebCase {
  /** With its version, as the service check prints it. */
  readonly named: string;
  /** If the product is requested only on its own port. */
  readonly port?: number;
  readonly pages: Readonly<Record<string, WebPage>>;
}

export interface WebPage {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const titled = (title: string, more = ""): WebPage => ({
  headers: { "Content-Type": "text/html" },
  body: `<!DOCTYPE html><html><head><title>${title}</title></head><body>${more}</body></html>`,
});
const json = (value: unknown): WebPage => ({
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(value),
});
const xml = (body: string): WebPage => ({
  headers: { "Content-Type": "text/xml" },
  body: `<?xml version="1.0"?>${body}`,
});
const to = (location: string): WebPage => ({ status: 302, headers: { Location: location } });
const server = (header: string, more: WebPage = {}): WebPage => ({
  ...more,
  headers: { ...more.headers, Server: header },
});

export const webCases: readonly WebCase[] = [
  {
    named: "Radicale",
    pages: {
      "/": server("WSGIServer/0.2 CPython/3.11.2", to("/.web")),
      "/.web": to("/.web/"),
      "/.web/": titled("Radicale Web Interface", '<input data-name="password" type="password">'),
    },
  },
  {
    named: "ONVIF",
    port: 2020,
    pages: {
      "/": { status: 404 },
      "/onvif/device_service": xml(
        '<s:Envelope xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><s:Body><tds:GetSystemDateAndTimeResponse/></s:Body></s:Envelope>',
      ),
    },
  },
  { named: "Xandikos", pages: { "/": server("Python/3.11 aiohttp/3.8.4", titled("Xandikos WebDAV server")) } },
  { named: "Python 3.11.2", pages: { "/": server("WSGIServer/0.2 CPython/3.11.2") } },
  { named: "Python 3.11.7", pages: { "/": server("BaseHTTP/0.6 Python/3.11.7", { status: 501 }) } },
  { named: "Icecast 2.4.4", pages: { "/": server("Icecast 2.4.4") } },
  { named: "nzbget 21.0", pages: { "/": server("nzbget-21.0") } },
  { named: "Apache Traffic Server 9.2.5", pages: { "/": server("ATS/9.2.5") } },
  { named: "aiohttp 3.8.4", pages: { "/": server("Python/3.11 aiohttp/3.8.4") } },
  { named: "Home Assistant", pages: { "/": titled("Home Assistant") } },
  {
    named: "Philips Hue 1963021010",
    pages: {
      "/": titled("hue personal wireless lighting", "hue personal wireless lighting"),
      "/api/config": json({ bridgeid: "001788FFFE", swversion: "1963021010", apiversion: "1.63.0", modelid: "BSB002" }),
    },
  },
  {
    named: "Phoscon deCONZ 2.12.6",
    pages: { "/": json({ bridgeid: "00212E", swversion: "2.12.6", apiversion: "1.16.0", modelid: "deCONZ" }) },
  },
  {
    named: "Shelly Plus1 1.0.8",
    pages: {
      "/": titled("Shelly Web Interface"),
      "/shelly": json({ mac: "A8032AB6", gen: 2, ver: "1.0.8", app: "Plus1", auth_en: false }),
    },
  },
  {
    named: "Tasmota 13.2.0",
    pages: {
      "/": titled("Plug - Main Menu", "<a href='https://bit.ly/tasmota'>Tasmota 13.2.0 by Theo Arends</a>"),
    },
  },
  {
    named: "WLED 0.14.0",
    pages: { "/": titled("WLED"), "/json/info": json({ ver: "0.14.0", brand: "WLED", leds: {} }) },
  },
  {
    named: "Node-RED 3.0.2",
    pages: { "/": titled("Node-RED"), "/settings": json({ httpNodeRoot: "/", version: "3.0.2" }) },
  },
  { named: "OctoPrint", pages: { "/": to("/login/?redirect=%2F"), "/login/?redirect=%2F": titled("OctoPrint Login") } },
  {
    named: "Sonos One 70.3-35220",
    port: 1400,
    pages: {
      "/": { status: 403 },
      "/xml/device_description.xml": xml(
        "<root><device><manufacturer>Sonos, Inc.</manufacturer><modelName>Sonos One</modelName><softwareVersion>70.3-35220</softwareVersion></device></root>",
      ),
    },
  },
  {
    named: "Google Cast 1.56.281627",
    port: 8008,
    pages: {
      "/": { status: 404 },
      "/setup/eureka_info": json({ name: "Kitchen", cast_build_revision: "1.56.281627", build_version: "281627" }),
    },
  },
  {
    named: "Roku Ultra 12.5.0",
    port: 8060,
    pages: {
      "/": server("Roku/12.5.0 UPnP/1.0 Roku/12.5.0", { status: 404 }),
      "/query/device-info": xml(
        "<device-info><vendor-name>Roku</vendor-name><model-name>Roku Ultra</model-name><software-version>12.5.0</software-version></device-info>",
      ),
    },
  },
  {
    named: "Samsung UE55",
    port: 8001,
    pages: { "/": { status: 404 }, "/api/v2/": json({ type: "Samsung SmartTV", device: { modelName: "UE55" } }) },
  },
  { named: "AirPlay 670.6.2", pages: { "/": server("AirTunes/670.6.2", { status: 404 }) } },
  {
    named: "Plex 1.32.5.7349-8f4248874",
    port: 32400,
    pages: {
      "/": { status: 401, headers: { "X-Plex-Protocol": "1.0" } },
      "/identity": xml(
        '<MediaContainer size="0" machineIdentifier="abc" version="1.32.5.7349-8f4248874"></MediaContainer>',
      ),
    },
  },
  {
    named: "Jellyfin 10.8.13",
    pages: {
      "/": to("web/"),
      "/web/": to("/web/index.html"),
      "/web/index.html": titled("Jellyfin"),
      "/System/Info/Public": json({ ProductName: "Jellyfin Server", Version: "10.8.13" }),
    },
  },
  { named: "Synology", pages: { "/": titled("nas1&nbsp;-&nbsp;Synology&nbsp;NAS") } },
  {
    named: "QNAP TS-453D 5.1.0",
    pages: {
      "/": server("http server 1.0", titled("")),
      "/cgi-bin/authLogin.cgi": xml(
        '<QDocRoot version="1.0"><model><modelName><![CDATA[TS-453D]]></modelName></model><firmware><version><![CDATA[5.1.0]]></version></firmware></QDocRoot>',
      ),
    },
  },
  {
    named: "Nextcloud 27.1.3",
    pages: {
      "/": to("/login"),
      "/login": titled("Login – Nextcloud"),
      "/status.php": json({ installed: true, versionstring: "27.1.3", productname: "Nextcloud" }),
    },
  },
  { named: "Syncthing 1.23.0", pages: { "/": { status: 403, headers: { "X-Syncthing-Version": "v1.23.0" } } } },
  { named: "CUPS 2.4.2", pages: { "/": server("CUPS/2.4 IPP/2.1", titled("Home - CUPS 2.4.2")) } },
  {
    named: "HP LaserJet MFP M428fdw",
    pages: { "/": server("HP HTTP Server; HP LaserJet MFP M428fdw - W1A30A; Serial Number: X; Built: 2021") },
  },
  { named: "Brother HL-L2350DW series", pages: { "/": server("debut/1.30", titled("Brother HL-L2350DW series")) } },
  { named: "Epson", pages: { "/": server("EPSON_Linux UPnP/1.0 Epson UPnP SDK/1.0") } },
  { named: "Kyocera", pages: { "/": server("KM-MFP-http/V0.0.1") } },
  { named: "Hikvision", pages: { "/": server("App-webs/", titled("index")) } },
  {
    named: "Axis",
    pages: { "/": { status: 401, headers: { "WWW-Authenticate": 'Digest realm="AXIS_ACCC8E", nonce="x"' } } },
  },
  { named: "motionEye 0.42.1", pages: { "/": server("motionEye/0.42.1") } },
  {
    named: "FRITZ!Box 7590 154.07.57",
    pages: {
      "/": titled("FRITZ!Box"),
      "/jason_boxinfo.xml": xml(
        '<j:BoxInfo xmlns:j="http://jason.avm.de/updatecheck/"><j:Name>FRITZ!Box 7590</j:Name><j:Version>154.07.57</j:Version></j:BoxInfo>',
      ),
    },
  },
  {
    named: "OpenWrt LuCI 22.03.3",
    pages: {
      "/": { body: '<html><head><meta http-equiv="refresh" content="0; URL=cgi-bin/luci/" /></head>LuCI</html>' },
      "/cgi-bin/luci/": titled(
        "OpenWrt - LuCI",
        '<script src="/luci-static/x.js"></script><a href="https://github.com/openwrt/luci">LuCI</a> / OpenWrt 22.03.3 r20028',
      ),
    },
  },
  { named: "pfSense", pages: { "/": titled("pfSense - Login") } },
  { named: "OPNsense", pages: { "/": titled("Login | OPNsense") } },
  {
    named: "MikroTik RouterOS 6.49.7",
    pages: { "/": titled("RouterOS router configuration page", "<h1>RouterOS v6.49.7</h1>") },
  },
  {
    named: "UniFi 7.4.162",
    pages: {
      "/": to("/manage"),
      "/manage": titled("UniFi Network"),
      "/status": json({ meta: { rc: "ok", server_version: "7.4.162" }, data: [] }),
    },
  },
  {
    named: "Netgear R7000",
    pages: { "/": { status: 401, headers: { "WWW-Authenticate": 'Basic realm="NETGEAR R7000"' } } },
  },
  {
    named: "TP-Link Wireless N Router WR841N",
    pages: {
      "/": { status: 401, headers: { "WWW-Authenticate": 'Basic realm="TP-LINK Wireless N Router WR841N"' } },
    },
  },
  { named: "D-Link DIR-850L 1.10WW", pages: { "/": server("Linux, WEBACCESS/1.0, DIR-850L Ver 1.10WW") } },
  {
    named: "Pi-hole",
    pages: { "/": { status: 403, headers: { "X-Pi-hole": "A black hole for Internet advertisements." } } },
  },
  {
    named: "Proxmox VE 7.4-3",
    pages: {
      "/": server(
        "pve-api-daemon/3.0",
        titled("pve1 - Proxmox Virtual Environment", '<script src="/pve2/js/pvemanagerlib.js?ver=7.4-3"></script>'),
      ),
    },
  },
  {
    named: "VMware vSphere 7.0.3.0",
    pages: {
      "/": { body: '<script>document.write("<title>" + ID_VC_Welcome + "</title>");</script>' },
      "/sdk/vimServiceVersions.xml": xml(
        '<namespaces version="1.0"><namespace><name>urn:vim25</name><version>7.0.3.0</version></namespace></namespaces>',
      ),
    },
  },
  {
    named: "HPE iLO 2.44",
    pages: {
      "/": server("HPE-iLO-Server/1.30", titled("iLO 5")),
      "/xmldata?item=all": xml("<RIMP><MP><PN>Integrated Lights-Out 5 (iLO 5)</PN><FWRI>2.44</FWRI></MP></RIMP>"),
    },
  },
  {
    named: "Portainer 2.19.1",
    pages: { "/": titled("Portainer"), "/api/status": json({ Version: "2.19.1", InstanceID: "x" }) },
  },
  { named: "Jenkins 2.426.1", pages: { "/": { status: 403, headers: { "X-Jenkins": "2.426.1" } } } },
  { named: "Grafana", pages: { "/": to("/login"), "/login": titled("Grafana") } },
  {
    named: "Gitea 1.20.5",
    pages: {
      "/": { headers: { "Set-Cookie": "i_like_gitea=abc; Path=/" } },
      "/api/v1/version": json({ version: "1.20.5" }),
    },
  },
  { named: "Apache Tomcat 9.0.70", pages: { "/": titled("Apache Tomcat/9.0.70") } },
  {
    named: "WordPress 6.4.1",
    pages: { "/": server("nginx", { body: '<meta name="generator" content="WordPress 6.4.1" />' }) },
  },
  {
    named: "Elasticsearch 8.12.2",
    pages: { "/": json({ version: { number: "8.12.2" }, tagline: "You Know, for Search" }) },
  },
];
