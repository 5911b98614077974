import { expectOfRealServers } from "./expectation.ts";
import { sshd, xrdp, xvfb, xvnc } from "./plans/desktops.ts";
import { certificate, key } from "./plans/plan-files.ts";

const x509 = ["-X509Cert", certificate, "-X509Key", key];

expectOfRealServers("real shells and desktops", [
  {
    title: "OpenSSH",
    needs: ["sshd", "ssh-keygen"],
    plan: sshd,
    service: /^ssh OpenSSH \d+\.\d+p\d+$/,
    verdict: "protected",
  },
  {
    title: "VNC without a password",
    needs: ["Xvnc"],
    plan: xvnc("None"),
    service: /^vnc/,
    verdict: "exposed",
  },
  {
    title: "VNC with a password",
    needs: ["Xvnc", "vncpasswd"],
    plan: xvnc("VncAuth"),
    service: /^vnc/,
    verdict: "protected",
  },
  {
    title: "VNC with encryption, and without a password",
    needs: ["Xvnc"],
    plan: xvnc("TLSNone"),
    service: /^vnc/,
    verdict: "exposed",
    reason: /TLSNone/,
  },
  {
    title: "VNC with a certificate, and without a password",
    needs: ["Xvnc"],
    plan: xvnc("X509None", ...x509),
    service: /^vnc/,
    verdict: "exposed",
    reason: /X509None/,
  },
  {
    title: "VNC with a certificate and a password",
    needs: ["Xvnc"],
    plan: xvnc("X509Vnc", ...x509),
    service: /^vnc/,
    verdict: "protected",
    reason: /X509Vnc/,
  },
  ...["negotiate", "tls", "rdp"].map(
    (security) =>
      ({
        title: `xrdp with its security layer "${security}"`,
        needs: ["xrdp"],
        plan: xrdp(security),
        service: /^rdp/,
        verdict: "inconclusive",
        reason: /login screen/,
      }) as const,
  ),
  {
    title: "X11 that takes the users of this machine",
    needs: ["Xvfb"],
    plan: xvfb(false),
    service: /^x11 X\.Org \d+\.\d+\.\d+$/,
    verdict: "exposed",
  },
  {
    title: "X11 that wants a cookie",
    needs: ["Xvfb"],
    plan: xvfb(true),
    service: /^x11$/,
    verdict: "protected",
  },
]);
