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
  /** In deliveries: in the database and in JSON. Never change it. */
  readonly name: ChannelName;
  /** Where its section is in the configuration: `["notify", "ntfy"]`. Outside of `notify`, `config/sections.ts` lists the section. */
  readonly path: readonly [string] | readonly ["notify", string];
  /** `true`: the section has entries, each with a name of its own. `false`: it is the one section of the channel. */
  readonly hasEntries: boolean;
  /**
   * Of the section, or of one entry: strict, with defaults, and a description for each key and for the whole. A key with
   * `meta({ secret: true })` is never shown, and can be read from a file or from the environment. The file of `ca_file` is read.
   */
  readonly schema: z.ZodType<Section>;
  /** An example for people: the section in one line of YAML, without the sections around it. */
  readonly sample: string;
  /** Where its recipients are listed. */
  readonly recipients: RecipientSource;
  readonly form: DefinedForm<Section>;
  /** Only without entries: what lists of deliveries show as the recipient. Default: the recipient. */
  shownRecipient?(section: Section): string;
  /** The section with the defaults that depend on other keys, for `harbinger config show`. */
  completed?(section: Section): Section;
  /**
   * Errors and warnings that the schema cannot find, because they concern several keys or the listed recipients.
   * @param lists the lists of mail addresses in the configuration
   */
  findings?(section: Section, lists: readonly AddressList[]): readonly SectionFinding[];
  /** What `harbinger doctor` finds, without sending a message. Default: only who sends messages there. */
  diagnose?(section: Section, parts: ChannelParts, signal: AbortSignal): AsyncIterable<Diagnosis>;
  create(section: Section, parts: ChannelParts): Channel;
}

/**
 * - `email`: the keys `email` of watches, of `alerts` and of `devices` list mail addresses. Only one channel has these.
 * - `notify`: the keys `notify` of watches, of `alerts` and of `devices` list the names of its entries, or its own name.
 * - `none`: it keeps reports for each label. Only one channel does.
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

/** What a channel is made of besides its section. */
export interface ChannelParts {
  /** Of the entry; without entries the name of the channel. */
  readonly name: string;
  readonly clock: Clock;
  /** The content of the section's `ca_file`. */
  readonly ca?: string | undefined;
  /** For what the user should change in the configuration although messages arrive. */
  readonly log?: Pick<Log, "warn"> | undefined;
  /** Of this machine. */
  readonly hostName: string;
  /** Folder for what a channel has to remember. */
  readonly stateFolder: string;
}
