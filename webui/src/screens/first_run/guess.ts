/** Defaults, so that hardly anything has to be typed. */

/** Countries whose way of dialling the box knows. */
export const COUNTRIES = ["br", "ar", "bo", "ca", "cl", "co", "de", "es", "fr", "gb", "mx", "pe", "pt", "py", "us", "uy"] as const;

const BY_ZONE: readonly [RegExp, string][] = [
  [/^America\/(Sao_Paulo|Bahia|Fortaleza|Recife|Belem|Manaus|Cuiaba|Campo_Grande|Porto_Velho|Rio_Branco|Boa_Vista|Maceio|Araguaina|Santarem|Noronha)/, "br"],
  [/^America\/(Argentina|Buenos_Aires)/, "ar"], [/^America\/La_Paz/, "bo"], [/^America\/Santiago|^America\/Punta_Arenas|^Pacific\/Easter/, "cl"],
  [/^America\/Bogota/, "co"], [/^Europe\/(Berlin|Busingen)/, "de"], [/^Europe\/Madrid|^Africa\/Ceuta|^Atlantic\/Canary/, "es"], [/^Europe\/Paris/, "fr"],
  [/^Europe\/London/, "gb"], [/^America\/(Mexico_City|Cancun|Merida|Monterrey|Tijuana|Hermosillo|Chihuahua|Mazatlan)/, "mx"], [/^America\/Lima/, "pe"],
  [/^Europe\/Lisbon|^Atlantic\/(Madeira|Azores)/, "pt"], [/^America\/Asuncion/, "py"], [/^America\/Montevideo/, "uy"],
  [/^America\/(Toronto|Vancouver|Montreal|Edmonton|Winnipeg|Halifax|Regina)/, "ca"],
  [/^America\/(New_York|Chicago|Denver|Los_Angeles|Phoenix|Detroit|Anchorage|Indiana|Kentucky|Boise)|^Pacific\/Honolulu/, "us"],
];

/** The zone of the browser's clock. */
export function zoneHere(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "America/Sao_Paulo";
}

/** The country, by zone, else by the languages of the browser; Brazil where neither tells. */
export function countryHere(zone = zoneHere(), languages: readonly string[] = navigator.languages): string {
  const byZone = BY_ZONE.find(([zones]) => zones.test(zone))?.[1];
  if (byZone) return byZone;
  const regions = languages.map((tag) => tag.split("-")[1]?.toLowerCase());
  return COUNTRIES.find((one) => regions.includes(one)) ?? "br";
}

export function allZones(): string[] {
  const zones = Intl.supportedValuesOf("timeZone");
  const own = zoneHere();
  return zones.includes(own) ? zones : [own, ...zones];
}

/** `Padaria São João Ltda.` → `padaria-sao-joao-ltda`; what no letter begins gets one. */
export function slugOf(name: string): string {
  const plain = name.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const begun = plain.replace(/^-+/, "").replace(/^(?=[0-9])/, "c-");
  return begun.slice(0, 32).replace(/-+$/, "");
}

/** A name that nobody else on the Internet has (ICANN keeps `internal` for this): phones are told the box's address beside it. */
export function domainOf(slug: string): string {
  return slug === "" ? "" : `${slug}.internal`;
}
