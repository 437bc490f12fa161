//! Sound on its way allocates nothing, once every buffer has had its first packet: a media thread serves hundreds.

#![allow(unsafe_code, reason = "a counting allocator is the only way to count allocations")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

use pabx_media::audio::{Frame, Rate};
use pabx_media::coding::Format;
use pabx_media::dtmf::inband::{InBandDetector, InBandTone};
use pabx_media::mixer::{Matrix, Mixer, Treatment};
use pabx_media::playout::PayloadTypes;
use pabx_media::rtp::{MAX_PACKET, Packet};
use pabx_media::stream_sender::{StreamSender, StreamStart};
use pabx_media::tones::{Country, Tone, TonePlayer, definition};
use pabx_media::transcode::{Destination, Source, Transcoder};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: everything is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.with(Cell::get);
    work();
    ALLOCATIONS.with(Cell::get) - before
}

#[allow(clippy::disallowed_methods, reason = "an epoch")]
fn epoch() -> Instant {
    Instant::now()
}

#[test]
fn transcoding_with_losses_between_any_two_formats() {
    const FORMATS: [Format; 5] =
        [Format::Pcmu, Format::Pcma, Format::G722, Format::Opus(Rate::Full), Format::L16(Rate::Wide)];
    let types = PayloadTypes { sound: 97, comfort_noise: Some(13), event: None };
    let start = StreamStart { ssrc: 1, sequence: 0, timestamp: 0 };
    for from in FORMATS {
        for to in FORMATS {
            let began = epoch();
            let destination = Destination { format: to, payload_type: 97, start };
            let mut transcoder = Transcoder::new(Source { format: from, types }, destination, began).unwrap();
            let mut sender = StreamSender::new(from, 97, start).unwrap();
            let mut tone = TonePlayer::new(definition(Country::Brazil, Tone::Busy), from.rate());
            let mut run = |frames: std::ops::Range<u64>| {
                let mut frame = Frame::silence(from.rate());
                let (mut datagram, mut out) = ([0u8; MAX_PACKET], [0u8; MAX_PACKET]);
                for n in frames {
                    tone.fill(frame.samples_mut());
                    let octets = sender.send(&frame, &mut datagram).unwrap();
                    let now = began + Duration::from_millis(n * 20);
                    if n % 10 != 3 {
                        let _ = transcoder.push(&Packet::parse(&datagram[..octets]).unwrap(), now);
                    }
                    assert!(transcoder.pull(now, &mut out).unwrap() > 12);
                }
            };
            run(0..200);
            assert_eq!(allocations(|| run(200..400)), 0, "{from:?} to {to:?}");
        }
    }
}

#[test]
fn mixing_thirty_two_and_listening_for_digits() {
    let mut mixer = Mixer::new(Matrix::conference());
    let places: Vec<_> = std::iter::from_fn(|| mixer.join(Treatment::ROOM)).collect();
    let mut digit = InBandTone::new('5', Rate::Wide, 500).unwrap();
    let mut detector = InBandDetector::default();
    let counted = allocations(|| {
        for _ in 0..100 {
            let mut frame = Frame::silence(Rate::Wide);
            digit.fill(frame.samples_mut());
            for place in &places {
                mixer.speak(*place, &frame);
            }
            mixer.mix();
            for place in &places {
                let heard = mixer.hear(*place);
                detector.listen(&heard.samples()[..160]);
            }
        }
    });
    assert_eq!((places.len(), counted), (32, 0));
}
