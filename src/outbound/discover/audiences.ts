import type { Audience, ChannelName, PushTarget } from "../../core/delivery.ts";
import type { Watch } from "../../core/watch.ts";

export interface AudienceOptions {
  /** The channel of the addresses in `email`. Default: mail is never configured. */
  readonly mail?: ChannelName | undefined;
  /** The channel that keeps reports as files. */
  readonly file: ChannelName;
  /** Every report is also kept as a file. */
  readonly saveToFile: boolean;
  /** Mailed reports are also kept as files, because delivery may take long. */
  readonly keepMails?: boolean;
  /** Names that `notify` of a watch can use; others are ignored. */
  readonly pushTargets?: ReadonlyMap<string, PushTarget>;
}

/** What the audiences of a watch depend on. */
type Grouped = Pick<Watch, "name" | "label" | "recipients" | "notify">;

/**
 * The audiences of all watches, which are grouped by label, then by recipient. Each recipient of a label gets one mail
 * about its watches of that label. Each distinct set of watches under a label has one file, so recipients of the same
 * mail share a file. Each channel that watches list in `notify` gets one message about those watches of the label.
 * Files are kept with `saveToFile`, and where there is no mail and no message, so that no report is lost.
 * @returns in the order of the labels in the configuration; mails, then messages, then files
 */
export function audiencesOf(watches: readonly Grouped[], options: AudienceOptions): Audience[] {
  const byLabel = new Map<string, Grouped[]>();
  for (const watch of watches) {
    const group = byLabel.get(watch.label);
    if (group === undefined) byLabel.set(watch.label, [watch]);
    else group.push(watch);
  }
  return [...byLabel].flatMap(([label, group]) => audiencesOfLabel(label, group, options));
}

function audiencesOfLabel(label: string, group: readonly Grouped[], options: AudienceOptions): Audience[] {
  const byRecipient = watchesBy(group, (watch) => watch.recipients);
  const mails: Audience[] = [];
  if (options.mail !== undefined) {
    for (const [recipient, watches] of byRecipient) mails.push({ label, channel: options.mail, recipient, watches });
  }
  const pushes: Audience[] = [];
  for (const [name, names] of watchesBy(group, (watch) => watch.notify ?? [])) {
    const target = options.pushTargets?.get(name);
    if (target !== undefined) pushes.push({ label, ...target, watches: names });
  }
  const files: Audience[] = [];
  if (options.saveToFile || options.keepMails === true || options.mail === undefined) {
    for (const { recipients, names } of readersOfSameWatches(byRecipient)) {
      files.push({ label, channel: options.file, recipient: recipients.join(", "), watches: names });
    }
  }
  const isPushed = (watch: Grouped) => watch.notify?.some((name) => options.pushTargets?.has(name)) === true;
  const reportOnly = group
    .filter((watch) => watch.recipients.length === 0 && (options.saveToFile || !isPushed(watch)))
    .map((watch) => watch.name);
  if (reportOnly.length > 0) files.push({ label, channel: options.file, recipient: "", watches: reportOnly });
  return [...mails, ...pushes, ...files];
}

/** Names of watches by reader. */
function watchesBy(group: readonly Grouped[], readersOf: (watch: Grouped) => readonly string[]): Map<string, string[]> {
  const byReader = new Map<string, string[]>();
  for (const watch of group) {
    for (const reader of new Set(readersOf(watch))) {
      const names = byReader.get(reader);
      if (names === undefined) byReader.set(reader, [watch.name]);
      else names.push(watch.name);
    }
  }
  return byReader;
}

/** Recipients are sorted: reordering the configuration must not create a new audience, to which everything is still unreported. */
function readersOfSameWatches(
  byRecipient: ReadonlyMap<string, readonly string[]>,
): { readonly recipients: readonly string[]; readonly names: readonly string[] }[] {
  const readers = new Map<string, { readonly recipients: string[]; readonly names: readonly string[] }>();
  for (const [recipient, names] of byRecipient) {
    const key = JSON.stringify(names);
    const entry = readers.get(key);
    if (entry === undefined) readers.set(key, { recipients: [recipient], names });
    else entry.recipients.push(recipient);
  }
  for (const entry of readers.values()) entry.recipients.sort();
  return [...readers.values()];
}
