/**
 * Licences that parts of this program may have, which is under GPL-3.0-or-later as a whole, and why each is compatible.
 * https://www.gnu.org/licenses/license-list.html is the Free Software Foundation's opinion of them.
 */
export const allowedLicences: Readonly<Record<string, string>> = {
  MIT: "permissive (Expat); asks for its notice alone",
  "MIT-0": "permissive; asks for nothing",
  ISC: "permissive; asks for its notice alone",
  "0BSD": "permissive; asks for nothing",
  "BSD-2-Clause": "permissive; asks for its notice alone",
  "BSD-3-Clause": "permissive; asks for its notice and not to advertise with names, which the GPL allows (7d)",
  "Apache-2.0": "compatible with version 3 of the GPL, though not with version 2",
  "BlueOak-1.0.0": "permissive; asks for its notice alone",
  "CC0-1.0": "public domain where there is such a thing, else permissive",
  "CC-BY-4.0": "for data; one-way compatible with version 3 of the GPL; asks for attribution",
  Unlicense: "public domain where there is such a thing, else permissive",
  Zlib: "permissive; altered versions must be marked",
};
