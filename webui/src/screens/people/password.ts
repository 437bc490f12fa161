/** A first password that somebody else reads out or copies: without signs that are taken for one another. */
const SIGNS = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const EACH = 4;

/** Four groups of four, about 79 bits. */
export function makePassword(): string {
  const group = () => Array.from({ length: EACH }, sign).join("");
  return Array.from({ length: GROUPS }, group).join("-");
}

/** Each with the same chance: octets beyond the last whole round are thrown away. */
function sign(): string {
  const fair = 256 - (256 % SIGNS.length);
  const octet = new Uint8Array(1);
  do crypto.getRandomValues(octet);
  while ((octet[0] ?? 255) >= fair);
  return SIGNS.charAt((octet[0] ?? 0) % SIGNS.length);
}
