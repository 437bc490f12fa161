//! A leg that may use only some codecs, in an order of its own.

use crate::codec::{Codec, CodecName};

/// Those of `codecs` that are named in `only`, in its order. Telephone events stay, behind the sound.
pub(super) fn restricted(codecs: &[Codec], only: &[CodecName]) -> Vec<Codec> {
    let sound = only.iter().flat_map(|name| codecs.iter().filter(move |codec| codec.name == *name));
    sound.chain(codecs.iter().filter(|codec| codec.is_event())).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_goes_and_the_rest_is_put_in_order() {
        let names = |only: &[CodecName]| -> Vec<String> {
            restricted(&Codec::preferred(), only).iter().map(|codec| codec.name.as_str().to_owned()).collect()
        };
        let events = ["telephone-event", "telephone-event"];
        assert_eq!(names(&[CodecName::Pcmu, CodecName::G722]), [&["PCMU", "G722"][..], &events].concat());
        assert_eq!(names(&[]), events);
    }
}
