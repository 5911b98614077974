/** Splits a command line at spaces; double quotes keep words together, as in `"C:\Program Files\mail.exe" -v`. */
export function commandWords(command: string): readonly string[] {
  const words: string[] = [];
  for (const match of command.matchAll(/(?:"[^"]*"|[^\s"])+/g)) words.push(match[0].replaceAll('"', ""));
  return words;
}
