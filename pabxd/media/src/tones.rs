//! Call progress tones by country: dial tone, ringback, busy, congestion, call waiting (ITU-T E.180 and its supplement 2).
//!
//! Where administrations allow several, the one that their networks use most is here. Levels are within E.180 §4:
//! -10 dBm0 for a single frequency, -13 dBm0 for each of two.

use crate::audio::{Oscillator, Rate, to_sample_f64};

/// A country whose tones are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Country {
    /// Argentina.
    Argentina,
    /// Brazil.
    Brazil,
    /// Chile.
    Chile,
    /// Colombia.
    Colombia,
    /// Spain.
    Spain,
    /// Mexico.
    Mexico,
    /// Peru.
    Peru,
    /// Portugal.
    Portugal,
    /// The United States of America, and those who do as they do.
    UnitedStates,
    /// Uruguay.
    Uruguay,
    /// Any other: the preferred values of E.180.
    Generic,
}

impl Country {
    /// Every one.
    pub const ALL: [Self; 11] = [
        Self::Argentina,
        Self::Brazil,
        Self::Chile,
        Self::Colombia,
        Self::Spain,
        Self::Mexico,
        Self::Peru,
        Self::Portugal,
        Self::UnitedStates,
        Self::Uruguay,
        Self::Generic,
    ];

    /// By its code of ISO 3166-1, two letters in either case; what is unknown is [`Self::Generic`].
    pub fn from_iso(code: &str) -> Self {
        const CODES: [(&str, Country); 11] = [
            ("AR", Country::Argentina),
            ("BR", Country::Brazil),
            ("CL", Country::Chile),
            ("CO", Country::Colombia),
            ("ES", Country::Spain),
            ("MX", Country::Mexico),
            ("PE", Country::Peru),
            ("PT", Country::Portugal),
            ("US", Country::UnitedStates),
            ("CA", Country::UnitedStates),
            ("UY", Country::Uruguay),
        ];
        CODES
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(code))
            .map_or(Self::Generic, |(_, country)| country)
    }
}

/// What a tone says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// You may dial.
    Dial,
    /// It rings at the other end.
    Ringback,
    /// The other end is busy.
    Busy,
    /// There is no way to the other end.
    Congestion,
    /// Somebody else calls you.
    CallWaiting,
}

impl Tone {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Dial, Self::Ringback, Self::Busy, Self::Congestion, Self::CallWaiting];
}

/// Sound and silence in turn, in milliseconds, over and over; sound first.
pub type Cadence = &'static [(u16, u16)];

/// Frequencies in Hz, the second 0 where there is one alone, and when they sound; an empty cadence is continuous.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Definition {
    /// One or two.
    pub hz: [f32; 2],
    /// When they sound.
    pub cadence: Cadence,
}

const fn single(hz: f32, cadence: Cadence) -> Definition {
    Definition { hz: [hz, 0.0], cadence }
}

const fn dual(one: f32, other: f32, cadence: Cadence) -> Definition {
    Definition { hz: [one, other], cadence }
}

const CONTINUOUS: Cadence = &[];

/// The definition of a tone in a country.
pub const fn definition(country: Country, tone: Tone) -> Definition {
    match tone {
        Tone::Dial => dial(country),
        Tone::Ringback => ringback(country),
        Tone::Busy => busy(country),
        Tone::Congestion => congestion(country),
        Tone::CallWaiting => call_waiting(country),
    }
}

const fn dial(country: Country) -> Definition {
    match country {
        Country::Chile => single(400.0, CONTINUOUS),
        Country::UnitedStates => dual(350.0, 440.0, CONTINUOUS),
        _ => single(425.0, CONTINUOUS),
    }
}

const fn ringback(country: Country) -> Definition {
    match country {
        Country::Argentina | Country::Colombia => single(425.0, &[(1000, 4500)]),
        Country::Chile => single(400.0, &[(1000, 3000)]),
        Country::Spain => single(425.0, &[(1500, 3000)]),
        Country::Portugal => single(425.0, &[(1000, 5000)]),
        Country::UnitedStates => dual(440.0, 480.0, &[(2000, 4000)]),
        _ => single(425.0, &[(1000, 4000)]),
    }
}

