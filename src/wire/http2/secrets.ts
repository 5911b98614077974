import { fieldSecrets, isSecretHeader } from "../http/secrets.ts";
import { latin1, Reader } from "../reader.ts";
import type { Secret } from "../secret.ts";
import { frameType, preface, withoutPadding } from "./frames.ts";
import { readHeaderBlock } from "./header-block.ts";

const maxFrames = 64;

/**
 * The values of secret headers in any encoding (RFC 7541 section 5.2), and the fields of bodies. If a block cannot be decoded to
 * its end (because it is cut, or refers to an earlier block), the rest of it counts as secret.
 */
export function http2Secrets(bytes: Uint8Array): readonly Secret[] {
  const secrets: Secret[] = [];
  const reader = new Reader(bytes, preface.length, bytes.length);
  for (let count = 0; count < maxFrames && reader.remaining > 0; count++) {
    const length = reader.u24();
    const type = reader.u8();
    const flags = reader.u8();
    reader.skip(4);
    if (reader.overrun) break;
    const start = reader.offset;
    const payload = reader.view(length);
    const end = Math.min(bytes.length, start + length);
    if (type === frameType.headers) readHeaders(withoutPadding(payload, flags), end, secrets);
    else if (type === frameType.continuation && end > start) secrets.push({ start, end });
    else if (type === frameType.data) {
      for (const secret of fieldSecrets(latin1(bytes, start, end))) {
        secrets.push({ ...secret, start: secret.start + start, end: secret.end + start });
      }
    }
  }
  return secrets;
}

function readHeaders(block: Reader, end: number, secrets: Secret[]): void {
  let readTo = block.offset;
  const isWhole = readHeaderBlock(block, (name, value, valueStart) => {
    readTo = block.offset;
    if (valueStart !== undefined && valueStart < readTo && isSecretHeader(name, value)) {
      secrets.push({ start: valueStart, end: readTo });
    }
  });
  if (!isWhole && readTo < end) secrets.push({ start: readTo, end });
}
