/**
 * The forms in which a server that is sent `secret` might repeat it: as it is, as in a form that was posted, as in
 * JSON, in base64.
 */
export function secretForms(secret: string): readonly string[] {
  const posted = new URLSearchParams({ x: secret }).toString().slice(2);
  const quoted = JSON.stringify(secret).slice(1, -1);
  return [...new Set([secret, posted, quoted])];
}
