/** What people and phones may send as a name. */
export const HOSTILE = {
  long: "Umnomesemfimquenãocabe".repeat(460),
  rtl: "\u202Eشركة الاتصالات\u202E abc \u2066xyz",
  markup: "<b>bold</b><img src=x onerror=alert(1)>&amp;",
  tall: `Z̷̢̛͙̘̣̙̗̆̒a̵̧̛̙̖̟̩̐̃l̶̢̛̗̜̗̄̐g̴̡̛̘̞̙̈́̎o̶̧̗̞̟̎̽`,
} as const;
