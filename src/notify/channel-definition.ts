import type * as z from "zod";
import type { Clock } from "../core/clock.ts";
import type { Channel, ChannelName } from "../core/delivery.ts";
import type { Diagnosis } from "../core/diagnosis.ts";
import type { Log } from "../core/log.ts";

/**
 * A channel describes itself: the main file of its folder exports one object of this type, and `channels.ts` lists it. The
 * configuration and its reference, `notify` lists, secrets, `harbinger doctor`, `harbinger notify test`, reports and alerts use
 * that list; none of them knows a channel by name.
 */
export interface ChannelDefinition<Section extends object = object> {
  /** As in the database and in the JSON of deliveries. Never change it. */
  readonly name: ChannelName;
  /** The path of its section in the configuration: `["notify", "ntfy"]`. A section outside of `notify` is listed in `config/sections.ts`. */
  readonly path: readonly [string] | readonly ["notify", string];
  /** `true`: the section has named entries, each configured on its own. `false`: the section itself configures the channel. */
  readonly hasEntries: boolean;
  /**
   * The schema of the section, or of one entry: strict, with defaults, and with a description of each key and of the section. A
   * key with `meta({ secret: true })` is never shown, and can be read from a file or from the environment. The file that
   * `ca_file` names is read by the configuration.
   */
  readonly schema: z.ZodType<Section>;
  /** An example for the reference: the section in one line of YAML, without the sections around it. */
  readonly sample: string;
  /** Which lists in the configuration name its recipients. */
  readonly recipients: RecipientSource;
  readonly form: DefinedForm<Section>;
  /** What lists of deliveries show as the recipient; only for a channel without entries. Default: the recipient. */
  shownRecipient?(section: Section): string;
  /** The section with the defaults that depend on other keys, for `harbinger config show`. */
  completed?(section: Section): Section;
  /**
   * Errors and warnings that the schema cannot find, because they concern several keys or the listed recipients.
   * @param lists the lists of mail addresses in the configuration
   */
  findings?(section: Section, lists: readonly AddressList[]): readonly SectionFinding[];
  /** What `harbinger doctor` finds, without sending a message. Default: only what sends messages through it. */
  diagnose?(section: Section, parts: ChannelParts, signal: AbortSignal): AsyncIterable<Diagnosis>;
  create(section: Section, parts: ChannelParts): Channel;
}

/**
 * - `email`: the keys `email` of watches, of `alerts` and of `devices` list mail addresses. Only one channel has this source.
 * - `notify`: the keys `notify` of watches, of `alerts` and of `devices` list the names of its entries, or its own name.
 * - `none`: no list; the channel keeps the reports of each label. Only one channel has this source.
 */
export type RecipientSource = "email" | "notify" | "none";

/** The form of its messages: see `MessageForm`. */
export type DefinedForm<Section> =
  | { readonly kind: "text-and-html" }
  | { readonly kind: "file" }
  | {
      readonly kind: "short";
      /** How many bytes of text (UTF-8) fit into one message. */
      maxTextBytes(section: Section): number;
      /** Whether a message is given the whole report as JSON too. Default: no. */
      readonly takesJson?: boolean;
    };

/** A list of mail addresses in the configuration. */
export interface AddressList {
  readonly path: readonly PropertyKey[];
  readonly given: string | readonly string[] | undefined;
}

export interface SectionFinding {
  readonly severity: "error" | "warning";
  readonly path: readonly PropertyKey[];
  /** Whether the place of the key or of its value is shown. */
  readonly what: "key" | "value";
  readonly message: string;
}

/** What a channel needs in addition to its section. */
export interface ChannelParts {
  /** The name of the entry; without entries, of the channel. */
  readonly name: string;
  readonly clock: Clock;
  /** The content of the section's `ca_file`. */
  readonly ca?: string | undefined;
  /** Reports what the user should change in the configuration although messages arrive. */
  readonly log?: Pick<Log, "warn"> | undefined;
  /** The host name of this machine. */
  readonly hostName: string;
  /** Folder for files that a channel keeps. */
  readonly stateFolder: string;
}
