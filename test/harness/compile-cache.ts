import module from "node:module";

// For `node --import`: the sources that each test file loads are stripped of their types once, not once a file.
module.enableCompileCache();
