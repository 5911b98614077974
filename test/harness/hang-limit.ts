/** When a program or a test counts as hanging, in milliseconds: nothing takes this long, even on a busy machine. */
export const hangLimitMs = 1_800_000;
