import { plural } from "../../../words/catalog";

export default {
  title: "Sign in",
  username: "User name",
  password: "Password",
  otp: "One-time code",
  otpHint: "From your app, or one of your recovery codes.",
  submit: "Sign in",
  wrong: "Name or password is wrong.",
  wrongWithCode: "Name, password or code is wrong. A code can be used only once.",
  tooMany: (wait: string) => `Too many attempts. You can try again in ${wait}.`,
  over: "You can try again now.",
  missing: "This is needed.",
  seconds: (count: number) => plural(count, "1 second", `${count} seconds`),
  minutes: (count: number) => plural(count, "1 minute", `${count} minutes`),
  forgotten: "Password forgotten?",
  forgottenHelp: "An administrator of your company can give you a new one.",
  forgottenBox:
    "If you run the box yourself: with screen and keyboard at the box, run this command at its console. It makes a new password for the administrator.",
  newPassword: {
    title: "Choose your password",
    lead: "You signed in with a password that was given to you. Choose one that only you know.",
    field: "New password",
    submit: "Save and continue",
  },
  factor: {
    title: "Second factor",
    lead: "Your role needs one-time codes when signing in. This takes a minute.",
  },
  elsewhere: "Sign in as somebody else",
};
