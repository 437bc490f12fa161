import type { Translation } from "../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = { title: "people" };
export default words;
