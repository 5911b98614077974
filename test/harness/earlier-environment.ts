import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** The document of the earlier tool, where it is present; otherwise the copies below. */
const document = path.join(import.meta.dirname, "..", "..", "..", "shared", "seeds", "portwatcher.md");

/** `.env`, as in the document. */
export const appEnvironment =
  fromDocument("env", "PW_HOST=") ??
  `PW_HOST=0.0.0.0
PW_PORT=1417
PW_MAX_CONCURRENCY=200
PW_LOG_LEVEL=INFO
PW_BANNER=

PW_ENABLE_EMAIL=1
PW_ENABLE_PUSH=1

# SMTP
PW_SMTP_SERVER=mx.example.de
PW_SMTP_PORT=587
PW_SMTP_STARTTLS=1
PW_SMTP_USER=user@example.de
PW_SMTP_PASS=CHANGE_ME        # oder per Secret: PW_SMTP_PASS_FILE=/run/secrets/smtp_pass
PW_MAIL_FROM=portwatch@example.de
PW_MAIL_TO=you@example.de

# ntfy
PW_NTFY_SERVER=https://ntfy.sh
PW_NTFY_TOPIC=your-topic
PW_NTFY_PRIORITY=5
PW_NTFY_TAGS=rotating_light,shield

# Geo (offline)
PW_GEOIP_CITY_DB=/var/lib/GeoIP/GeoLite2-City.mmdb
PW_GEOIP_ASN_DB=/var/lib/GeoIP/GeoLite2-ASN.mmdb

# Optionaler Online-Fallback (standard: aus)
PW_IPAPI_ENABLE=0
PW_IPAPI_BUDGET_PER_MIN=40

# rDNS
PW_RDNS_ENABLE=1
PW_RDNS_TIMEOUT=1.0

# Detailfelder
PW_INCLUDE_CITY=1
PW_INCLUDE_COORDS=0
PW_LATLON_PRECISION=2

# Rate-Limit (Cooldown)
PW_RL_COOLDOWN_S=1800
PW_RL_FORGET_S=86400
PW_CACHE_SIZE=20000

# Zeiten
PW_TZ=Europe/Berlin
PW_TS_INCLUDE_UTC=0

# Healthchecks/Netze ignorieren
PW_NOTIFY_IGNORE_LOOPBACK=1
# PW_NOTIFY_IGNORE_PRIVATES=1
# PW_NOTIFY_IGNORE_CIDRS=172.24.0.0/16,::1/128
PW_LOG_IGNORE_SUPPRESSED=1

# Payload-Erfassung
PW_CAPTURE_PAYLOAD=1
PW_PROBE_MAX_BYTES=2048
PW_PROBE_TIMEOUT_MS=800
PW_PAYLOAD_IN_NOTIF=1
PW_PAYLOAD_MAX_CHARS=600
PW_PAYLOAD_MODE=auto        # auto|text|hex|base64
PW_PAYLOAD_STRIP_CONTROL=1
# PW_TLS_JA3=1
`;

/** `geoipupdate.env`, likewise. */
export const updaterEnvironment =
  fromDocument("", "GEOIPUPDATE_") ??
  `GEOIPUPDATE_ACCOUNT_ID=YOUR_ID
GEOIPUPDATE_LICENSE_KEY=YOUR_KEY
GEOIPUPDATE_EDITION_IDS=GeoLite2-City GeoLite2-ASN
GEOIPUPDATE_FREQUENCY=24
GEOIPUPDATE_DB_DIR=/var/lib/GeoIP
`;

/** The code block whose first line begins with this, without the indentation of the list around it. */
function fromDocument(language: string, start: string): string | undefined {
  if (!existsSync(document)) return undefined;
  const blocks = readFileSync(document, "utf8").matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm);
  for (const [, indentation = "", word, text = ""] of blocks) {
    const lines = text
      .split("\n")
      .map((line) => (line.startsWith(indentation) ? line.slice(indentation.length) : line));
    if (word === language && lines[0]?.startsWith(start)) return lines.join("\n");
  }
  return undefined;
}
