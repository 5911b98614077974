/**
 * Banners of common servers, by the preset names that `banner:` accepts. Sent to clients that wait for the server to
 * speak.
 */
export const bannerPresets = {
  ssh: "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n",
  smtp: "220 mail.localdomain ESMTP Postfix (Debian/GNU)\r\n",
  ftp: "220 (vsFTPd 3.0.3)\r\n",
  telnet: "\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27\r\nlogin: ",
  pop3: "+OK Dovecot (Debian) ready.\r\n",
  // No STARTTLS: clients that prefer encryption would start it before they send a user name.
  imap: "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN AUTH=LOGIN] Dovecot (Debian) ready.\r\n",
  // No CLIENT_SSL capability: clients that prefer encryption would start it before they send a user name.
  mysql:
    "\x4a\x00\x00\x00\x0a8.0.36\x00\x2b\x00\x00\x00\x1b\x4d\x2a\x60\x3c\x59\x71\x25\x00\xff\xf7\xff\x02\x00\xff\xdf\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x3d\x21\x5b\x46\x17\x6e\x0e\x32\x5e\x77\x48\x29\x00caching_sha2_password\x00",
  vnc: "RFB 003.008\n",
  redis:
    "-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user.\r\n",
  http: "HTTP/1.1 408 Request Timeout\r\nServer: nginx\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
  rsync: "@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n",
  irc: ":irc.localdomain NOTICE * :*** Looking up your hostname...\r\n",
  // No STARTTLS, as for imap.
  sieve:
    '"IMPLEMENTATION" "Dovecot Pigeonhole"\r\n"SIEVE" "fileinto reject envelope vacation"\r\n"SASL" "PLAIN LOGIN"\r\n"VERSION" "1.0"\r\nOK "Dovecot (Debian) ready."\r\n',
  svn: "( success ( 2 2 ( ) ( edit-pipeline svndiff1 absent-entries depth mergeinfo log-revprops ) ) ) ",
  nntp: "200 news.localdomain InterNetNews NNRP server ready (posting ok)\r\n",
} as const satisfies Readonly<Record<string, string>>;

/** The value of `banner:` that selects the usual banner of each port where servers speak first. */
export const autoBanner = "auto";

/** Banners without a product name, where the protocol does not require one. */
const plainBanners = {
  smtp: "220 mail.localdomain ESMTP\r\n",
  ftp: "220 FTP server ready.\r\n",
  pop3: "+OK POP3 server ready.\r\n",
  imap: "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN AUTH=LOGIN] IMAP server ready.\r\n",
  sieve:
    '"IMPLEMENTATION" "ManageSieve"\r\n"SIEVE" "fileinto reject envelope vacation"\r\n"SASL" "PLAIN LOGIN"\r\n"VERSION" "1.0"\r\nOK "Ready."\r\n',
  nntp: "200 news.localdomain NNTP service ready, posting allowed\r\n",
  dict: "220 dict.localdomain <auth.mime> <1@dict.localdomain>\r\n",
  mpd: "OK MPD 0.23.5\n",
  nbd: "NBDMAGICIHAVEOPT\0\u0003",
} as const;

/** Ports whose servers speak first. IANA, service names and port numbers. */
const usualBanners: Readonly<Record<number, string>> = {
  21: plainBanners.ftp,
  22: bannerPresets.ssh,
  23: bannerPresets.telnet,
  24: plainBanners.smtp,
  25: plainBanners.smtp,
  110: plainBanners.pop3,
  119: plainBanners.nntp,
  143: plainBanners.imap,
  433: plainBanners.nntp,
  587: plainBanners.smtp,
  873: bannerPresets.rsync,
  2628: plainBanners.dict,
  3306: bannerPresets.mysql,
  3690: bannerPresets.svn,
  4190: plainBanners.sieve,
  5900: bannerPresets.vnc,
  6600: plainBanners.mpd,
  10809: plainBanners.nbd,
};

/** By port. */
export const bannersByPort: ReadonlyMap<number, Uint8Array> = new Map(
  Object.entries(usualBanners).map(([port, text]) => [Number(port), Buffer.from(text, "latin1")]),
);

/** Maximum length of a banner: it must fit into the empty send buffer of a new connection. */
export const maxBannerBytes = 4096;

/** One lower-case word that is not a preset name: probably a misspelt one, such as `smpt`. */
export function looksLikeUnknownPreset(text: string): boolean {
  return /^[a-z][a-z0-9]{1,9}$/.test(text) && text !== autoBanner && !Object.hasOwn(bannerPresets, text);
}

/** The bytes of a preset, or of the text itself. `undefined` for an empty text. */
export function bannerBytes(text: string): Uint8Array | undefined {
  const preset: string | undefined = Object.hasOwn(bannerPresets, text)
    ? Object.entries(bannerPresets).find(([name]) => name === text)?.[1]
    : undefined;
  // Presets are Latin-1 (one byte per character); a configured text is UTF-8.
  if (preset !== undefined) return Buffer.from(preset, "latin1");
  return text === "" ? undefined : Buffer.from(text, "utf8");
}
