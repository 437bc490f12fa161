import type { Translation } from "../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = { title: "hours" };
export default words;
