/** Puts a text into the clipboard. Browsers offer the first way over HTTPS and on loopback only. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const { activeElement } = document;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "for-readers";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (activeElement instanceof HTMLElement) activeElement.focus({ preventScroll: true });
  if (!isCopied) throw new Error("the browser did not copy");
}
