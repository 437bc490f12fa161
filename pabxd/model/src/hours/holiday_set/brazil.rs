//! Brazil.

use super::rule::Rule;

/// Lei 662/1949 as Lei 10.607/2002 has it (1 January, 21 April, 1 May, 7 September, 2 and 15 November, 25 December);
/// Lei 6.802/1980 (12 October); Lei 14.759/2023 (20 November). Good Friday is a religious holiday by Lei 9.093/1995
/// art. 2, and in the list of national holidays that the government publishes each year.
pub(super) const NATIONAL: &[Rule] = &[
    Rule::fixed(1, 1, "Confraternização Universal"),
    Rule::easter(-2, "Paixão de Cristo"),
    Rule::fixed(4, 21, "Tiradentes"),
    Rule::fixed(5, 1, "Dia Mundial do Trabalho"),
    Rule::fixed(9, 7, "Independência do Brasil"),
    Rule::fixed(10, 12, "Nossa Senhora Aparecida").since(1980),
    Rule::fixed(11, 2, "Finados"),
    Rule::fixed(11, 15, "Proclamação da República"),
    Rule::fixed(11, 20, "Dia Nacional de Zumbi e da Consciência Negra").since(2024),
    Rule::fixed(12, 25, "Natal"),
];

/// What banks keep besides: Resolução CMN 4.880/2020 (before, 2.516/1998).
pub(super) const BANKS: &[Rule] =
    &[Rule::easter(-48, "Carnaval"), Rule::easter(-47, "Carnaval"), Rule::easter(60, "Corpus Christi")];
