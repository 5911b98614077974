/** The limits of mutes and notes: apart from the rest, because the pages have them, too. */

/** The longest mute: a leap year. */
export const maxMuteMs = 366 * 24 * 60 * 60 * 1000;

/** Mutes that can be in force at once. */
export const maxActiveMutes = 500;

/** UTF-16 units of a note. */
export const maxNoteLength = 500;
