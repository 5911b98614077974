import type { AddressRange } from "../core/network.ts";
import type { Watch } from "../core/watch.ts";
import { type AlertSettings, alertSettings } from "../inbound/decide/schema.ts";
import { type EnrichSettings, enrichSettings } from "../inbound/enrich/schema.ts";
import { type ListenerSettings, listenerSettings } from "../inbound/listen/schema.ts";
import { type ChannelSection, channelSections, mapChannelSections } from "../notify/channel-sections.ts";
import { type ReportSettings, reportSettings } from "../notify/channels/file/schema.ts";
import { channels } from "../notify/channels.ts";
import { type DeliverySettings, deliverySettings } from "../notify/schema.ts";
import { type DeviceSettings, deviceSettings, looksForDevices } from "../outbound/devices/schema.ts";
import type { ScanLimits } from "../outbound/scan/schema.ts";
import { type StandaloneSettings, standaloneSettings } from "../outbound/schedule/schema.ts";
import {
  completePortSection,
  completeWatchEntry,
  watchOfEntry,
  watchOfPortSection,
} from "../outbound/watch-of-section.ts";
import { type RetentionSettings, retentionSettings, type StoreSettings, storeSettings } from "../store/schema.ts";
import { type WebSettings, webSettings } from "../web/schema.ts";
import { configJsonSchema, withDefaults } from "./json-schema.ts";
import { type LoggingSettings, loggingSettings } from "./logging-schema.ts";
import { isRawMap, type RawMap, type RawValue, rawValue } from "./raw-value.ts";
import { maskSecrets } from "./secrets.ts";
import type { Sections } from "./sections.ts";

/** The validated configuration: plain data with defaults filled in. It contains secrets: print it with `showConfig`. */
export interface Config {
  /** The configuration file; `undefined` for the built-in default. */
  readonly source: string | undefined;
  /** `port_*` sections first, then the entries of `watches`, each in the order of the file. */
  readonly watches: readonly Watch[];
  readonly reports: ReportSettings;
  readonly logging: LoggingSettings;
  readonly standalone: StandaloneSettings;
  readonly delivery: DeliverySettings;
  readonly listeners: readonly ListenerSettings[];
  readonly alerts: AlertSettings;
  readonly enrich: EnrichSettings;
  /** The sections of the configured channels, in the order of `notify/channels.ts`. */
  readonly channels: readonly ChannelSection[];
  readonly devices: DeviceSettings;
  readonly store: StoreSettings;
  readonly retention: RetentionSettings;
  readonly scan: ScanLimits;
  readonly web: WebSettings;
  readonly scope: { readonly allow: readonly AddressRange[]; readonly exclude: readonly AddressRange[] };
  /** The configuration in the form of the file, secrets masked. */
  readonly shown: RawValue;
}

/**
 * Builds the configuration from validated sections.
 * @param written the sections as written, for `shown`
 */
export function configOf(sections: Sections, written: RawMap, source: string | undefined): Config {
  const { named, ports } = sections;
  const { enabled } = named.devices;
  return {
    source,
    watches: [
      ...Object.entries(ports).map(([name, section]) => ({
        ...watchOfPortSection(name, section),
        ...(looksForDevices(section, { isPortSection: true, enabled }) ? ({ devices: true } as const) : {}),
      })),
      ...Object.entries(named.watches).map(([name, entry]) => ({
        ...watchOfEntry(name, entry),
        ...(looksForDevices(entry, { isPortSection: false, enabled }) ? ({ devices: true } as const) : {}),
      })),
    ],
    reports: reportSettings(named.reports),
    logging: loggingSettings(named.logging),
    standalone: standaloneSettings(named.standalone),
    delivery: deliverySettings(named.notify),
    listeners: Object.entries(named.listeners).map(([name, entry]) => listenerSettings(name, entry)),
    alerts: alertSettings({ ...named.alerts, time_zone: named.alerts.time_zone ?? named.standalone.time_zone }),
    enrich: enrichSettings(named.enrich),
    channels: channelSections(named),
    devices: deviceSettings(named.devices),
    store: storeSettings(named.store),
    retention: retentionSettings(named.retention),
    scan: named.scan,
    web: webSettings(named.web),
    scope: named.scope,
    shown: maskSecrets(completed(sections, written), [configJsonSchema()]),
  };
}

/** The configuration in the form of the file, with all defaults filled in. */
function completed({ named, ports }: Sections, written: RawMap): RawValue {
  const filled = withDefaults(written, configJsonSchema());
  const watches: RawMap = {};
  for (const [name, entry] of Object.entries(named.watches)) watches[name] = completeWatchEntry(name, entry);
  const whole: RawMap = {};
  // In the order of the schema. Keys that only hold anchors are omitted.
  for (const name of Object.keys(named)) whole[name] = isRawMap(filled) ? filled[name] : undefined;
  const complete = mapChannelSections(named, (section, { completed: fill }) => fill?.(section) ?? section);
  for (const { path, completed: fill } of channels) {
    if (fill !== undefined) whole[path[0]] = rawValue(Reflect.get(complete, path[0]));
  }
  for (const [name, section] of Object.entries(ports)) whole[name] = completePortSection(section);
  whole["watches"] = watches;
  return whole;
}
