//! Chile, Colombia, Peru and Uruguay. Argentina is left out: a decree of each year adds days.

use jiff::civil::Weekday;

use super::rule::Rule;

/// Ley 19.668: a Tuesday, Wednesday or Thursday goes to the Monday of its week, a Friday to the Monday after.
const LEY_19668: [i8; 7] = [0, -1, -2, -3, 3, 0, 0];
/// Ley 20.299: a Tuesday goes to the Friday before, a Wednesday to the Friday of its week.
const LEY_20299: [i8; 7] = [0, -4, 2, 0, 0, 0, 0];
/// Ley 51/1983 ("Ley Emiliani"): what is no Monday goes to the next.
const LEY_51: [i8; 7] = [0, 6, 5, 4, 3, 2, 1];

/// Ley 2.977/1915 and what has changed it since; other laws where they are named.
pub(super) const CHILE: &[Rule] = &[
    Rule::fixed(1, 1, "Año Nuevo"),
    // Ley 20.983: 2 January when it is a Monday, 17 September when it is a Friday.
    Rule::only(1, 2, &[Weekday::Monday], "Año Nuevo").since(2017),
    Rule::easter(-2, "Viernes Santo"),
    Rule::easter(-1, "Sábado Santo"),
    Rule::fixed(5, 1, "Día Nacional del Trabajo"),
    Rule::fixed(5, 21, "Día de las Glorias Navales"),
    // Ley 21.357: the day of the winter solstice; in Chile's time the 20th in years of which the remainder by four is
    // 0 or 1, else the 21st (computed after Meeus, ch. 27, for 2022 to 2049; later it comes earlier still).
    Rule::fixed(6, 21, "Día Nacional de los Pueblos Indígenas").since(2022).every(4).until(2049),
    Rule::fixed(6, 21, "Día Nacional de los Pueblos Indígenas").since(2023).every(4).until(2049),
    Rule::fixed(6, 20, "Día Nacional de los Pueblos Indígenas").since(2024).every(4).until(2049),
    Rule::fixed(6, 20, "Día Nacional de los Pueblos Indígenas").since(2025).every(4).until(2049),
    Rule::moved(6, 29, LEY_19668, "San Pedro y San Pablo"),
    // Ley 20.148.
    Rule::fixed(7, 16, "Virgen del Carmen").since(2007),
    Rule::fixed(8, 15, "Asunción de la Virgen"),
    // Ley 20.215: 17 September when it is a Monday, 20 September when it is a Friday.
    Rule::only(9, 17, &[Weekday::Monday, Weekday::Friday], "Fiestas Patrias").since(2017),
    Rule::fixed(9, 18, "Independencia Nacional"),
    Rule::fixed(9, 19, "Día de las Glorias del Ejército"),
    Rule::only(9, 20, &[Weekday::Friday], "Fiestas Patrias").since(2007),
    Rule::moved(10, 12, LEY_19668, "Encuentro de Dos Mundos"),
    Rule::moved(10, 31, LEY_20299, "Día de las Iglesias Evangélicas y Protestantes").since(2008),
    Rule::fixed(11, 1, "Día de Todos los Santos"),
    Rule::fixed(12, 8, "Inmaculada Concepción"),
    Rule::fixed(12, 25, "Navidad"),
];

/// Ley 51/1983, art. 1 (Código Sustantivo del Trabajo, art. 177). The three after Easter are Mondays already.
pub(super) const COLOMBIA: &[Rule] = &[
    Rule::fixed(1, 1, "Año Nuevo"),
    Rule::moved(1, 6, LEY_51, "Día de los Reyes Magos"),
    Rule::moved(3, 19, LEY_51, "Día de San José"),
    Rule::easter(-3, "Jueves Santo"),
    Rule::easter(-2, "Viernes Santo"),
    Rule::fixed(5, 1, "Día del Trabajo"),
    Rule::easter(43, "Ascensión del Señor"),
    Rule::easter(64, "Corpus Christi"),
    Rule::easter(71, "Sagrado Corazón de Jesús"),
    Rule::moved(6, 29, LEY_51, "San Pedro y San Pablo"),
    // Ley 2578/2026, art. 6.
    Rule::moved(7, 9, LEY_51, "Nuestra Señora del Rosario de Chiquinquirá").since(2026),
    Rule::fixed(7, 20, "Día de la Independencia"),
    Rule::fixed(8, 7, "Batalla de Boyacá"),
    Rule::moved(8, 15, LEY_51, "Asunción de la Virgen"),
    Rule::moved(10, 12, LEY_51, "Día de la Raza"),
    Rule::moved(11, 1, LEY_51, "Todos los Santos"),
    Rule::moved(11, 11, LEY_51, "Independencia de Cartagena"),
    Rule::fixed(12, 8, "Inmaculada Concepción"),
    Rule::fixed(12, 25, "Navidad"),
];

/// Decreto Legislativo 713, art. 6; later laws where they are named.
pub(super) const PERU: &[Rule] = &[
    Rule::fixed(1, 1, "Año Nuevo"),
    Rule::easter(-3, "Jueves Santo"),
    Rule::easter(-2, "Viernes Santo"),
    Rule::fixed(5, 1, "Día del Trabajo"),
    // Ley 31788.
    Rule::fixed(6, 7, "Batalla de Arica y Día de la Bandera").since(2024),
    Rule::fixed(6, 29, "San Pedro y San Pablo"),
    // Ley 31822.
    Rule::fixed(7, 23, "Día de la Fuerza Aérea del Perú").since(2024),
    Rule::fixed(7, 28, "Fiestas Patrias"),
    Rule::fixed(7, 29, "Fiestas Patrias"),
    // Ley 31530.
    Rule::fixed(8, 6, "Batalla de Junín").since(2022),
    Rule::fixed(8, 30, "Santa Rosa de Lima"),
    Rule::fixed(10, 8, "Combate de Angamos"),
    Rule::fixed(11, 1, "Todos los Santos"),
    Rule::fixed(12, 8, "Inmaculada Concepción"),
    // Ley 31381.
    Rule::fixed(12, 9, "Batalla de Ayacucho").since(2022),
    Rule::fixed(12, 25, "Navidad del Señor"),
];

/// Ley 12.590, art. 18; with each new president, every five years, 1 March (Decreto-Ley 10.396, Decreto 120/985).
pub(super) const URUGUAY: &[Rule] = &[
    Rule::fixed(1, 1, "Año Nuevo"),
    Rule::fixed(3, 1, "Transmisión del mando presidencial").since(1985).every(5),
    Rule::fixed(5, 1, "Día de los Trabajadores"),
    Rule::fixed(7, 18, "Jura de la Constitución"),
    Rule::fixed(8, 25, "Declaratoria de la Independencia"),
    Rule::fixed(12, 25, "Día de la Familia"),
];
