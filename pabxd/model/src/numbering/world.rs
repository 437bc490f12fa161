//! Country codes. Source: ITU-T E.164, list of assigned country codes; NANPA for the areas behind the code 1.

/// Areas of the code 1 outside of the United States and Canada: other countries, some of them known for numbers that pay
/// who is called. Territories of the United States are among them: calls there cost more.
const CARIBBEAN_AND_PACIFIC: &[&str] = &[
    "242", "246", "264", "268", "284", "340", "345", "441", "473", "649", "658", "664", "670", "671", "684", "721",
    "758", "767", "784", "787", "809", "829", "849", "868", "869", "876", "939",
];

/// The code that a number in international form begins with, without plus; for the code 1, see
/// [`Called::country_code`](super::Called::country_code).
pub(super) fn country_code(digits: &str) -> Option<&str> {
    let code = match digits.as_bytes() {
        [b'1', ..] => {
            let area = digits.get(1..4)?;
            if !matches!(area.as_bytes().first(), Some(b'2'..=b'9')) {
                return None;
            }
            if CARIBBEAN_AND_PACIFIC.contains(&area) { 4 } else { 1 }
        }
        [b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        [b'2', b'1'..=b'6' | b'9', _, ..]
        | [b'3', b'5' | b'7' | b'8', _, ..]
        | [b'4', b'2', _, ..]
        | [b'5', b'0' | b'9', _, ..]
        | [b'6', b'7'..=b'9', _, ..]
        | [b'8', b'0' | b'5' | b'7' | b'8', _, ..]
        | [b'9', b'6', _, ..]
        | [b'9', b'7', b'0'..=b'7' | b'9', ..]
        | [b'9', b'9', b'2'..=b'6' | b'8', ..] => 3,
        _ => return None,
    };
    digits.get(..code)
}

/// Codes behind which who is called is paid, or that go by satellite: 870, 878, 881, 882, 883, 888, 979, and 1 900.
pub(super) fn is_premium(digits: &str) -> bool {
    let head = digits.get(..3).unwrap_or_default();
    matches!(head, "870" | "878" | "881" | "882" | "883" | "888" | "979") || digits.starts_with("1900")
}
