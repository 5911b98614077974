/** The first message of a TLS client (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2). Lists are in wire order, with GREASE. */
export interface ClientHello {
  /** `sslv2`: the ClientHello of SSL 2.0, with which old clients offer newer versions too (RFC 5246 appendix E.2). */
  readonly format: "tls" | "sslv2";
  /** `client_version`: 0x0303 even for TLS 1.3. */
  readonly legacyVersion: number;
  /** The highest offered version without GREASE; the legacy version if supported_versions is absent. */
  readonly version: number;
  /** Host name of the server_name extension. Not made safe. */
  readonly sni: string | undefined;
  /** ALPN values, one character per byte. Not made safe. */
  readonly alpn: readonly string[];
  /** Two bytes each; three in the `sslv2` format. */
  readonly cipherSuites: readonly number[];
  readonly extensions: readonly number[];
  readonly supportedGroups: readonly number[];
  readonly pointFormats: readonly number[];
  readonly signatureAlgorithms: readonly number[];
  readonly supportedVersions: readonly number[];
  /** The message is complete and all its lengths agree: only then is a fingerprint meaningful. */
  readonly whole: boolean;
}

/** Reserved values that clients add to test the tolerance of servers (RFC 8701): 0x0a0a, 0x1a1a, ... 0xfafa. */
function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

export function withoutGrease(values: readonly number[]): number[] {
  return values.filter((value) => !isGrease(value));
}

/** `TLS 1.3`, `SSL 3.0`; an unassigned version in hex: `0x0305`. */
export function versionName(version: number): string {
  switch (version) {
    case 0x0002:
      return "SSL 2.0";
    case 0x0300:
      return "SSL 3.0";
    case 0x0301:
      return "TLS 1.0";
    case 0x0302:
      return "TLS 1.1";
    case 0x0303:
      return "TLS 1.2";
    case 0x0304:
      return "TLS 1.3";
    default:
      if (version >> 8 === 0x7f) return `TLS 1.3 draft ${version & 0xff}`;
      return `0x${version.toString(16).padStart(4, "0")}`;
  }
}

/** The highest version that a ClientHello offers. */
export function highestVersion(legacyVersion: number, supportedVersions: readonly number[]): number {
  let highest = 0;
  for (const version of supportedVersions) if (version > highest && !isGrease(version)) highest = version;
  return highest === 0 ? legacyVersion : highest;
}
