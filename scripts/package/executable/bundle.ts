import path from "node:path";
import esbuild, { type Plugin } from "esbuild";
import { projectRoot } from "../project.ts";

/** What the JavaScript of the executable consists of. */
export interface Bundle {
  /** Where the executable starts, and where its thread with the database does. */
  readonly main: string;
  readonly worker: string;
  /** The programs, in pieces that are loaded when they are needed, by name. */
  readonly modules: ReadonlyMap<string, string>;
  /** Files of packages and of our own that went in, from the project's folder. */
  readonly inputs: readonly string[];
}

/** Optional parts of packages, which look whether they are there. */
const absentPackages = ["pg-native", "cloudflare:sockets", "@koromix/koffi-*"];

const target = "node24";

/** Puts the programs together. The same sources give the same bytes in whichever folder they stand. */
export async function bundle(): Promise<Bundle> {
  const split = await esbuild.build({
    absWorkingDir: projectRoot,
    entryPoints: ["src/cli/harbinger.ts", "src/cli/portwatcher.ts", "src/store/sqlite/store-worker.ts"],
    outdir: "out",
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    // A missing piece must not become a surprise at run time.
    logOverride: { "unsupported-dynamic-import": "error" },
    external: absentPackages,
    // Its other form looks for its native module beside its own file.
    alias: { koffi: "./node_modules/koffi/index.cjs" },
    plugins: [nativeKoffi],
    define: {
      "import.meta.url": '"harbinger:"',
      "import.meta.resolve": "undefined",
      // koffi looks beside its own file for what the executable holds.
      __filename: '"/harbinger/koffi.cjs"',
    },
  });
  const modules = new Map<string, string>();
  for (const file of split.outputFiles) modules.set(path.basename(file.path), await asCommonJs(file.text));
  return {
    main: await start("bin/executable.js"),
    worker: await start("bin/executable-worker.js"),
    modules,
    inputs: Object.keys(split.metafile.inputs),
  };
}

/** What has no file cannot be an ES module in Node 24: each piece becomes a CommonJS module. */
async function asCommonJs(text: string): Promise<string> {
  const { code } = await esbuild.transform(text, {
    format: "cjs",
    platform: "node",
    target,
    supported: { "dynamic-import": false },
    minifySyntax: true,
    minifyWhitespace: true,
    charset: "ascii",
  });
  return code;
}

async function start(file: string): Promise<string> {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: projectRoot,
    entryPoints: [file],
    write: false,
    bundle: true,
    format: "cjs",
    platform: "node",
    target,
    charset: "ascii",
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`nothing came of ${file}`);
  return output.text;
}

/** The native module of koffi is a part of the executable, too. */
const nativeKoffi: Plugin = {
  name: "native-koffi",
  setup(build) {
    build.onResolve({ filter: /^@koromix\/koffi-linux-x64$/ }, ({ path: name }) => ({
      path: name,
      namespace: "native",
    }));
    build.onLoad({ filter: /./, namespace: "native" }, () => ({
      contents: 'module.exports = require("./src/platform/embedded-addon.ts").loadEmbeddedAddon("koffi.node");',
      resolveDir: projectRoot,
    }));
  },
};
