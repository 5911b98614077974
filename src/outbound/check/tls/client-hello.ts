/** Versions by their numbers on the wire, oldest first. */
export const tlsVersions = [
  [0x0300, "SSLv3"],
  [0x0301, "TLSv1.0"],
  [0x0302, "TLSv1.1"],
  [0x0303, "TLSv1.2"],
  [0x0304, "TLSv1.3"],
] as const;

export type TlsVersionCode = (typeof tlsVersions)[number][0];
export type TlsVersionName = (typeof tlsVersions)[number][1];

export interface HelloOptions {
  /** The only version that is offered. */
  readonly version: TlsVersionCode;
  readonly cipherSuites: readonly number[];
  /** Sent as SNI. */
  readonly serverName?: string | undefined;
  /** 32 bytes each. */
  readonly random: Uint8Array;
  readonly keyShare: Uint8Array;
}

const supportedGroups = [0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x0100, 0x0101];
const signatureAlgorithms = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601,
  0x0303, 0x0203, 0x0301, 0x0201, 0x0402, 0x0202,
];

/**
 * A ClientHello in one record (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2) that offers exactly one version. It only
 * shows what the server chooses: the handshake is not continued, and the key share is not a real key.
 */
export function clientHello(options: HelloOptions): Buffer {
  const { version } = options;
  const is13 = version === 0x0304;
  const legacyVersion = is13 ? 0x0303 : version;
  const body = Buffer.concat([
    u16(legacyVersion),
    options.random.subarray(0, 32),
    vector8(is13 ? options.random.subarray(0, 32) : Buffer.alloc(0)),
    // 0x00ff means an empty renegotiation_info extension (RFC 5746 section 3.3).
    vector16(codes([...options.cipherSuites, 0x00ff])),
    vector8(Buffer.from([0])),
    // Servers of SSL 3.0 may not know extensions.
    ...(version === 0x0300 ? [] : [vector16(extensions(options))]),
  ]);
  const handshake = Buffer.concat([Buffer.from([1, 0]), u16(body.length), body]);
  const recordVersion = version === 0x0300 ? 0x0300 : 0x0301;
  return Buffer.concat([Buffer.from([22]), u16(recordVersion), vector16(handshake)]);
}

function extensions({ version, serverName, keyShare }: HelloOptions): Buffer {
  const list = [
    extension(10, vector16(codes(supportedGroups))),
    extension(11, vector8(Buffer.from([0]))),
    extension(13, vector16(codes(signatureAlgorithms))),
  ];
  if (serverName !== undefined) {
    const name = Buffer.from(serverName, "latin1").subarray(0, 255);
    list.unshift(extension(0, vector16(Buffer.concat([Buffer.from([0]), vector16(name)]))));
  }
  if (version === 0x0304) {
    const share = Buffer.concat([u16(0x001d), vector16(keyShare.subarray(0, 32))]);
    list.push(extension(43, vector8(u16(0x0304))), extension(45, vector8(Buffer.from([1]))));
    list.push(extension(51, vector16(share)));
  }
  return Buffer.concat(list);
}

function extension(type: number, content: Uint8Array): Buffer {
  return Buffer.concat([u16(type), vector16(content)]);
}

function codes(values: readonly number[]): Buffer {
  return Buffer.concat(values.map(u16));
}

function vector8(content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([content.length]), content]);
}

function vector16(content: Uint8Array): Buffer {
  return Buffer.concat([u16(content.length), content]);
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}
