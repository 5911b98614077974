import { type PortwatcherOutcome, type ReadOptions, readEnvironment } from "../compat/portwatcher/environment.ts";
import type { Environment } from "../compat/portwatcher/environment-values.ts";
import type { ValueRules } from "../compat/portwatcher/value-rules.ts";
import { enrichSchema } from "../inbound/enrich/schema.ts";
import { maxBannerBytes } from "../inbound/listen/banners.ts";
import { ntfySchema, parsePriority } from "../notify/channels/ntfy/channel.ts";

const { server, topic, tags } = ntfySchema.shape;
const { endpoint } = enrichSchema.shape.ip_api.unwrap().shape;

const rules: ValueRules = {
  maxBannerBytes,
  isIpApiEndpoint: (text) => endpoint.safeParse(text).success,
  isNtfyServer: (text) => server.safeParse(text).success,
  isNtfyTopic: (text) => topic.safeParse(text).success,
  areNtfyTags: (words) => tags.safeParse(words).success,
  ntfyPriority: parsePriority,
};

/** Reads the environment of `portwatcher`, with the limits of the configuration file. */
export function readPortwatcherEnvironment(
  environment: Environment,
  options: Omit<ReadOptions, "rules">,
): PortwatcherOutcome {
  return readEnvironment(environment, { ...options, rules });
}
