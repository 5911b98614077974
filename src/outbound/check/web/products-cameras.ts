import type { WebProduct } from "./web-product.ts";

/** Cameras and recorders. */
export const cameraProducts: readonly WebProduct[] = [
  {
    name: "Hikvision",
    signs: [
      { header: ["server", "App-webs/"] },
      { header: ["server", "DNVRS-Webs"] },
      { header: ["server", "Hikvision-Webs"] },
      { header: ["server", "DVRDVS-Webs"] },
      { certificate: "O=Hikvision" },
    ],
    source: "https://www.hikvision.com: ISAPI",
  },
  {
    name: "Dahua",
    signs: [
      { body: ["jsCore/rpcCore.js"] },
      { certificate: "O=Dahua" },
      { header: ["www-authenticate", "Login to Dahua"] },
    ],
    source: "Dahua HTTP API specification, 3.1",
  },
  {
    name: "Axis",
    signs: [
      { header: ["www-authenticate", 'realm="AXIS_'] },
      { title: "AXIS" },
      { certificate: "O=Axis Communications AB" },
    ],
    source: "https://developer.axis.com/vapix/",
  },
  { name: "Reolink", signs: [{ title: "Reolink" }], source: "https://support.reolink.com: web client" },
  {
    name: "Foscam",
    signs: [
      { header: ["server", "Netwave IP Camera"] },
      { title: "Foscam*" },
      { title: "IPCam Client", body: ["foscam"] },
    ],
    source: "https://www.foscam.com: IPCam CGI SDK",
  },
  { name: "Mobotix", signs: [{ title: "MOBOTIX*" }], source: "https://www.mobotix.com" },
  {
    name: "Vivotek",
    signs: [{ header: ["server", "Vivotek"] }, { title: "VIVOTEK*" }],
    source: "https://www.vivotek.com",
  },
  {
    name: "motionEye",
    signs: [{ header: ["server", "motionEye/"] }],
    version: [{ header: "server", after: "motionEye/" }],
    source: "https://github.com/motioneye-project/motioneye: handlers/base.py",
  },
  {
    name: "Frigate",
    signs: [{ title: "Frigate" }],
    source: "https://github.com/blakeblackshear/frigate: web/index.html",
  },
  { name: "go2rtc", signs: [{ title: "go2rtc*" }], source: "https://github.com/AlexxIT/go2rtc: www/index.html" },
  { name: "ZoneMinder", signs: [{ title: "ZM - *" }], source: "https://github.com/ZoneMinder/zoneminder: web/skins" },
  { name: "Blue Iris", signs: [{ header: ["server", "BlueIris"] }], source: "https://blueirissoftware.com" },
  {
    // Of any maker: the time of a device is available without authentication (8.3.5, 5.9.4).
    name: "ONVIF",
    signs: [{ body: ["GetSystemDateAndTimeResponse", "http://www.onvif.org/ver10/device/wsdl"] }],
    requests: [
      {
        path: "/onvif/device_service",
        ports: [80, 2020, 8080, 8899],
        soap: '<GetSystemDateAndTime xmlns="http://www.onvif.org/ver10/device/wsdl"/>',
      },
    ],
    source: "https://www.onvif.org/specs/core/ONVIF-Core-Specification.pdf",
  },
];
