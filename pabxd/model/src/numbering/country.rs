//! The countries whose domestic dialling is known.

use super::facts::{self, Facts};
use super::{AreaCode, brazil};

crate::text::word_enum!(
    /// By its ISO 3166-1 code. Numbers of all other countries are read in their international form.
    #[derive(Default)]
    Country {
        /// Brazil.
        #[default]
        Br = "br",
        /// Argentina.
        Ar = "ar",
        /// Bolivia.
        Bo = "bo",
        /// Canada.
        Ca = "ca",
        /// Chile.
        Cl = "cl",
        /// Colombia.
        Co = "co",
        /// Germany.
        De = "de",
        /// Spain.
        Es = "es",
        /// France.
        Fr = "fr",
        /// The United Kingdom.
        Gb = "gb",
        /// Mexico.
        Mx = "mx",
        /// Peru.
        Pe = "pe",
        /// Portugal.
        Pt = "pt",
        /// Paraguay.
        Py = "py",
        /// The United States.
        Us = "us",
        /// Uruguay.
        Uy = "uy",
    }
);

impl Country {
    /// What is dialled from abroad before the national number; the United States and Canada share one.
    pub const fn calling_code(self) -> &'static str {
        self.facts().calling_code
    }

    /// What is dialled before a national number, `0` in most; empty where it is nothing.
    pub const fn trunk_prefix(self) -> &'static str {
        self.facts().trunk
    }

    /// What is dialled before an international number, in place of the `+`.
    pub const fn international_prefix(self) -> &'static str {
        self.facts().international
    }

    /// What is answered as an emergency.
    pub const fn emergency_numbers(self) -> &'static [&'static str] {
        self.facts().emergency
    }

    /// Whether an account may have this area code. All of Brazil's and the form of North America's are known; of the
    /// others, whatever leaves room for a subscriber number.
    pub fn has_area_code(self, area: &AreaCode) -> bool {
        let code = area.as_str();
        match self {
            Self::Br => brazil::is_area(code),
            Self::Us | Self::Ca => code.len() == 3 && !code.starts_with('1'),
            _ => code.len() + 4 <= *self.facts().lengths.end(),
        }
    }

    /// The row of the table.
    pub(super) const fn facts(self) -> &'static Facts {
        match self {
            Self::Br => &facts::BRAZIL,
            Self::Ar => &facts::ARGENTINA,
            Self::Bo => &facts::BOLIVIA,
            Self::Ca => &facts::CANADA,
            Self::Cl => &facts::CHILE,
            Self::Co => &facts::COLOMBIA,
            Self::De => &facts::GERMANY,
            Self::Es => &facts::SPAIN,
            Self::Fr => &facts::FRANCE,
            Self::Gb => &facts::UNITED_KINGDOM,
            Self::Mx => &facts::MEXICO,
            Self::Pe => &facts::PERU,
            Self::Pt => &facts::PORTUGAL,
            Self::Py => &facts::PARAGUAY,
            Self::Us => &facts::UNITED_STATES,
            Self::Uy => &facts::URUGUAY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_emergency_numbers_and_a_way_abroad() {
        for country in Country::ALL {
            assert!(!country.emergency_numbers().is_empty(), "{country}");
            assert!(country.international_prefix().len() >= 2, "{country}");
            assert!(super::super::world::calling_code(country.calling_code()).is_some(), "{country}");
        }
    }

    #[test]
    fn the_default_is_brazil() {
        assert_eq!(Country::default(), Country::parse("br").unwrap());
        assert!(Country::parse("BR").is_err());
    }

    #[test]
    fn area_codes_are_those_of_the_country() {
        let has = |country: Country, code| country.has_area_code(&AreaCode::parse(code).unwrap());
        assert!(has(Country::Br, "11") && !has(Country::Br, "20") && !has(Country::Br, "1"));
        assert!(has(Country::Us, "212") && !has(Country::Us, "11") && !has(Country::Us, "112"));
        assert!(has(Country::Pe, "1") && has(Country::De, "30") && has(Country::Ar, "351"));
    }
}