const fn busy(country: Country) -> Definition {
    match country {
        Country::Argentina => single(425.0, &[(300, 300)]),
        Country::Chile => single(400.0, &[(500, 500)]),
        Country::Spain => single(425.0, &[(200, 200)]),
        Country::UnitedStates => dual(480.0, 620.0, &[(500, 500)]),
        Country::Portugal | Country::Generic => single(425.0, &[(500, 500)]),
        _ => single(425.0, &[(250, 250)]),
    }
}

const fn congestion(country: Country) -> Definition {
    match country {
        Country::Argentina => single(425.0, &[(200, 300)]),
        Country::Brazil => single(425.0, &[(250, 250), (750, 250)]),
        Country::Chile => single(400.0, &[(200, 200)]),
        Country::Colombia => single(425.0, &[(100, 250), (350, 250), (650, 250)]),
        Country::Spain => single(425.0, &[(200, 200), (200, 200), (200, 600)]),
        Country::Portugal => single(425.0, &[(200, 200)]),
        Country::UnitedStates => dual(480.0, 620.0, &[(250, 250)]),
        _ => single(425.0, &[(250, 250)]),
    }
}

const fn call_waiting(country: Country) -> Definition {
    match country {
        Country::Argentina => single(425.0, &[(200, 9000)]),
        Country::Brazil => single(425.0, &[(50, 1000)]),
        Country::Chile => single(400.0, &[(250, 8750)]),
        Country::Colombia => dual(400.0, 450.0, &[(300, 6000)]),
        Country::Spain => single(425.0, &[(175, 175), (175, 3500)]),
        Country::Mexico => single(425.0, &[(200, 600), (200, 10_000)]),
        Country::UnitedStates => single(440.0, &[(300, 10_000)]),
        _ => single(425.0, &[(200, 10_000)]),
    }
}

/// Levels in dBm0 of a single frequency and of each of two.
pub const LEVELS_DBM0: (f32, f32) = (-10.0, -13.0);

/// Tones begin and end over so many milliseconds, so that they do not click.
const RAMP_MS: usize = 4;

/// Plays a tone for as long as it is asked to.
#[derive(Clone, Copy, Debug)]
pub struct TonePlayer {
    definition: Definition,
    rate: Rate,
    sines: [Oscillator; 2],
    /// Which part of the cadence, and samples into it.
    part: usize,
    position: usize,
}

impl TonePlayer {
    /// From its beginning.
    pub fn new(definition: Definition, rate: Rate) -> Self {
        Self { definition, rate, sines: sines(definition, rate), part: 0, position: 0 }
    }

    /// The next samples.
    pub fn fill(&mut self, out: &mut [i16]) {
        for sample in out.iter_mut() {
            *sample = self.next_sample();
        }
    }

    fn next_sample(&mut self) -> i16 {
        let ramp = RAMP_MS * self.rate.per_ms();
        let Some((on, off)) = self.definition.cadence.get(self.part).copied() else {
            // Continuous: only the beginning has a ramp.
            let gain = ramp_gain(self.position, usize::MAX, ramp);
            self.position = self.position.saturating_add(1).min(ramp);
            return self.sounding(gain);
        };
        let (on, off) = (usize::from(on) * self.rate.per_ms(), usize::from(off) * self.rate.per_ms());
        let sample = if self.position < on { self.sounding(ramp_gain(self.position, on, ramp)) } else { 0 };
        self.position += 1;
        if self.position >= on + off {
            self.position = 0;
            self.part = (self.part + 1) % self.definition.cadence.len();
            self.sines = sines(self.definition, self.rate);
        }
        sample
    }

    fn sounding(&mut self, gain: f64) -> i16 {
        let sum: f64 = self.sines.iter_mut().map(Oscillator::next_sample).sum();
        to_sample_f64(sum * gain)
    }
}

fn sines(definition: Definition, rate: Rate) -> [Oscillator; 2] {
    let [_, other] = definition.hz;
    let dbm0 = if other > 0.0 { LEVELS_DBM0.1 } else { LEVELS_DBM0.0 };
    // A frequency of 0 is a sine that stays 0.
    definition.hz.map(|hz| Oscillator::new(hz, dbm0, rate))
}

/// 0 to 1 over the first samples, and 1 to 0 over the last.
fn ramp_gain(position: usize, length: usize, ramp: usize) -> f64 {
    let nearest = position.min(length.saturating_sub(position)).min(ramp);
    let [nearest, ramp] = [nearest, ramp].map(|n| f64::from(u16::try_from(n).unwrap_or(u16::MAX)));
    nearest / ramp.max(1.0)
}
