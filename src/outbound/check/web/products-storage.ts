import type { WebProduct } from "./web-product.ts";

/** Network storage and clouds at home. */
export const storageProducts: readonly WebProduct[] = [
  {
    name: "Synology",
    signs: [
      { title: "*- Synology NAS" },
      { title: "*- Synology DiskStation" },
      { title: "*- Synology RackStation" },
      { title: "*- Synology VirtualDSM" },
      { title: "*- SynologyRouter" },
      { title: "Synology DiskStation*" },
      { certificate: "O=Synology" },
    ],
    source: "https://global.download.synology.com/download/Document/Software/DeveloperGuide/: DSM login page",
  },
  {
    name: "QNAP",
    signs: [{ body: ["<QDocRoot", "<modelName>"] }, { title: "QNAP Turbo NAS*" }, { certificate: "O=QNAP" }],
    version: [
      { behind: "<firmware>", after: "<version><![CDATA[" },
      { behind: "<firmware>", after: "<version>" },
    ],
    model: [
      { after: "<displayModelName>", to: "</" },
      { after: "<modelName>", to: "</" },
    ],
    requests: [
      { path: "/cgi-bin/authLogin.cgi", hint: { header: ["server", "http server"] } },
      { path: "/cgi-bin/authLogin.cgi", hint: { body: ["/cgi-bin/QTS.cgi"] } },
    ],
    source: "https://download.qnap.com/dev/QNAP_QTS_File_Station_API_v5.pdf, authLogin.cgi",
  },
  { name: "TrueNAS", signs: [{ title: "TrueNAS*" }], source: "https://github.com/truenas/webui: index.html" },
  {
    name: "OpenMediaVault",
    signs: [{ title: "openmediavault*" }],
    source: "https://github.com/openmediavault/openmediavault: workbench index.html",
  },
  {
    name: "Nextcloud",
    signs: [
      { json: { productname: "Nextcloud", versionstring: true } },
      { title: "Nextcloud" },
      { title: "*– Nextcloud" },
    ],
    version: [{ json: "versionstring" }],
    requests: [
      { path: "/status.php", hint: { title: "*Nextcloud" } },
      { path: "/status.php", hint: { header: ["set-cookie", "oc_sessionPassphrase"] } },
    ],
    source: "https://docs.nextcloud.com/server/latest/admin_manual/: status.php",
  },
  {
    name: "ownCloud",
    signs: [{ json: { productname: "ownCloud", versionstring: true } }, { title: "ownCloud" }],
    version: [{ json: "versionstring" }],
    requests: [{ path: "/status.php", hint: { title: "ownCloud" } }],
    source: "https://doc.owncloud.com/server/: status.php",
  },
  {
    name: "Radicale",
    signs: [{ title: "Radicale Web Interface" }, { body: ["Radicale works!"], header: ["content-type", "text/plain"] }],
    isDav: true,
    source: "https://github.com/Kozea/Radicale: radicale/web/internal_data/index.html, radicale/web/none.py",
  },
  {
    name: "Xandikos",
    signs: [{ title: "Xandikos WebDAV server" }],
    isDav: true,
    source: "https://github.com/jelmer/xandikos: xandikos/templates/root.html",
  },
  {
    name: "sabre/dav",
    signs: [{ header: ["x-sabre-version", ""] }],
    version: [{ header: "x-sabre-version", after: "" }],
    isDav: true,
    source: "https://sabre.io/dav/, lib/DAV/Server.php",
  },
  {
    name: "Syncthing",
    signs: [{ header: ["x-syncthing-version", ""] }, { title: "Syncthing*" }],
    version: [{ header: "x-syncthing-version", after: "" }],
    source: "https://github.com/syncthing/syncthing: lib/api/api.go",
  },
  {
    name: "Western Digital My Cloud",
    signs: [{ title: "WD My Cloud*" }, { title: "My Cloud*" }],
    source: "https://support-en.wd.com: My Cloud dashboard",
  },
  { name: "Netgear ReadyNAS", signs: [{ title: "ReadyNAS*" }], source: "https://kb.netgear.com: ReadyNAS admin page" },
];
