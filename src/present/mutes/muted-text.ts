/** What a mute silences, as in JSON. Of `address`, `mac` and `source` it has the one of its kind. */
export interface Muted {
  readonly kind: "host" | "device" | "source";
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly mac?: string | undefined;
  readonly source?: string | undefined;
}

/** `host 192.0.2.1, port 443`, `device 00:11:32:00:00:10`, `connections from 203.0.113.0/24` */
export function mutedText({ kind, address, port, mac, source }: Muted): string {
  switch (kind) {
    case "host":
      return `host ${address}${port === undefined ? "" : `, port ${port}`}`;
    case "device":
      return `device ${mac}`;
    case "source":
      return `connections from ${source}`;
  }
}
