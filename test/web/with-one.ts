/** The same object but for one member. */
export function withOne<Whole extends object, Name extends keyof Whole>(
  whole: Whole,
  name: Name,
  member: Whole[Name],
): Whole {
  return new Proxy(whole, {
    get: (target, key) => {
      if (key === name) return member;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
