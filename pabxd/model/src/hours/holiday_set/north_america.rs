//! The United States and Mexico.

use jiff::civil::Weekday;

use super::rule::Rule;

/// 5 U.S.C. § 6103(a). The days of § 6103(b) and of Executive Order 11582, for holidays on a weekend, are not in it.
pub(super) const UNITED_STATES: &[Rule] = &[
    Rule::fixed(1, 1, "New Year's Day"),
    Rule::nth(3, Weekday::Monday, 1, "Birthday of Martin Luther King, Jr."),
    Rule::nth(3, Weekday::Monday, 2, "Washington's Birthday"),
    Rule::nth(-1, Weekday::Monday, 5, "Memorial Day"),
    // Public Law 117-17.
    Rule::fixed(6, 19, "Juneteenth National Independence Day").since(2021),
    Rule::fixed(7, 4, "Independence Day"),
    Rule::nth(1, Weekday::Monday, 9, "Labor Day"),
    Rule::nth(2, Weekday::Monday, 10, "Columbus Day"),
    Rule::fixed(11, 11, "Veterans Day"),
    Rule::nth(4, Weekday::Thursday, 11, "Thanksgiving Day"),
    Rule::fixed(12, 25, "Christmas Day"),
];

/// Ley Federal del Trabajo, art. 74, I to VIII.
pub(super) const MEXICO: &[Rule] = &[
    Rule::fixed(1, 1, "Año Nuevo"),
    Rule::nth(1, Weekday::Monday, 2, "Día de la Constitución"),
    Rule::nth(3, Weekday::Monday, 3, "Natalicio de Benito Juárez"),
    Rule::fixed(5, 1, "Día del Trabajo"),
    Rule::fixed(9, 16, "Día de la Independencia"),
    // Every six years, with a new president; on 1 October from 2024 on.
    Rule::fixed(10, 1, "Transmisión del Poder Ejecutivo Federal").since(2024).every(6),
    Rule::nth(3, Weekday::Monday, 11, "Día de la Revolución"),
    Rule::fixed(12, 25, "Navidad"),
];
