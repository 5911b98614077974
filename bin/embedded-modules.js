// Loads the bundled modules of the single executable from its own file, each on first use.
import { getRawAsset } from "node:sea";
import vm from "node:vm";

/** @type {Map<string, { exports: object }>} */
const loaded = new Map();

/** @param {string} name file name of a bundled module @returns {Record<string, any>} its exports */
export function loadEmbedded(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  // The bundler writes only ASCII, so V8 stores the source with one byte per character.
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
