/** What is wrong with a file of text in another encoding, behind its name and line, and the remedy. */
export const notUtf8 = "is not UTF-8 text; save it as UTF-8";
