import * as z from "zod";

/** A command line for the system's shell, in the configuration. */
export const commandLine = z
  .string()
  .min(1)
  .max(8000)
  .refine((line) => !line.includes("\0"), "a command line cannot hold a NUL character");
