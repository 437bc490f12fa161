//! What is known of each country's domestic dialling.
//!
//! Sources: the ITU Operational Bulletin (dialling procedures: trunk and international prefixes; E.164 country codes;
//! numbers of emergency services) and the national plans: Anatel (br), ENACOM (ar), ATT (bo), CNAC and NANPA (ca,
//! us), Subtel (cl), CRC (co), Bundesnetzagentur (de), CNMC (es), ARCEP (fr), Ofcom (gb), IFT (mx), MTC (pe), ANACOM
//! (pt), CONATEL (py), URSEC (uy).
//!
//! A carrier chosen call by call is read in Brazil's numbers only.

use std::ops::RangeInclusive;

use super::Class;
use super::Class::{LongDistance, Mobile, Premium, Service, SharedCost, TollFree};

/// One country.
pub(super) struct Facts {
    /// E.164 country code.
    pub(super) calling_code: &'static str,
    /// Before a national number; may be empty.
    pub(super) trunk: &'static str,
    /// Before an international number.
    pub(super) international: &'static str,
    /// Emergency numbers.
    pub(super) emergency: &'static [&'static str],
    /// Digits of a national number.
    pub(super) lengths: RangeInclusive<usize>,
    /// Short codes by beginning and length; the first that fits.
    pub(super) short: &'static [(&'static str, usize, Class)],
    /// National numbers by beginning, the first that fits. What is in none is fixed.
    pub(super) ranges: &'static [(&'static str, Class)],
}

/// Three digits with a 1 first.
const ONE_XX: &[(&str, usize, Class)] = &[("1", 3, Service)];

/// National numbers are read in `brazil`; the series here are those that cost more from abroad, too.
pub(super) const BRAZIL: Facts = Facts {
    calling_code: "55",
    trunk: "0",
    international: "00",
    emergency: &[
        "190", "191", "192", "193", "194", "197", "198", "199", "180", "181", "185", "128", "112", "911",
    ],
    lengths: 9..=11,
    short: ONE_XX,
    ranges: &[("500", Premium), ("900", Premium)],
};

pub(super) const ARGENTINA: Facts = Facts {
    calling_code: "54",
    trunk: "0",
    international: "00",
    emergency: &["911", "100", "101", "103", "105", "106", "107", "112"],
    lengths: 10..=11,
    short: ONE_XX,
    ranges: &[("9", Mobile), ("800", TollFree), ("810", SharedCost), ("60", Premium)],
};

pub(super) const BOLIVIA: Facts = Facts {
    calling_code: "591",
    trunk: "0",
    international: "00",
    emergency: &["110", "118", "119", "911"],
    lengths: 8..=9,
    short: ONE_XX,
    ranges: &[("800", TollFree), ("6", Mobile), ("7", Mobile)],
};

pub(super) const CHILE: Facts = Facts {
    calling_code: "56",
    trunk: "",
    international: "00",
    emergency: &["130", "131", "132", "133", "134", "137", "138", "911"],
    lengths: 9..=10,
    short: ONE_XX,
    ranges: &[("800", TollFree), ("600", SharedCost), ("700", Premium), ("9", Mobile)],
};

pub(super) const COLOMBIA: Facts = Facts {
    calling_code: "57",
    trunk: "0",
    international: "00",
    emergency: &["123", "112", "119", "125", "132", "144"],
    lengths: 10..=11,
    short: ONE_XX,
    ranges: &[("1800", TollFree), ("1900", Premium), ("3", Mobile)],
};

pub(super) const FRANCE: Facts = Facts {
    calling_code: "33",
    trunk: "0",
    international: "00",
    emergency: &["15", "17", "18", "112", "114", "115", "119", "191", "196", "197"],
    lengths: 9..=9,
    short: &[
        ("118", 6, Premium),
        ("116", 6, Service),
        ("10", 4, Service),
        ("3", 4, SharedCost),
        ("1", 3, Service),
    ],
    ranges: &[
        ("80", TollFree),
        ("81", SharedCost),
        ("82", SharedCost),
        ("89", Premium),
        ("6", Mobile),
        ("7", Mobile),
    ],
};

pub(super) const GERMANY: Facts = Facts {
    calling_code: "49",
    trunk: "0",
    international: "00",
    emergency: &["112", "110"],
    lengths: 6..=11,
    short: &[("118", 5, Premium), ("116", 6, Service), ("115", 3, Service)],
    ranges: &[
        ("800", TollFree),
        ("180", SharedCost),
        ("137", Premium),
        ("900", Premium),
        ("15", Mobile),
        ("16", Mobile),
        ("17", Mobile),
    ],
};

