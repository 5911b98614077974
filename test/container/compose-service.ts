import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

const deploy = path.join(import.meta.dirname, "..", "..", "deploy");

/** The keys of a service that restrict its container or give it more rights. */
interface Service {
  readonly user?: string;
  readonly read_only?: boolean;
  readonly network_mode?: string;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
}

/** The restrictions of a service as options of `podman run`; a later file takes precedence. */
export function serviceOptions(name: string, files: readonly string[]): readonly string[] {
  const documents = files.map((file): { services: Record<string, Service> } =>
    parse(readFileSync(path.join(deploy, file), "utf8")),
  );
  const service: Service = Object.assign({}, ...documents.map(({ services }) => services[name]));
  const { user, read_only, network_mode, tmpfs = [], cap_drop = [], cap_add = [], security_opt = [] } = service;
  return [
    ...(user === undefined ? [] : [`--user=${user}`]),
    ...(read_only === true ? ["--read-only"] : []),
    ...(network_mode === undefined ? [] : [`--network=${network_mode}`]),
    ...tmpfs.map((place) => `--tmpfs=${place}`),
    ...cap_drop.map((right) => `--cap-drop=${right}`),
    ...cap_add.map((right) => `--cap-add=${right}`),
    ...security_opt.map((option) => `--security-opt=${option.replace(/:true$/, "")}`),
  ];
}
