import module from "node:module";

// For `node --import`: types are stripped from the sources once, not once per test file.
module.enableCompileCache();
