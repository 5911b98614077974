/** What an account may do: `operate` includes `read`. */
export type Role = "read" | "operate";

/** What a route demands. `public`: everybody who reaches the port. */
export type Right = "public" | Role;

/** @param role that of the account; `undefined` without a login */
export function hasRight(role: Role | undefined, right: Right): boolean {
  if (right === "public") return true;
  return role === "operate" || role === right;
}
