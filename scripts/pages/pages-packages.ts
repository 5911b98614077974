/** Packages that are built into the pages: what users get contains them, although only a build needs them. */
export const pagesPackages = ["@tanstack/virtual-core", "preact", "uplot"] as const;
