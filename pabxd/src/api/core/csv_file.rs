//! A CSV file (RFC 4180) that brings a whole list: read line by line, all or none, and what is wrong is named by its line.

use super::problem::{Fields, Kind, Problem};
use csv::StringRecord;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;

/// The media type.
pub const CSV: &str = "text/csv";
/// Fields that are named of a file in which many are wrong.
pub const MAX_NAMED: usize = 20;

/// One line below the head.
#[derive(Debug)]
pub struct Line<'a> {
    /// Counted from 1, the head.
    pub number: u64,
    /// As many as the head has.
    columns: &'a StringRecord,
    /// Whether semicolons divide the columns.
    has_semicolons: bool,
}

impl Line<'_> {
    /// What stands in this column, without blanks around it.
    pub fn column(&self, place: usize) -> &str {
        self.columns.get(place).unwrap_or_default()
    }

    /// The decimal number in this column, with a point. Where semicolons divide the columns, it may have the comma of its country.
    pub fn decimal(&self, place: usize) -> Cow<'_, str> {
        let text = self.column(place);
        if self.has_semicolons { text.replace(',', ".").into() } else { text.into() }
    }
}

/// What may stand in one line only, and in which it does.
#[derive(Debug)]
pub struct Seen<K>(HashMap<K, u64>);

impl<K> Default for Seen<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Seen<K> {
    /// Notes what stands in this line; that it stood in one before is wrong.
    pub fn once(&mut self, fields: &mut Fields, field: &str, key: K, line: &Line<'_>) {
        if let Some(before) = self.0.insert(key, line.number) {
            fields.add(field, format!("stands in line {before} already"));
        }
    }
}

/// Reads all lines below a head of these columns, at most so many. Commas or semicolons divide the columns, and a byte order mark
/// may come first. After [`MAX_NAMED`] wrong fields nothing more is read.
pub fn read<T>(
    text: &str,
    head: &[&str],
    most: usize,
    mut line: impl FnMut(&mut Fields, &Line<'_>) -> Option<T>,
) -> Result<Vec<T>, Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let has_semicolons = text.lines().next().is_some_and(|first| first.contains(';'));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if has_semicolons { b';' } else { b',' })
        .trim(csv::Trim::All)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let (mut fields, mut items, mut record) = (Fields::new(), Vec::new(), StringRecord::new());
    let (mut head_was_read, mut numbers) = (false, Numbers { text: text.as_bytes(), at: 0, number: 1 });
    let unreadable = |_| Problem::about(Kind::Invalid, "the file cannot be read as CSV");
    while reader.read_record(&mut record).map_err(unreadable)? {
        let number = numbers.next(record.position().map_or(0, csv::Position::byte));
        if !head_was_read {
            check_head(&record, head)?;
            head_was_read = true;
            continue;
        }
        if items.len() >= most {
            return Err(Problem::about(Kind::TooLarge, format!("more than {most} lines at once")));
        }
        if record.len() == head.len() {
            let columns = Line { number, columns: &record, has_semicolons };
            let item = fields.part(&format!("line {number}: "), |fields| line(fields, &columns));
            items.extend(item);
        } else {
            fields.add(&format!("line {number}"), format!("has {} fields, not {}", record.len(), head.len()));
        }
        if fields.count() >= MAX_NAMED {
            return Err(fields.first(MAX_NAMED, "no more was read than up to the last line that is named"));
        }
    }
    fields.finish()?;
    if items.is_empty() {
        return Err(Problem::about(Kind::Invalid, "the file has no lines below its head"));
    }
    Ok(items)
}

/// The numbers of lines. The reader's own count is behind after empty lines, and where lines end as on Windows.
struct Numbers<'a> {
    text: &'a [u8],
    /// How far it is counted.
    at: usize,
    number: u64,
}

impl Numbers<'_> {
    /// The number of the line that the next record stands in, which begins here or behind empty lines.
    fn next(&mut self, octet: u64) -> u64 {
        let begin = usize::try_from(octet).unwrap_or(usize::MAX);
        let rest = self.text.get(begin..).unwrap_or_default();
        let ends = rest.iter().take_while(|sign| matches!(sign, b'\r' | b'\n')).count();
        let reached = begin.saturating_add(ends);
        let passed = self.text.get(self.at..reached).unwrap_or_default();
        for _ in passed.iter().filter(|sign| **sign == b'\n') {
            self.number += 1;
        }
        self.at = reached;
        self.number
    }
}

fn check_head(record: &StringRecord, head: &[&str]) -> Result<(), Problem> {
    if record.iter().map(str::to_ascii_lowercase).eq(head.iter().copied()) {
        Ok(())
    } else {
        Err(Problem::field("line 1", format!("is not the head {}", head.join(","))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::problem::told;
    use super::*;

    fn lines(text: &str) -> Result<Vec<(u64, String, String)>, Problem> {
        read(text, &["a", "b"], 50, |fields, line| {
            if line.column(0) == "bad" {
                fields.add("a", "is bad");
            }
            Some((line.number, line.column(0).to_owned(), line.column(1).to_owned()))
        })
    }

    #[test]
    fn lines_have_their_number_in_the_file_however_they_end() {
        for text in [
            "a,b\n1,2\n\n3,4\n5,6",
            "a,b\r\n1,2\r\n\r\n3,4\r\n5,6\r\n",
            "\u{feff}A;B\r\n1;2\r\n\r\n 3 ;\"4\"\r\n5;6\r\n",
        ] {
            let row = |number, a: &str, b: &str| (number, a.to_owned(), b.to_owned());
            assert_eq!(
                lines(text).unwrap(),
                [row(2, "1", "2"), row(4, "3", "4"), row(5, "5", "6")],
                "{text:?}"
            );
        }
        let quoted = lines("a,b\n\"x\ny\",2\n3,4\n").unwrap();
        assert_eq!(quoted.iter().map(|line| line.0).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn a_wrong_head_or_none_is_told() {
        for bad in ["", "\n", "b,a\n1,2\n", "a\n1\n", "a,b\n", "a,b,c\n1,2,3\n", "1,2\n"] {
            assert!(lines(bad).is_err(), "{bad:?}");
        }
        assert!(told(lines("x,y\n1,2\n").unwrap_err()).contains("is not the head a,b"));
    }

    #[test]
    fn each_line_that_is_wrong_is_named_up_to_twenty() {
        let text = told(lines("a,b\n1,2\nbad,2\n3\n4,5,6\n").unwrap_err());
        for part in ["line 3: a", "\"line 4\"", "has 1 fields, not 2", "\"line 5\""] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let many = format!("a,b\n{}", "bad,1\n".repeat(40));
        let text = told(lines(&many).unwrap_err());
        assert_eq!(text.matches("is bad").count(), MAX_NAMED);
        assert!(text.contains("no more was read"), "{text}");
    }

    #[test]
    fn there_are_so_many_lines_at_most() {
        let text = |lines| format!("a,b\n{}", "1,2\n".repeat(lines));
        assert_eq!(lines(&text(50)).unwrap().len(), 50);
        assert_eq!(lines(&text(51)).unwrap_err().kind(), Kind::TooLarge);
    }
}
