import { expectOfRealServers } from "./expectation.ts";
import { sshd, xrdp, xvfb, xvnc } from "./plans/desktops.ts";
import { certificate, key } from "./plans/plan-files.ts";

const x509 = ["-X509Cert", certificate, "-X509Key", key];

expectOfRealServers("real shells and desktops", [
  {
    title: "OpenSSH",
    needs: ["sshd", "ssh-keygen"],
    plan: sshd,
    service: /^OpenSSH \d+\.\d+p\d+ \(SSH\)$/,
    verdict: "protected",
  },
  {
    title: "VNC without a password",
    needs: ["Xvnc"],
    plan: xvnc("None"),
    service: /VNC/,
    verdict: "exposed",
  },
  {
    title: "VNC with a password",
    needs: ["Xvnc", "vncpasswd"],
    plan: xvnc("VncAuth"),
    service: /VNC/,
    verdict: "protected",
  },
  {
    title: "VNC with encryption, and without a password",
    needs: ["Xvnc"],
    plan: xvnc("TLSNone"),
    service: /VNC/,
    verdict: "exposed",
    reason: /TLSNone/,
  },
  {
    title: "VNC with a certificate, and without a password",
    needs: ["Xvnc"],
    plan: xvnc("X509None", ...x509),
    service: /VNC/,
    verdict: "exposed",
    reason: /X509None/,
  },
  {
    title: "VNC with a certificate and a password",
    needs: ["Xvnc"],
    plan: xvnc("X509Vnc", ...x509),
    service: /VNC/,
    verdict: "protected",
    reason: /X509Vnc/,
  },
  ...["negotiate", "tls", "rdp"].map(
    (security) =>
      ({
        title: `xrdp with its security layer "${security}"`,
        needs: ["xrdp"],
        plan: xrdp(security),
        service: /RDP/,
        verdict: "inconclusive",
        reason: /login screen/,
      }) as const,
  ),
  {
    title: "X11 that accepts the users of this machine",
    needs: ["Xvfb"],
    plan: xvfb(false),
    service: /^X\.Org \d+\.\d+\.\d+ \(X11\)$/,
    verdict: "exposed",
  },
  {
    title: "X11 that requires a cookie",
    needs: ["Xvfb"],
    plan: xvfb(true),
    service: /^X11$/,
    verdict: "protected",
  },
]);
