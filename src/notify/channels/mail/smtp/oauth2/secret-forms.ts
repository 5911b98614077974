/** How a server might repeat a `secret` that it received: as it is, URL-encoded as in a form, and escaped as in JSON. */
export function secretForms(secret: string): readonly string[] {
  const posted = new URLSearchParams({ x: secret }).toString().slice(2);
  const quoted = JSON.stringify(secret).slice(1, -1);
  return [...new Set([secret, posted, quoted])];
}
