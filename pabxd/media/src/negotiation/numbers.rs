//! Which payload type number this leg uses for which format.
//!
//! RFC 3264 §8.3.2: once a number means a format it keeps that meaning for the whole session.

use crate::codec::Codec;

/// Where a number is sought when the wanted one is taken (RFC 3551 §6: dynamic, then unassigned).
const FREE_NUMBERS: [std::ops::RangeInclusive<u8>; 2] = [96..=127, 35..=63];

/// The numbers that this leg has bound in its session. At most one entry per number, so at most 128.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    bound: Vec<Codec>,
}

impl Numbers {
    /// Chooses and binds this leg's number for a format: the wanted one if its meaning allows that, else the one
    /// that the format has already, else a free one. `None` when all are taken.
    pub(super) fn bind(&mut self, codec: &Codec) -> Option<u8> {
        let number = self.choose(codec)?;
        self.record(&Codec { payload_type: number, ..codec.clone() });
        Some(number)
    }

    /// Takes over the peer's numbering, even where it changes a meaning: the peer's fault, and its wish.
    pub(super) fn record(&mut self, codec: &Codec) {
        let codec = Codec { fmtp: None, ..codec.clone() };
        match self.bound.iter_mut().find(|bound| bound.payload_type == codec.payload_type) {
            Some(bound) => *bound = codec,
            None => self.bound.push(codec),
        }
    }

    fn choose(&self, codec: &Codec) -> Option<u8> {
        match self.meaning(codec.payload_type) {
            None => return Some(codec.payload_type),
            Some(bound) if bound.same_format(codec) => return Some(codec.payload_type),
            Some(_) => {}
        }
        let again = self.bound.iter().find(|bound| bound.same_format(codec)).map(|bound| bound.payload_type);
        again.or_else(|| FREE_NUMBERS.into_iter().flatten().find(|number| self.meaning(*number).is_none()))
    }

    fn meaning(&self, number: u8) -> Option<&Codec> {
        self.bound.iter().find(|bound| bound.payload_type == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::CodecName;

    #[test]
    fn a_number_keeps_its_meaning() {
        let mut numbers = Numbers::default();
        let opus = Codec::new(96, CodecName::Opus, 48000);
        let event = Codec::new(96, CodecName::TelephoneEvent, 8000);
        assert_eq!(numbers.bind(&opus), Some(96));
        assert_eq!(numbers.bind(&event), Some(97), "96 means Opus already");
        assert_eq!(numbers.bind(&event), Some(97), "and the event keeps its substitute");
        assert_eq!(numbers.bind(&Codec { payload_type: 97, ..opus.clone() }), Some(96));
        assert_eq!(
            numbers.bind(&Codec { payload_type: 111, ..opus }),
            Some(111),
            "a second number is allowed"
        );
    }

    #[test]
    fn numbers_run_out_without_a_panic() {
        let mut numbers = Numbers::default();
        let bound =
            (0..200u32).filter_map(|n| numbers.bind(&Codec::new(96, CodecName::TelephoneEvent, 8000 + n)));
        assert_eq!(bound.count(), 32 + 29);
    }
}
