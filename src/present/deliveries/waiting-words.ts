/** Why a delivery that is due is not sent yet: `waits for message 12 to the same recipient`. */
export function waitingWords(waitsFor: number): string {
  return `waits for message ${waitsFor} to the same recipient`;
}
