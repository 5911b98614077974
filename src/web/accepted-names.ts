/**
 * The names in a header such as `Accept` or `Accept-Encoding`, in lower case, without their parameters; `q=0` excludes one (RFC 9110, sections
 * 12.4.2 and 12.5).
 */
export function acceptedNames(header: string | readonly string[] | undefined): readonly string[] {
  return String(header ?? "")
    .toLowerCase()
    .split(",")
    .flatMap((word) => {
      const [name = "", ...parameters] = word.split(";").map((part) => part.trim());
      return parameters.some((each) => /^q\s*=\s*0(?:\.0*)?$/.test(each)) ? [] : [name];
    });
}
