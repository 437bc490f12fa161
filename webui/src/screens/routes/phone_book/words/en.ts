export default {
  title: "Phone book",
  lead: "Callers with these numbers are shown by name on the phones.",
  empty: "The phone book is empty", emptyHint: "Add names one by one, or bring a whole list as a CSV file.",
  name: "Name", number: "Number", numberHint: "As the account dials it, or with +.", note: "Note",
  add: "Add a name", edit: "Change the entry", import: "Import",
  deleted: (name: string) => `${name} was deleted.`,
  importHint: "A CSV file with the head name,number. A number that is there already gets the new name.",
  file: "File", take: "Import",
  would: (made: string, renamed: string, unchanged: string) => `New: ${made}. Renamed: ${renamed}. Unchanged: ${unchanged}.`,
  done: "The file was imported.",
  wrong: "Nothing was imported. Please correct these lines:",
};
