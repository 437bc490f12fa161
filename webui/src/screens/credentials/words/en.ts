export default {
  language: "Language",
  languages: { "pt-BR": "Português (Brasil)", en: "English", es: "Español" },
  passwordHint: "At least 12 characters. Several words that do not belong together are easy to keep and hard to guess.",
  currentPassword: "Current password",
  short: "It needs at least 12 characters.",
  factor: {
    scan: "Scan the picture with an app for one-time codes (Google Authenticator, Aegis, 2FAS…), then type the code that it shows.",
    picture: "QR code for the app",
    byHand: "Key, for typing it in",
    code: "6-digit code",
    turnOn: "Turn on",
    codesTitle: "Recovery codes",
    codes: "Each of these codes signs you in once when your phone is not at hand. They are shown only now: print them or keep them in a safe place.",
    file: "recovery-codes.txt",
    kept: "I have kept them",
  },
};
