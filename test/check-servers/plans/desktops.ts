import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { programPath, type RealServerPlan } from "../real-server.ts";
import { certificate, key, write } from "./plan-files.ts";

/** Shells and desktops. */

export const sshd: RealServerPlan = {
  program: "sshd",
  arguments(port, folder) {
    execFileSync(programPath("ssh-keygen"), ["-q", "-t", "ed25519", "-N", "", "-f", `${folder}/key`]);
    mkdirSync("/run/sshd", { recursive: true });
    const configuration = write(folder, "sshd_config", [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${folder}/key`,
    ]);
    return ["-D", "-e", "-f", configuration];
  },
};

export const xvnc = (security: string, ...more: readonly string[]): RealServerPlan => ({
  program: "Xvnc",
  arguments: (port, folder) => {
    if (security === "VncAuth") {
      const password = execFileSync(programPath("vncpasswd"), ["-f"], { input: "secret12\n" });
      writeFileSync(path.join(folder, "passwd"), password);
    }
    return [
      `:${100 + (port % 20000)}`,
      "-rfbport",
      `${port}`,
      "-interface",
      "127.0.0.1",
      "-SecurityTypes",
      security,
      "-nolisten",
      "tcp",
      ...(security === "VncAuth" ? ["-rfbauth", path.join(folder, "passwd")] : []),
      ...more,
    ];
  },
});

export const xrdp = (security: string): RealServerPlan => ({
  program: "xrdp",
  arguments(port, folder) {
    const configuration = write(folder, "xrdp.ini", [
      "[Globals]",
      "ini_version=1",
      "fork=false",
      `port=tcp://.:${port}`,
      `security_layer=${security}`,
      "crypt_level=high",
      `certificate=${certificate}`,
      `key_file=${key}`,
      "[Logging]",
      `LogFile=${folder}/xrdp.log`,
      "[Xvnc]",
      "name=Xvnc",
      "lib=libvnc.so",
    ]);
    return ["--nodaemon", "--config", configuration];
  },
});

/** A display listens on port 6000 plus its number. Without a cookie it accepts only the users of this machine. */
export const xvfb = (cookie: boolean): RealServerPlan => ({
  program: "Xvfb",
  arguments: (port, folder) => [
    `:${port - 6000}`,
    ...["-screen", "0", "64x64x8", "-listen", "tcp", "-nolisten", "unix", "-nolisten", "local"],
    ...(cookie ? ["-auth", authority(folder)] : []),
  ],
});

/** An Xauthority file: a family for every address, an empty address, no number, and the cookie with its name. */
function authority(folder: string): string {
  const field = (value: Uint8Array | string) => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([0, bytes.length]), bytes]);
  };
  const file = path.join(folder, "authority");
  const entry = [field(""), field(""), field("MIT-MAGIC-COOKIE-1"), field(Buffer.alloc(16, 7))];
  writeFileSync(file, Buffer.concat([Buffer.from("ffff", "hex"), ...entry]));
  return file;
}
