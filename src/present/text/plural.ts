import { grouped } from "./grouped.ts";

/** `1 connection`, `3,000 connections`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
