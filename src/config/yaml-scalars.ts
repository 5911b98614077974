import type { ScalarTag } from "yaml";

/**
 * How plain scalars become values: booleans and null as in YAML 1.1 and PyYAML (`yes`, `off`, `~`), but `14:30` stays text and is
 * not 870, and so do `2026-01-01`, `022`, `1_000`, `1e5` and `0x1f`.
 */
export const scalarTags: readonly ScalarTag[] = [
  {
    tag: "tag:yaml.org,2002:null",
    default: true,
    test: /^(?:~|null|Null|NULL)?$/,
    resolve: () => null,
  },
  {
    tag: "tag:yaml.org,2002:bool",
    default: true,
    test: /^(?:true|True|TRUE|yes|Yes|YES|on|On|ON|false|False|FALSE|no|No|NO|off|Off|OFF)$/,
    resolve: (text) => /^(?:true|yes|on)$/i.test(text),
  },
  {
    tag: "tag:yaml.org,2002:int",
    default: true,
    test: /^[-+]?(?:0|[1-9]\d{0,15})$/,
    resolve: (text) => Number(text),
  },
  {
    tag: "tag:yaml.org,2002:float",
    default: true,
    test: /^[-+]?(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d{1,3})?$/,
    resolve: (text) => Number(text),
  },
];
