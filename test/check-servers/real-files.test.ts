import { expectOfRealServers } from "./expectation.ts";
import { rsync, samba, vsftpd, vsftpdTls } from "./plans/files.ts";

const anonymous = ["anonymous_enable=YES", "no_anon_password=YES"];

expectOfRealServers("real servers of files", [
  {
    title: "vsftpd that accepts the name anonymous",
    needs: ["vsftpd"],
    plan: vsftpd(...anonymous),
    service: /^vsFTPd \d+\.\d+.* \(FTP\)$/,
    verdict: "exposed",
  },
  {
    title: "vsftpd without anonymous access",
    needs: ["vsftpd"],
    plan: vsftpd("anonymous_enable=NO", "local_enable=YES"),
    service: /^vsFTPd \d+\.\d+.* \(FTP\)$/,
    verdict: "inconclusive",
    reason: /requires a password/,
  },
  {
    title: "vsftpd that accepts the name anonymous only by TLS",
    needs: ["vsftpd"],
    plan: vsftpd(...anonymous, ...vsftpdTls, "allow_anon_ssl=YES", "force_anon_logins_ssl=YES"),
    service: /^vsFTPd \d+\.\d+.* \(FTP\)$/,
    verdict: "exposed",
  },
  {
    title: "vsftpd that accepts only the names of a list",
    needs: ["vsftpd"],
    plan: vsftpd(
      "anonymous_enable=NO",
      "local_enable=YES",
      "userlist_enable=YES",
      "userlist_deny=NO",
      "userlist_file=/dev/null",
    ),
    service: /^vsFTPd \d+\.\d+.* \(FTP\)$/,
    verdict: "protected",
    reason: /530/,
  },
  {
    title: "vsftpd by TLS from the first byte",
    needs: ["vsftpd"],
    plan: vsftpd(...anonymous, ...vsftpdTls, "allow_anon_ssl=YES", "implicit_ssl=YES"),
    service: /^vsFTPd \d+\.\d+\.\d+ \(FTP, TLSv1\.\d\)$/,
    verdict: "exposed",
  },
  {
    title: "rsync with an open module",
    needs: ["rsync"],
    plan: rsync(),
    service: /^rsync$/,
    verdict: "exposed",
    reason: /backup/,
  },
  {
    title: "rsync with a password",
    needs: ["rsync"],
    plan: rsync("auth users = admin", "secrets file = /dev/null"),
    service: /^rsync$/,
    verdict: "protected",
  },
  {
    title: "rsync with only its last module open",
    needs: ["rsync"],
    plan: rsync(
      "auth users = admin",
      "secrets file = /dev/null",
      ...["second", "third", "fourth"].flatMap((name) => [
        `[${name}]`,
        "path = /usr/share/doc",
        ...(name === "fourth" ? [] : ["auth users = admin", "secrets file = /dev/null"]),
      ]),
    ),
    service: /^rsync$/,
    verdict: "exposed",
    reason: /fourth/,
  },
  {
    title: "rsync that lists nothing",
    needs: ["rsync"],
    plan: rsync("list = no"),
    service: /^rsync$/,
    verdict: "inconclusive",
    reason: /lists no module/,
  },
  {
    title: "Samba",
    needs: ["smbd"],
    plan: samba(),
    service: /SMB/,
    verdict: "inconclusive",
    reason: /signing is not required/,
  },
  {
    title: "Samba that requires signing",
    needs: ["smbd"],
    plan: samba("server signing = mandatory"),
    service: /SMB/,
    verdict: "inconclusive",
    reason: /signing is required/,
  },
]);