pub(super) const MEXICO: Facts = Facts {
    calling_code: "52",
    trunk: "",
    international: "00",
    emergency: &["911"],
    lengths: 10..=10,
    short: &[("0", 3, Service), ("1", 3, Service)],
    ranges: &[("800", TollFree), ("900", Premium)],
};

/// Canada's free and premium numbers are the same; 600 and 622 are Canadian codes without an area.
pub(super) const UNITED_STATES: Facts = Facts {
    calling_code: "1",
    trunk: "1",
    international: "011",
    emergency: &["911"],
    lengths: 10..=10,
    short: &[
        ("211", 3, Service),
        ("311", 3, Service),
        ("411", 3, Service),
        ("511", 3, Service),
        ("611", 3, Service),
        ("711", 3, Service),
        ("811", 3, Service),
        ("988", 3, Service),
    ],
    ranges: &[
        ("800", TollFree),
        ("833", TollFree),
        ("844", TollFree),
        ("855", TollFree),
        ("866", TollFree),
        ("877", TollFree),
        ("888", TollFree),
        ("900", Premium),
        ("600", LongDistance),
        ("622", LongDistance),
    ],
};

pub(super) const CANADA: Facts = UNITED_STATES;

pub(super) const PARAGUAY: Facts = Facts {
    calling_code: "595",
    trunk: "0",
    international: "00",
    emergency: &["911", "128", "132", "141"],
    lengths: 8..=9,
    short: ONE_XX,
    ranges: &[("800", TollFree), ("900", Premium), ("9", Mobile)],
};

pub(super) const PERU: Facts = Facts {
    calling_code: "51",
    trunk: "0",
    international: "00",
    emergency: &["105", "106", "115", "116", "117", "911"],
    lengths: 8..=9,
    short: ONE_XX,
    ranges: &[("800", TollFree), ("801", SharedCost), ("805", Premium), ("808", Premium), ("9", Mobile)],
};

pub(super) const PORTUGAL: Facts = Facts {
    calling_code: "351",
    trunk: "",
    international: "00",
    emergency: &["112", "117"],
    lengths: 9..=9,
    short: &[
        ("116", 6, Service),
        ("118", 4, Premium),
        ("1", 3, Service),
        ("1", 4, Service),
        ("1", 5, Service),
    ],
    ranges: &[
        ("800", TollFree),
        ("808", SharedCost),
        ("707", SharedCost),
        ("708", SharedCost),
        ("760", Premium),
        ("761", Premium),
        ("762", Premium),
        ("6", Premium),
        ("9", Mobile),
    ],
};

pub(super) const SPAIN: Facts = Facts {
    calling_code: "34",
    trunk: "",
    international: "00",
    emergency: &["112", "061", "062", "080", "085", "088", "091", "092"],
    lengths: 9..=9,
    short: &[
        ("118", 5, Premium),
        ("116", 6, Service),
        ("0", 3, Service),
        ("1", 3, Service),
        ("1", 4, Service),
    ],
    ranges: &[
        ("900", TollFree),
        ("800", TollFree),
        ("901", SharedCost),
        ("902", SharedCost),
        ("803", Premium),
        ("806", Premium),
        ("807", Premium),
        ("905", Premium),
        ("6", Mobile),
        ("7", Mobile),
    ],
};

/// 076 is pagers, 070 personal numbers at any price.
pub(super) const UNITED_KINGDOM: Facts = Facts {
    calling_code: "44",
    trunk: "0",
    international: "00",
    emergency: &["999", "112"],
    lengths: 9..=10,
    short: &[("118", 6, Premium), ("116", 6, Service), ("1", 3, Service)],
    ranges: &[
        ("80", TollFree),
        ("84", SharedCost),
        ("87", SharedCost),
        ("9", Premium),
        ("70", Premium),
        ("76", Premium),
        ("7", Mobile),
    ],
};

pub(super) const URUGUAY: Facts = Facts {
    calling_code: "598",
    trunk: "0",
    international: "00",
    emergency: &["911", "104", "105", "106", "109"],
    lengths: 7..=8,
    short: &[("1", 3, Service), ("1", 4, Service)],
    ranges: &[("800", TollFree), ("900", Premium), ("9", Mobile)],
};
