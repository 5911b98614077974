import type { Mute } from "../../core/mute.ts";
import { isInForce } from "../../core/mute.ts";
import { isoTime } from "../text/iso-time.ts";
import type { MuteJson } from "./mute-schema.ts";
import { mutedOf } from "./mute-words.ts";

/** One mute of `/api/v1/mutes` and of `harbinger mutes --json`. */
export function muteJson(mute: Mute, now: number): MuteJson {
  const { id, target, note, by, createdAt, until, endedBy } = mute;
  return {
    id,
    ...mutedOf(target),
    note,
    by,
    createdAt: isoTime(createdAt),
    until: isoTime(until),
    active: isInForce(mute, now),
    ...(endedBy === undefined ? {} : { endedBy }),
  };
}
