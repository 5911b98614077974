/** The exact time appears beside a link that gets the focus. Escape hides it until the focus moves. @returns ends it */
export function hideHintsOnEscape(): () => void {
  const { classList } = document.documentElement;
  const pressed = ({ key }: KeyboardEvent) => {
    if (key === "Escape") classList.add("no-hints");
  };
  const moved = () => classList.remove("no-hints");
  addEventListener("keydown", pressed);
  addEventListener("focusin", moved);
  return () => {
    removeEventListener("keydown", pressed);
    removeEventListener("focusin", moved);
  };
}
