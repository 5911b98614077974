import visitorModule from "@swc/core/Visitor.js";

// swc's visitor does not know `using` declarations yet: it is told what they hold.
const visitor = (visitorModule.Visitor ?? visitorModule.default ?? visitorModule).prototype;
const visitStatement = visitor.visitStatement;
visitor.visitStatement = function visitKnownStatement(statement) {
  if (statement.type !== "UsingDeclaration") return visitStatement.call(this, statement);
  statement.decls = this.visitVariableDeclarators(statement.decls);
  return statement;
};

// The laws of the import graph, see docs/architecture.md. Layers from top to bottom; an import may only go down.
const layers = [
  "cli",
  "daemon",
  "config",
  "(?:outbound|inbound|import|notify|store|sites|web|compat)",
  "present",
  "platform",
  "wire",
  "core",
];
const middle = ["outbound", "inbound", "import", "notify", "store", "sites", "web", "compat"];
const stages = {
  outbound: ["schedule", "scan", "discover", "devices", "probe", "check", "examine", "report"],
  inbound: ["listen", "capture", "identify", "enrich", "decide", "record", "announce"],
};
/** Stages that serve the named ones: they may be imported by them, and import none themselves. */
const serves = { outbound: { probe: ["check"], check: ["examine"] }, inbound: {} };

const upward = layers.slice(1).map((layer, index) => ({
  name: `${layer}-imports-only-downwards`,
  severity: "error",
  from: { path: `^src/${layer}/` },
  to: { path: `^src/(?:${layers.slice(0, index + 1).join("|")})/` },
}));

const betweenMiddles = middle.map((name) => ({
  name: `${name}-meets-its-neighbours-through-core`,
  severity: "error",
  from: { path: `^src/${name}/`, pathNot: "\\.test\\.ts$" },
  to: { path: `^src/(?:${middle.filter((other) => other !== name).join("|")})/` },
}));

/** A test may give a flow what `daemon/` takes from `compat/`, and nothing of another folder. */
const betweenMiddlesInTests = middle.map((name) => ({
  name: `tests-of-${name}-meet-no-neighbour-but-compat`,
  severity: "error",
  from: { path: `^src/${name}/.*\\.test\\.ts$` },
  to: { path: `^src/(?:${middle.filter((other) => other !== name && other !== "compat").join("|")})/` },
}));

const betweenStages = Object.entries(stages).flatMap(([flow, names]) =>
  names.map((name) => ({
    name: `${flow}-${name}-leaves-joining-to-the-flow`,
    severity: "error",
    from: { path: `^src/${flow}/${name}/`, pathNot: "\\.test\\.ts$" },
    to: {
      path: `^src/${flow}/(?:${names.filter((other) => other !== name && !serves[flow][other]?.includes(name)).join("|")})/`,
    },
  })),
);

const inputOutput =
  "^(?:node:)?(?:fs|fs/promises|net|dgram|dns|dns/promises|http|https|http2|tls|child_process|worker_threads|sqlite|timers|timers/promises|readline|cluster)$";

export default {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "production-code-needs-no-test-code",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.test\\.ts$" },
      to: { path: "^(?:test|bench|scripts)/|\\.test\\.ts$" },
    },
    {
      name: "production-code-uses-declared-dependencies",
      severity: "error",
      // The pages are built: what users get contains their packages.
      from: { path: "^src/", pathNot: "\\.test\\.ts$|^src/web/dashboard/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "core-and-wire-do-no-io",
      severity: "error",
      from: { path: "^src/(?:core|wire)/", pathNot: "\\.test\\.ts$" },
      to: { path: inputOutput },
    },
    ...upward,
    ...betweenMiddles,
    ...betweenMiddlesInTests,
    ...betweenStages,
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    parser: "swc",
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
