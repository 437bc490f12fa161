//! Germany, Spain, France, England and Wales, Portugal.

use jiff::civil::Weekday;

use super::rule::Rule;

/// In the holiday act of each of the sixteen states; 3 October by the Einigungsvertrag, art. 2(2).
pub(super) const GERMANY: &[Rule] = &[
    Rule::fixed(1, 1, "Neujahr"),
    Rule::easter(-2, "Karfreitag"),
    Rule::easter(1, "Ostermontag"),
    Rule::fixed(5, 1, "Tag der Arbeit"),
    Rule::easter(39, "Christi Himmelfahrt"),
    Rule::easter(50, "Pfingstmontag"),
    Rule::fixed(10, 3, "Tag der Deutschen Einheit").since(1990),
    Rule::fixed(12, 25, "Erster Weihnachtstag"),
    Rule::fixed(12, 26, "Zweiter Weihnachtstag"),
];

/// Estatuto de los Trabajadores, art. 37.2; Real Decreto 2001/1983, art. 45. The communities may put another day in
/// place of 6 January; none has. What they do with a holiday that is a Sunday is theirs.
pub(super) const SPAIN: &[Rule] = &[
    Rule::fixed(1, 1, "Año Nuevo"),
    Rule::fixed(1, 6, "Epifanía del Señor"),
    Rule::easter(-2, "Viernes Santo"),
    Rule::fixed(5, 1, "Fiesta del Trabajo"),
    Rule::fixed(8, 15, "Asunción de la Virgen"),
    Rule::fixed(10, 12, "Fiesta Nacional de España"),
    Rule::fixed(11, 1, "Todos los Santos"),
    Rule::fixed(12, 6, "Día de la Constitución Española"),
    Rule::fixed(12, 8, "Inmaculada Concepción"),
    Rule::fixed(12, 25, "Natividad del Señor"),
];

/// Code du travail, art. L3133-1.
pub(super) const FRANCE: &[Rule] = &[
    Rule::fixed(1, 1, "Jour de l'an"),
    Rule::easter(1, "Lundi de Pâques"),
    Rule::fixed(5, 1, "Fête du Travail"),
    Rule::fixed(5, 8, "Victoire 1945"),
    Rule::easter(39, "Ascension"),
    Rule::easter(50, "Lundi de Pentecôte"),
    Rule::fixed(7, 14, "Fête nationale"),
    Rule::fixed(8, 15, "Assomption"),
    Rule::fixed(11, 1, "Toussaint"),
    Rule::fixed(11, 11, "Armistice 1918"),
    Rule::fixed(12, 25, "Noël"),
];

const MONDAY: &[Weekday] = &[Weekday::Monday];
/// What 27 December is exactly when the 25th was on a weekend, and 28 December when the 26th was.
const MONDAY_OR_TUESDAY: &[Weekday] = &[Weekday::Monday, Weekday::Tuesday];

/// Banking and Financial Dealings Act 1971, sched. 1, and the yearly proclamations under s. 1 (New Year's Day since
/// 1974, Early May since 1978); Good Friday and Christmas Day by common law. A substitute is given when the day is on a
/// weekend: for Christmas Day always the 27th, for Boxing Day always the 28th. Days of a single year (coronations,
/// jubilees) are not known.
pub(super) const ENGLAND_AND_WALES: &[Rule] = &[
    Rule::fixed(1, 1, "New Year's Day"),
    Rule::only(1, 2, MONDAY, "New Year's Day (substitute day)"),
    Rule::only(1, 3, MONDAY, "New Year's Day (substitute day)"),
    Rule::easter(-2, "Good Friday"),
    Rule::easter(1, "Easter Monday"),
    Rule::nth(1, Weekday::Monday, 5, "Early May bank holiday"),
    Rule::nth(-1, Weekday::Monday, 5, "Spring bank holiday"),
    Rule::nth(-1, Weekday::Monday, 8, "Summer bank holiday"),
    Rule::fixed(12, 25, "Christmas Day"),
    Rule::fixed(12, 26, "Boxing Day"),
    Rule::only(12, 27, MONDAY_OR_TUESDAY, "Christmas Day (substitute day)"),
    Rule::only(12, 28, MONDAY_OR_TUESDAY, "Boxing Day (substitute day)"),
];

/// Código do Trabalho (Lei 7/2009), art. 234, as Lei 8/2016 has it.
pub(super) const PORTUGAL: &[Rule] = &[
    Rule::fixed(1, 1, "Ano Novo"),
    Rule::easter(-2, "Sexta-Feira Santa"),
    Rule::easter(0, "Domingo de Páscoa"),
    Rule::fixed(4, 25, "Dia da Liberdade"),
    Rule::fixed(5, 1, "Dia do Trabalhador"),
    Rule::easter(60, "Corpo de Deus"),
    Rule::fixed(6, 10, "Dia de Portugal, de Camões e das Comunidades Portuguesas"),
    Rule::fixed(8, 15, "Assunção de Nossa Senhora"),
    Rule::fixed(10, 5, "Implantação da República"),
    Rule::fixed(11, 1, "Dia de Todos os Santos"),
    Rule::fixed(12, 1, "Restauração da Independência"),
    Rule::fixed(12, 8, "Imaculada Conceição"),
    Rule::fixed(12, 25, "Natal"),
];
