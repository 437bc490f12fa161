//! National holidays, by rule.

mod brazil;
mod europe;
mod north_america;
mod rule;
mod south_america;

use jiff::civil::Date;

use crate::text::word_enum;
use rule::{Rule, easter};

word_enum!(
    /// The holidays of a whole country, by its ISO 3166-1 code: what is a holiday everywhere in it by a law that stands.
    /// Not in it: what states, provinces, communities and towns have of their own, and what a decree or an act makes one
    /// for a single year; those are entered as an office's own.
    ///
    /// The rules are those of 2024 and later; for years before, only what the tables say has a beginning is left out.
    HolidaySet {
        /// Brazil: national holidays. Not carnival and not Corpus Christi, which are optional.
        Br = "br",
        /// Brazil, as banks keep it: besides, carnival Monday and Tuesday, and Corpus Christi.
        BrBank = "br_bank",
        /// Chile; the day of the indigenous peoples is known until 2049.
        Cl = "cl",
        /// Colombia.
        Co = "co",
        /// Germany: what all of its states have.
        De = "de",
        /// Spain: what all of it has; a Sunday's holiday is not moved.
        Es = "es",
        /// France, without what Alsace and Moselle have of their own.
        Fr = "fr",
        /// England and Wales: bank holidays, with their substitute days and the days that these stand for.
        Gb = "gb",
        /// Mexico: the days of rest of the labour law; not the days of elections, which are Sundays.
        Mx = "mx",
        /// Peru.
        Pe = "pe",
        /// Portugal: not carnival, which is optional.
        Pt = "pt",
        /// The United States: federal holidays, on the day itself. Where one falls on a weekend, the federal offices are
        /// closed on the Friday before or the Monday after, and others do as they like: that day is not in it.
        Us = "us",
        /// Uruguay: the days on which nobody has to work.
        Uy = "uy",
    }
);

impl HolidaySet {
    /// The days of a year in their order, each with its name in the country's language. Two may fall on the same day.
    /// None before 1583, when there was no Easter of this calendar.
    pub fn days(self, year: i16) -> Vec<(Date, &'static str)> {
        let mut days: Vec<_> = self.of_year(year).collect();
        days.sort_by_key(|(date, _)| *date);
        days
    }

    /// The name of the holiday on a day.
    pub fn on(self, date: Date) -> Option<&'static str> {
        self.of_year(date.year()).find_map(|(day, name)| (day == date).then_some(name))
    }

    /// No rule leads out of its year.
    fn of_year(self, year: i16) -> impl Iterator<Item = (Date, &'static str)> {
        let easter = easter(year);
        let rules = self.tables().iter().copied().flatten();
        rules.filter_map(move |rule| Some((rule.date(easter?)?, rule.name)))
    }

    const fn tables(self) -> &'static [&'static [Rule]] {
        match self {
            Self::Br => &[brazil::NATIONAL],
            Self::BrBank => &[brazil::NATIONAL, brazil::BANKS],
            Self::Cl => &[south_america::CHILE],
            Self::Co => &[south_america::COLOMBIA],
            Self::De => &[europe::GERMANY],
            Self::Es => &[europe::SPAIN],
            Self::Fr => &[europe::FRANCE],
            Self::Gb => &[europe::ENGLAND_AND_WALES],
            Self::Mx => &[north_america::MEXICO],
            Self::Pe => &[south_america::PERU],
            Self::Pt => &[europe::PORTUGAL],
            Self::Us => &[north_america::UNITED_STATES],
            Self::Uy => &[south_america::URUGUAY],
        }
    }
}
