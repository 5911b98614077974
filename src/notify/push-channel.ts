import type * as z from "zod";
import type { Clock } from "../core/clock.ts";
import type { Channel, ChannelName } from "../core/delivery.ts";
import type { Log } from "../core/log.ts";

/**
 * A push channel describes itself: the main file of its folder exports one object of this type, and `channels.ts` lists it. The
 * schema of the configuration, its reference, `notify` lists, secrets, the doctor and `harbinger notify test` use that list.
 */
export interface PushChannel<Section extends object = object> {
  /** In deliveries: in the database and in JSON. Never change it. */
  readonly name: ChannelName;
  /** Its key in the section `notify` of the configuration. */
  readonly key: string;
  /** `true`: `notify.KEY` has entries, each with a name of its own. `false`: `notify.KEY` is the one section. */
  readonly hasEntries: boolean;
  /**
   * Of the section, or of one entry: strict, with defaults, and a description for each key and for the whole. A key with
   * `meta({ secret: true })` is never shown, and can be read from a file or from the environment. The file of `ca_file` is read.
   */
  readonly schema: z.ZodType<Section>;
  /** An example for people: one line of YAML below `notify:`. */
  readonly sample: string;
  /** How many bytes of text (UTF-8) fit into one message. */
  maxTextBytes(section: Section): number;
  /** Whether a message is given the whole report as JSON too. Without it: no. */
  readonly takesJson?: boolean;
  /** Only without entries: what lists of deliveries show as the recipient. Default: the name. */
  shownRecipient?(section: Section): string;
  create(section: Section, parts: ChannelParts): Channel;
}

/** What a channel is made of besides its section. */
export interface ChannelParts {
  /** Of the entry; without entries the name of the channel. */
  readonly name: string;
  readonly clock: Pick<Clock, "now">;
  /** The content of the section's `ca_file`. */
  readonly ca?: string | undefined;
  /** For what the user should change in the configuration although messages arrive. */
  readonly log?: Pick<Log, "warn"> | undefined;
}
