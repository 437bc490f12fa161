//! What the plans make of a dialled number, before it is kept.

use super::Class;

/// The parts of a number. They borrow from what was dialled and from the plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    /// The country code of a number with an E.164 form, empty where none is assigned.
    pub(super) calling_code: Option<&'a str>,
    /// The national number, or all of a number without E.164 form, in parts.
    pub(super) number: [&'a str; 3],
    /// What kind of destination it is.
    pub(super) class: Class,
    /// Whether the called party was to pay (Brazil's `90`).
    pub(super) collect: bool,
}

impl<'a> Reading<'a> {
    /// With an E.164 form.
    pub(super) const fn e164(calling_code: &'a str, number: [&'a str; 3], class: Class) -> Self {
        Self { calling_code: Some(calling_code), number, class, collect: false }
    }

    /// Without an E.164 form.
    pub(super) const fn short(number: &'a str, class: Class) -> Self {
        Self { calling_code: None, number: [number, "", ""], class, collect: false }
    }
}
