const reloads = new Set<() => void>();

/** Calls `reload` with every {@link reloadAll}. @returns ends it */
export function onReloadAll(reload: () => void): () => void {
  reloads.add(reload);
  return () => reloads.delete(reload);
}

/** Loads again all that the page shows. */
export function reloadAll(): void {
  for (const reload of reloads) reload();
}
