//! The countries whose plans are known. Sources: ITU-T E.164 (country codes), ITU-T E.164 Supplement "Dialling procedures"
//! (prefixes), the countries' regulators (emergency numbers).

use crate::text::word_enum;

word_enum!(
    /// A country, by its code of ISO 3166 in lower case.
    Country {
        /// Brazil (Anatel).
        Brazil = "br",
        /// Argentina (ENACOM).
        Argentina = "ar",
        /// Uruguay (URSEC).
        Uruguay = "uy",
        /// Paraguay (CONATEL).
        Paraguay = "py",
        /// Bolivia (ATT).
        Bolivia = "bo",
        /// Chile (SUBTEL).
        Chile = "cl",
        /// Peru (MTC).
        Peru = "pe",
        /// Colombia (CRC).
        Colombia = "co",
        /// Mexico (IFT).
        Mexico = "mx",
        /// United States (NANPA).
        UnitedStates = "us",
        /// Portugal (ANACOM).
        Portugal = "pt",
        /// Spain (CNMC).
        Spain = "es",
        /// United Kingdom (Ofcom).
        UnitedKingdom = "gb",
        /// Germany (BNetzA).
        Germany = "de",
        /// France (ARCEP).
        France = "fr",
    }
);

impl Default for Country {
    /// Where the first installers are.
    fn default() -> Self {
        Self::Brazil
    }
}

impl Country {
    /// The country code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Brazil => "55",
            Self::Argentina => "54",
            Self::Uruguay => "598",
            Self::Paraguay => "595",
            Self::Bolivia => "591",
            Self::Chile => "56",
            Self::Peru => "51",
            Self::Colombia => "57",
            Self::Mexico => "52",
            Self::UnitedStates => "1",
            Self::Portugal => "351",
            Self::Spain => "34",
            Self::UnitedKingdom => "44",
            Self::Germany => "49",
            Self::France => "33",
        }
    }

    /// What is dialled before another country's code.
    pub const fn international_prefix(self) -> &'static str {
        match self {
            Self::UnitedStates => "011",
            _ => "00",
        }
    }

    /// What is dialled before an area code.
    pub(super) const fn trunk_prefix(self) -> &'static str {
        match self {
            Self::UnitedStates => "1",
            Self::Portugal | Self::Spain | Self::Chile | Self::Mexico | Self::Colombia => "",
            _ => "0",
        }
    }

    /// Digits of a national number without trunk prefix.
    pub(super) const fn national_digits(self) -> (usize, usize) {
        match self {
            Self::Brazil => (10, 11),
            Self::Argentina => (10, 11),
            Self::Uruguay | Self::Bolivia => (8, 8),
            Self::Paraguay => (8, 9),
            Self::Chile | Self::Portugal | Self::Spain | Self::France => (9, 9),
            Self::Peru => (8, 9),
            Self::Colombia | Self::Mexico | Self::UnitedStates => (10, 10),
            Self::UnitedKingdom => (9, 10),
            Self::Germany => (6, 11),
        }
    }

    /// Emergency numbers. 112 (and 911 in the Americas) reaches somebody in most mobile networks; it is never blocked either.
    pub const fn emergency(self) -> &'static [&'static str] {
        match self {
            // Military police, highway police, ambulance, fire brigade, federal police, civil police, state highway police,
            // civil defence; Mercosur.
            Self::Brazil => &["190", "191", "192", "193", "194", "197", "198", "199", "128", "112", "911"],
            Self::Argentina => &["911", "100", "101", "103", "105", "106", "107", "112"],
            Self::Uruguay => &["911", "104", "105", "106", "109", "112", "128"],
            Self::Paraguay => &["911", "132", "141", "912", "112", "128"],
            Self::Bolivia => &["110", "118", "119", "911", "112"],
            Self::Chile => &["131", "132", "133", "134", "137", "911", "112"],
            Self::Peru => &["105", "106", "116", "117", "911", "112"],
            Self::Colombia => &["123", "112", "119", "125", "132", "156", "911"],
            Self::Mexico => &["911", "112"],
            Self::UnitedStates => &["911", "112", "988"],
            Self::Portugal => &["112", "117"],
            Self::Spain => &["112", "061", "062", "080", "085", "091", "092"],
            Self::UnitedKingdom => &["999", "112", "18000"],
            Self::Germany => &["110", "112"],
            Self::France => &["15", "17", "18", "112", "114", "115", "119", "191", "196", "197"],
        }
    }
}
