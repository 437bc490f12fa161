/** Letters that nobody mixes up when reading them to somebody else. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

/** A password to be given to somebody: four times four letters, about 79 bits. */
export function newPassword(): string {
  const limit = 256 - (256 % LETTERS.length);
  let found = "";
  while (found.length < 16) {
    for (const value of crypto.getRandomValues(new Uint8Array(32))) if (value < limit && found.length < 16) found += LETTERS[value % LETTERS.length] ?? "";
  }
  return found.replaceAll(/(.{4})(?=.)/g, "$1-");
}
