//! The E-model of ITU-T G.107 with its default values for everything that a PBX does not measure (table 2 there).
//!
//! R = 93.2 - Idd - Ie,eff. 93.2 is Ro - Is - Id with all defaults. Of the impairments by delay only Idd counts, that of
//! sheer delay (equation 7-27 and 7-28): the echo of digital telephones is cancelled at the telephone.
//! Ie,eff is that of the codec under loss (equation 7-29).

/// R with all parameters at their defaults (G.107 §7.7).
const DEFAULT_R: f32 = 93.2;

/// One way in milliseconds up to which delay does no harm (G.107 equation 7-27).
const HARMLESS_DELAY_MS: f32 = 100.0;

/// What a codec does to speech, on the narrow-band scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Impairment {
    /// Equipment impairment without loss (Ie): 0 to 95.
    pub ie: f32,
    /// Robustness against random loss (Bpl): above 0; the higher, the less loss is heard.
    pub bpl: f32,
}

impl Impairment {
    /// G.711 with concealment (G.113 Appendix I).
    pub const G711_CONCEALED: Self = Self { ie: 0.0, bpl: 25.1 };
    /// G.711 in which losses are holes (G.113 Appendix I).
    pub const G711: Self = Self { ie: 0.0, bpl: 4.3 };
    /// G.722 with concealment. G.113 has values on the wide-band scale alone, on which G.711 is far worse; on this scale
    /// it is as good as G.711, and loss, which its predictors feel for a while, is heard more. The value is ours.
    pub const G722: Self = Self { ie: 0.0, bpl: 10.0 };
    /// Opus with forward error correction. G.113 has none; as G.711 without loss, between it and G.722 with. Ours.
    pub const OPUS: Self = Self { ie: 0.0, bpl: 20.0 };

    /// Of a format as it is decoded here.
    pub const fn of(format: crate::coding::Format) -> Self {
        use crate::coding::Format;
        match format {
            Format::Pcmu | Format::Pcma | Format::L16(_) => Self::G711_CONCEALED,
            Format::G722 => Self::G722,
            Format::Opus(_) => Self::OPUS,
        }
    }
}

/// Loss as the model wants it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// Ppl, 0 to 100.
    pub percent: f32,
    /// BurstR: 1 where losses are independent, more where they crowd together.
    pub burst_ratio: f32,
}

impl Loss {
    /// Nothing is lost.
    pub const NONE: Self = Self { percent: 0.0, burst_ratio: 1.0 };

    /// Independent losses.
    pub const fn random(percent: f32) -> Self {
        Self { percent, burst_ratio: 1.0 }
    }
}

/// R, from 0 (unusable) to 93.2 (as good as telephony gets).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rating(pub f32);

/// Mean opinion score of a conversation (MOS-CQE), 1 to 4.5.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Mos(pub f32);

impl Mos {
    /// In hundredths: 100 to 450.
    pub fn hundredths(self) -> u16 {
        whole(self.0 * 100.0)
    }
}

/// The nearest whole number.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "both scales lie within 0 and 1000"
)]
fn whole(value: f32) -> u16 {
    value.round() as u16
}

impl Rating {
    /// In tenths: 0 to 932.
    pub fn tenths(self) -> u16 {
        whole(self.0 * 10.0)
    }

    /// G.107 Annex B, equation B-4.
    pub fn mos(self) -> Mos {
        let r = self.0;
        if r <= 0.0 {
            return Mos(1.0);
        }
        if r >= 100.0 {
            return Mos(4.5);
        }
        // Below R = 6.5 the polynomial dips under the scale's end.
        Mos((1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7.0e-6).max(1.0))
    }
}

/// R of one direction: one way from mouth to ear in milliseconds, loss, codec.
pub fn rating(delay_ms: u32, loss: Loss, impairment: Impairment) -> Rating {
    let delay = f32::from(u16::try_from(delay_ms).unwrap_or(u16::MAX));
    let r = DEFAULT_R - delay_impairment(delay) - loss_impairment(loss, impairment);
    Rating(r.clamp(0.0, DEFAULT_R))
}

