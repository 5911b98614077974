// Loads the modules of the single executable, each when it is first needed, from the executable file itself.
import { getRawAsset } from "node:sea";
import vm from "node:vm";

/** @type {Map<string, { exports: object }>} */
const loaded = new Map();

/** @param {string} name of a bundled module, with its ending @returns {Record<string, any>} what it exports */
export function loadEmbedded(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  // The bundler writes ASCII alone: one byte a character, in memory, too.
  const source = Buffer.from(getRawAsset(`code/${name}`)).latin1Slice();
  const run = vm.compileFunction(source, ["exports", "require", "module"], { filename: `harbinger:${name}` });
  run(module.exports, requireEmbedded, module);
  return module.exports;
}

/** @param {string} name */
function requireEmbedded(name) {
  if (name.startsWith("./")) return loadEmbedded(name.slice(2));
  const builtIn = process.getBuiltinModule(name);
  if (builtIn !== undefined) return builtIn;
  throw Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
}
