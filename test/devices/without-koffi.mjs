// Makes the optional package look as if it were not installed: node --import ./without-koffi.mjs
import { registerHooks } from "node:module";

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === "koffi") throw new Error("Cannot find package 'koffi'");
    return nextResolve(specifier, context);
  },
});
