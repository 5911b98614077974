import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { findProgram } from "../../src/platform/programs.ts";

/** Why no certificates can be made here, or `undefined`. */
export function whyNoOpenssl(): string | undefined {
  return findProgram("openssl") === undefined ? "openssl is not installed" : undefined;
}

export interface IssuedCertificate {
  readonly name: string;
  readonly keyFile: string;
  readonly certificateFile: string;
  /** The certificate and its intermediates, without the root, as servers send it. */
  readonly chainFile: string;
  readonly key: string;
  readonly chain: string;
}

export interface IssueOptions {
  /** Common name. */
  readonly name?: string;
  /** As openssl writes them: `DNS:localhost`, `IP:127.0.0.1`. */
  readonly alternativeNames?: readonly string[];
  readonly issuer?: IssuedCertificate;
  readonly isAuthority?: boolean;
  /** `YYYYMMDDHHMMSSZ` each; default from yesterday for a year. */
  readonly validFrom?: string;
  readonly validTo?: string;
  /** The key of an earlier certificate instead of a fresh one. */
  readonly keyOf?: IssuedCertificate;
  /** As `openssl genpkey` takes it; default an elliptic curve, which is quick. */
  readonly rsaBits?: number;
}

/** Makes certificates with openssl in a temporary folder. */
export class CertificateWorkshop implements Disposable {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-certificates-"));
  #count = 0;

  issue(options: IssueOptions = {}): IssuedCertificate {
    const { name = "localhost", issuer, alternativeNames = ["DNS:localhost", "IP:127.0.0.1", "IP:::1"] } = options;
    this.#count += 1;
    const base = path.join(this.folder, `${this.#count}`);
    const keyFile = options.keyOf?.keyFile ?? `${base}.key`;
    if (options.keyOf === undefined) {
      const algorithm =
        options.rsaBits === undefined
          ? ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
          : ["-algorithm", "RSA", "-pkeyopt", `rsa_keygen_bits:${options.rsaBits}`];
      this.#openssl("genpkey", ...algorithm, "-out", keyFile);
    }
    this.#openssl("req", "-new", "-key", keyFile, "-subj", `/O=Harbinger test only/CN=${name}`, "-out", `${base}.csr`);
    writeFileSync(`${base}.index`, "");
    writeFileSync(`${base}.index.attr`, "unique_subject = no\n");
    writeFileSync(`${base}.serial`, `${(0x1000 + this.#count).toString(16)}\n`);
    writeFileSync(`${base}.cnf`, caConfiguration(base, options.isAuthority === true, alternativeNames));
    // `openssl ca` is the one command of every version that takes both dates.
    this.#openssl(
      ...["ca", "-batch", "-notext", "-config", `${base}.cnf`, "-in", `${base}.csr`, "-out", `${base}.pem`],
      ...["-startdate", options.validFrom ?? utc(-1), "-enddate", options.validTo ?? utc(365)],
      ...(issuer === undefined
        ? ["-selfsign", "-keyfile", keyFile]
        : ["-cert", issuer.certificateFile, "-keyfile", issuer.keyFile]),
    );
    const own = readFileSync(`${base}.pem`, "utf8");
    const isRoot = issuer === undefined;
    const above = isRoot || issuer.chain === "" ? "" : issuer.chain;
    const chain = isRoot && options.isAuthority === true ? "" : own + above;
    writeFileSync(`${base}.chain`, chain);
    return {
      name,
      keyFile,
      certificateFile: `${base}.pem`,
      chainFile: `${base}.chain`,
      key: readFileSync(keyFile, "utf8"),
      chain,
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #openssl(...args: readonly string[]): void {
    execFileSync("openssl", [...args], { cwd: this.folder, stdio: "pipe" });
  }
}

/** The time that many days from now, as openssl takes it. */
export function utc(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
}

function caConfiguration(base: string, isAuthority: boolean, names: readonly string[]): string {
  return `[ca]
default_ca = own
[own]
database = ${base}.index
serial = ${base}.serial
new_certs_dir = ${path.dirname(base)}
default_md = sha256
policy = any
x509_extensions = extensions
unique_subject = no
[any]
organizationName = optional
commonName = supplied
[extensions]
basicConstraints = critical,CA:${isAuthority ? "TRUE" : "FALSE"}
subjectKeyIdentifier = hash
${isAuthority ? "keyUsage = critical,keyCertSign,cRLSign\n" : `subjectAltName = ${names.join(",")}\n`}`;
}
