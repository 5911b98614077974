/** The values that flows and channels accept. `config/` passes them in, because `compat/` imports neither. */
export interface ValueRules {
  readonly maxBannerBytes: number;
  readonly isIpApiEndpoint: (text: string) => boolean;
  readonly isNtfyServer: (text: string) => boolean;
  readonly isNtfyTopic: (text: string) => boolean;
  readonly areNtfyTags: (tags: readonly string[]) => boolean;
  /** `undefined` if the text is not a priority. */
  readonly ntfyPriority: (text: string) => NtfyPriority | undefined;
}

/** https://docs.ntfy.sh/publish/#message-priority */
export type NtfyPriority = 1 | 2 | 3 | 4 | 5;
