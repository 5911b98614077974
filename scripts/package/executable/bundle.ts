import path from "node:path";
import esbuild, { type Plugin } from "esbuild";
import { projectRoot } from "../project.ts";

/** The parts of the executable's JavaScript. */
export interface Bundle {
  /** The entry points of the executable and of its database thread. */
  readonly main: string;
  readonly worker: string;
  /** The programs, in chunks that are loaded when needed, by name. */
  readonly modules: ReadonlyMap<string, string>;
  /** The included files of packages and of our own, relative to the project's folder. */
  readonly inputs: readonly string[];
}

/** Optional parts of packages, which check whether they are present. */
const absentPackages = ["pg-native", "supports-color", "cloudflare:sockets", "@koromix/koffi-*"];

const target = "node24";

/** Bundles the programs. The same sources give the same bytes in any folder. */
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
    // A missing module must fail here, not at run time.
    logOverride: { "unsupported-dynamic-import": "error" },
    external: absentPackages,
    // Its other form searches its native module beside its own file.
    alias: { koffi: "./node_modules/koffi/index.cjs" },
    plugins: [nativeKoffi],
    define: {
      "import.meta.url": '"harbinger:"',
      "import.meta.resolve": "undefined",
      // koffi searches beside its own file for what is in the executable.
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

/** In Node 24 a module without a file cannot be an ES module: each chunk becomes a CommonJS module. */
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

/** The native module of koffi is also part of the executable. */
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
