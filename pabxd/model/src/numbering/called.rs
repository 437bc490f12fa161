//! What was called, and how a provider wants it written.

use super::digits::Digits;
use super::reading::Reading;
use super::{Class, Country, MAX_DIALLED, NumberError, NumberingPlan, argentina};

crate::text::word_enum!(
    /// How a trunk's provider wants the called number.
    NumberForm {
        /// The digits that were dialled.
        AsDialled = "as_dialled",
        /// `+5511987654321`
        E164Plus = "e164_plus",
        /// `5511987654321`
        E164 = "e164",
        /// As dialled from anywhere in the country: `011987654321`, with a carrier `01511987654321`.
        National = "national",
        /// As dialled in the own area: `987654321`; of another area and abroad, as `national`.
        Subscriber = "subscriber",
    }
);

/// A dialled number that was read. Two that reach the same destination have the same [`as_text`](Self::as_text).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Called {
    dialled: Digits<MAX_DIALLED>,
    number: Digits<MAX_DIALLED>,
    calling_code_len: usize,
    class: Class,
    collect: bool,
}

impl Called {
    pub(super) fn new(dialled: &str, reading: &Reading<'_>) -> Result<Self, NumberError> {
        let (plus, calling_code) = reading.calling_code.map_or(("", ""), |code| ("+", code));
        let [first, second, third] = reading.number;
        let number = Digits::joined(&[plus, calling_code, first, second, third]);
        Ok(Self {
            dialled: Digits::joined(&[dialled]).ok_or(NumberError::TooLong)?,
            number: number.ok_or(NumberError::TooLong)?,
            calling_code_len: calling_code.len(),
            class: reading.class,
            collect: reading.collect,
        })
    }

    /// The normal form: `+5511987654321`, or the domestic digits of what has no E.164 form (`190`, `08001234567`).
    pub fn as_text(&self) -> &str {
        self.number.as_str()
    }

    /// The E.164 number without the `+`.
    pub fn e164(&self) -> Option<&str> {
        self.as_text().strip_prefix('+')
    }

    /// The country code of the E.164 number, where one is assigned: `55`.
    pub fn country_code(&self) -> Option<&str> {
        self.e164()?.get(..self.calling_code_len).filter(|code| !code.is_empty())
    }

    /// The country as calls to it are allowed: its code. Of the Caribbean countries behind the code 1, some of which are known
    /// for numbers that pay who is called, the code with the area: `1876`.
    pub fn destination(&self) -> Option<&str> {
        let code = self.country_code()?;
        let number = self.e164()?;
        let caribbean = code == "1" && number.get(1..).is_some_and(super::nanp::is_caribbean);
        if caribbean { number.get(..4) } else { Some(code) }
    }

    /// What was dialled.
    pub fn dialled(&self) -> &str {
        self.dialled.as_str()
    }

    /// What kind of destination it is.
    pub const fn class(&self) -> Class {
        self.class
    }

    /// Whether the called party was asked to pay (Brazil's `90`, a cobrar). The number and the class are those of the
    /// destination; only [`NumberForm::AsDialled`] says so to a provider, and [`written`](Self::written) uses no other.
    pub const fn is_collect(&self) -> bool {
        self.collect
    }

    /// The number as a provider wants it. What has no such form is written in its normal form.
    pub fn written(&self, form: NumberForm, plan: &NumberingPlan) -> String {
        match (form, self.e164()) {
            _ if self.collect => self.dialled().to_owned(),
            (NumberForm::AsDialled, _) => self.dialled().to_owned(),
            (NumberForm::E164Plus, _) | (_, None) => self.as_text().to_owned(),
            (NumberForm::E164, Some(e164)) => e164.to_owned(),
            (NumberForm::National, Some(e164)) => national(e164, plan),
            (NumberForm::Subscriber, Some(e164)) => subscriber(e164, plan),
        }
    }
}

/// Prefix, carrier where it is long distance, and number.
fn national(e164: &str, plan: &NumberingPlan) -> String {
    let facts = plan.country.facts();
    let carrier = match &plan.carrier {
        Some(carrier) if plan.country == Country::Br => carrier.as_str(),
        _ => "",
    };
    match e164.strip_prefix(facts.calling_code) {
        Some(number) if in_area(number, plan).is_some() => [facts.trunk, number].concat(),
        Some(number) if plan.country == Country::Ar => argentina::national(number),
        Some(number) => [facts.trunk, carrier, number].concat(),
        None => [facts.international, carrier, e164].concat(),
    }
}

/// The number without the own area code.
fn subscriber(e164: &str, plan: &NumberingPlan) -> String {
    let number = e164.strip_prefix(plan.country.calling_code());
    let mobile =
        number.filter(|_| plan.country == Country::Ar).and_then(|number| argentina::subscriber(number, plan));
    match number.and_then(|number| in_area(number, plan)) {
        Some(local) => local.to_owned(),
        None => mobile.unwrap_or_else(|| national(e164, plan)),
    }
}

/// What follows the own area code.
fn in_area<'a>(number: &'a str, plan: &NumberingPlan) -> Option<&'a str> {
    number.strip_prefix(plan.area()?)
}