/// Idd: nothing up to 100 ms, then ever steeper (sT = 1, mT = 100 ms, the defaults).
fn delay_impairment(delay_ms: f32) -> f32 {
    if delay_ms <= HARMLESS_DELAY_MS {
        return 0.0;
    }
    let x = (delay_ms / HARMLESS_DELAY_MS).log2();
    let root = |value: f32| (1.0 + value.powi(6)).powf(1.0 / 6.0);
    25.0 * (root(x) - 3.0 * root(x / 3.0) + 2.0)
}

/// Ie,eff.
fn loss_impairment(loss: Loss, Impairment { ie, bpl }: Impairment) -> f32 {
    let percent = loss.percent.clamp(0.0, 100.0);
    let share = percent / (percent / loss.burst_ratio.max(1.0) + bpl);
    // With strong bursts the share could exceed one; the impairment stays within the scale.
    ie + (95.0 - ie) * share.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f32, expected: f32, tolerance: f32) {
        assert!((value - expected).abs() <= tolerance, "{value} is not {expected}");
    }

    #[test]
    fn the_defaults_give_the_published_rating_and_score() {
        let best = rating(0, Loss::NONE, Impairment::G711_CONCEALED);
        near(best.0, 93.2, 0.001);
        near(best.mos().0, 4.41, 0.005);
    }

    #[test]
    fn scores_are_those_of_table_b1() {
        for (r, mos) in [(90.0, 4.34), (80.0, 4.03), (70.0, 3.60), (60.0, 3.10), (50.0, 2.58)] {
            // The table rounds 4.024 up.
            near(Rating(r).mos().0, mos, 0.007);
        }
        near(Rating(0.0).mos().0, 1.0, 0.0);
        near(Rating(100.0).mos().0, 4.5, 0.0);
        for r in 0..100u8 {
            let (one, other) = (Rating(f32::from(r)).mos(), Rating(f32::from(r + 1)).mos());
            assert!(one <= other && (1.0..=4.5).contains(&one.0), "R {r}: {one:?}, {other:?}");
        }
    }

    #[test]
    fn delay_harms_as_in_g114() {
        // G.114 figure 1: R of about 92 at 150 ms, 83 at 250 ms, 70 at 400 ms.
        let at = |ms| rating(ms, Loss::NONE, Impairment::G711_CONCEALED).0;
        near(at(100), 93.2, 0.001);
        near(at(150), 93.0, 0.7);
        near(at(250), 83.0, 3.0);
        near(at(400), 69.0, 3.0);
        assert!((1..1000).all(|ms| at(ms) <= at(ms - 1)), "longer is never better");
        // Idd never exceeds 50, however long the delay.
        near(rating(u32::MAX, Loss::NONE, Impairment::OPUS).0, 43.2, 0.1);
    }

    #[test]
    fn random_loss_harms_by_the_codecs_robustness() {
        // Ie,eff by hand: 95 * 5 / (5 + 25.1) = 15.78; 95 * 5 / (5 + 4.3) = 51.08.
        near(rating(0, Loss::random(5.0), Impairment::G711_CONCEALED).0, 77.42, 0.01);
        near(rating(0, Loss::random(5.0), Impairment::G711_CONCEALED).mos().0, 3.93, 0.02);
        near(rating(0, Loss::random(5.0), Impairment::G711).0, 42.12, 0.01);
        near(rating(0, Loss::random(5.0), Impairment::OPUS).0, 74.2, 0.01);
        // G.729A of G.113: Ie 11, Bpl 19; 2 % loss: 11 + 84 * 2 / 21 = 19.
        near(rating(0, Loss::random(2.0), Impairment { ie: 11.0, bpl: 19.0 }).0, 74.2, 0.01);
    }

    #[test]
    fn bursts_harm_more_than_random_loss() {
        let burst = Loss { percent: 5.0, burst_ratio: 2.0 };
        let impaired = rating(0, burst, Impairment::G711_CONCEALED).0;
        near(impaired, 93.2 - 95.0 * 5.0 / 27.6, 0.01);
        assert!(impaired < rating(0, Loss::random(5.0), Impairment::G711_CONCEALED).0);
        near(rating(0, Loss { percent: 100.0, burst_ratio: 1e9 }, Impairment::G711).0, 0.0, 0.0);
    }
}
