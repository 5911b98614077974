import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { findProgram } from "../../src/platform/programs.ts";
import { freePort } from "./free-port.ts";

const program = findProgram("nginx") ?? findProgram("/usr/sbin/nginx");

/** Why no nginx can be started here, or `undefined`. */
export function whyNoNginx(): string | undefined {
  return program === undefined ? "nginx is not installed" : undefined;
}

export interface Nginx extends AsyncDisposable {
  readonly port: number;
  readonly tlsPort: number;
}

/**
 * A real nginx on two free ports of `address`: plain, and with TLS. It serves a page with a title, and an icon.
 * @param locations more `location` blocks
 */
export async function startNginx(
  certificate: { readonly chainFile: string; readonly keyFile: string },
  address = "127.0.0.1",
  locations = "",
): Promise<Nginx> {
  if (program === undefined) throw new Error(whyNoNginx());
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-nginx-"));
  const [port, tlsPort] = [await freePort(address), await freePort(address)];
  const pages = path.join(folder, "pages");
  mkdirSync(pages, { recursive: true });
  writeFileSync(path.join(pages, "index.html"), "<html><head><title>Hello &amp; welcome</title></head>body</html>\n");
  writeFileSync(path.join(pages, "favicon.ico"), "icon");
  const listening = address.includes(":") ? `[${address}]` : address;
  const configuration = path.join(folder, "nginx.conf");
  writeFileSync(
    configuration,
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr;
    ${process.getuid?.() === 0 ? "user root;" : ""}
    events { worker_connections 1024; }
    http {
      access_log off; client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
      uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e; default_type text/html; root ${pages};
      types { text/html html; image/x-icon ico; }
      server {
        listen ${listening}:${port}; listen ${listening}:${tlsPort} ssl;
        ssl_certificate ${certificate.chainFile}; ssl_certificate_key ${certificate.keyFile};
        ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384;
        location = /here { return 302 /; }
        location = /away { return 302 http://192.0.2.1/; }
        location = /api/status { return 200 "all is well"; }
        ${locations}
      }
    }`,
  );
  const child = spawn(program, ["-c", configuration, "-p", folder], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-5000);
  });
  const end = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await accepting(tlsPort, address, child);
  } catch (error) {
    await end();
    throw new Error(`nginx did not start: ${log}`, { cause: error });
  }
  return { port, tlsPort, [Symbol.asyncDispose]: end };
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  return gone;
}

/** Waits until the server accepts, which its log does not show. */
async function accepting(port: number, address: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error("it ended");
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: address });
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("it does not accept");
}
