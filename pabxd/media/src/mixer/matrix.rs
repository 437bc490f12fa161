//! Who hears whom.

use super::MAX_PARTIES;

/// A place in a mixer: 0 to 31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(u8);

impl Place {
    /// `None` from [`MAX_PARTIES`] on.
    pub fn new(index: usize) -> Option<Self> {
        u8::try_from(index).ok().filter(|_| index < MAX_PARTIES).map(Self)
    }

    /// 0 to 31.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    fn bit(self) -> u32 {
        1 << self.0
    }
}

/// What a supervisor does with a call (issue "Sound", `calls.listen`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Supervision {
    /// Hears both, is heard by nobody.
    Listen,
    /// Hears both, is heard by one's own side alone.
    Whisper,
    /// Hears both, is heard by both.
    Barge,
}

/// For each place the set of those whom it hears. Nobody hears himself, whatever is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matrix {
    hears: [u32; MAX_PARTIES],
}

impl Default for Matrix {
    /// Nobody hears anybody.
    fn default() -> Self {
        Self { hears: [0; MAX_PARTIES] }
    }
}

impl Matrix {
    /// Everybody hears everybody else.
    pub fn conference() -> Self {
        let mut matrix = Self { hears: [u32::MAX; MAX_PARTIES] };
        matrix.nobody_hears_himself();
        matrix
    }

    /// A call of two, and a supervisor at a third place; `own` is the side whom he whispers to.
    pub fn supervised(own: Place, far: Place, supervisor: Place, supervision: Supervision) -> Self {
        let mut matrix = Self::default();
        for (listener, speaker) in [(own, far), (far, own), (supervisor, own), (supervisor, far)] {
            matrix.set(listener, speaker, true);
        }
        let heard = supervision != Supervision::Listen;
        matrix.set(own, supervisor, heard);
        matrix.set(far, supervisor, supervision == Supervision::Barge);
        matrix
    }

    /// Lets one hear another, or no longer.
    pub fn set(&mut self, listener: Place, speaker: Place, hears: bool) {
        let Some(row) = self.hears.get_mut(listener.index()) else { return };
        let bit = if listener == speaker { 0 } else { speaker.bit() };
        *row = if hears { *row | bit } else { *row & !speaker.bit() };
    }

    /// Whether one hears another.
    pub fn hears(&self, listener: Place, speaker: Place) -> bool {
        self.row(listener) & speaker.bit() != 0
    }

    /// Whom one hears, a bit for each place.
    pub(super) fn row(&self, listener: Place) -> u32 {
        self.hears.get(listener.index()).copied().unwrap_or(0)
    }

    fn nobody_hears_himself(&mut self) {
        for (index, row) in (0u8..).zip(&mut self.hears) {
            *row &= !Place(index).bit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> [Place; 3] {
        [0, 1, 2].map(|index| Place::new(index).unwrap())
    }

    #[test]
    fn each_supervision_is_heard_by_whom_it_should() {
        let [own, far, supervisor] = places();
        for (supervision, by_own, by_far) in [
            (Supervision::Listen, false, false),
            (Supervision::Whisper, true, false),
            (Supervision::Barge, true, true),
        ] {
            let matrix = Matrix::supervised(own, far, supervisor, supervision);
            assert_eq!(matrix.hears(own, supervisor), by_own, "{supervision:?}");
            assert_eq!(matrix.hears(far, supervisor), by_far, "{supervision:?}");
            for (listener, speaker) in [(own, far), (far, own), (supervisor, own), (supervisor, far)] {
                assert!(matrix.hears(listener, speaker), "{supervision:?}");
            }
        }
    }

    #[test]
    fn nobody_ever_hears_himself() {
        let mut matrix = Matrix::conference();
        for index in 0..MAX_PARTIES {
            let place = Place::new(index).unwrap();
            matrix.set(place, place, true);
            assert!(!matrix.hears(place, place));
            let others = (0..MAX_PARTIES).filter(|other| matrix.hears(place, Place::new(*other).unwrap()));
            assert_eq!(others.count(), MAX_PARTIES - 1);
        }
        assert!(Place::new(MAX_PARTIES).is_none());
    }
}
