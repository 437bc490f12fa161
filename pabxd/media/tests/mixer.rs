//! Who hears which of several tones, how loud, and that many at once are not clipped.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions, reason = "tests")]
#![allow(clippy::cast_precision_loss, reason = "tests")]

use pabx_media::audio::{Frame, Level, Rate};
use pabx_media::mixer::{MAX_PARTIES, Matrix, Mixer, Place, Supervision, Treatment};

mod sound;

const TONES: [f64; 3] = [500.0, 900.0, 1700.0];

/// Everybody speaks his own sound; what each heard.
fn run(mixer: &mut Mixer, speakers: &[(Place, Vec<i16>)]) -> Vec<Vec<i16>> {
    let mut heard = vec![Vec::new(); speakers.len()];
    for n in 0..speakers[0].1.len() / 320 {
        for (place, samples) in speakers {
            let frame = Frame::from_samples(Rate::Wide, &samples[n * 320..(n + 1) * 320]);
            assert!(mixer.speak(*place, &frame));
        }
        mixer.mix();
        for ((place, _), heard) in speakers.iter().zip(&mut heard) {
            heard.extend_from_slice(mixer.hear(*place).samples());
        }
    }
    heard
}

fn three(mixer: &mut Mixer, treatment: Treatment, dbm0: f32) -> Vec<(Place, Vec<i16>)> {
    TONES.map(|hz| (mixer.join(treatment).unwrap(), sound::tone(hz, dbm0, 16_000, 32_000))).into()
}

/// Tone by tone: in dBm0, after the first half second.
fn levels(heard: &[i16]) -> [f32; 3] {
    TONES.map(|hz| sound::level_at(&heard[8000..], hz, 16_000))
}

#[test]
fn in_a_conference_each_hears_the_others_at_their_level_and_not_himself() {
    for treatment in [Treatment::NONE, Treatment::ROOM] {
        let mut mixer = Mixer::new(Matrix::conference());
        let speakers = three(&mut mixer, treatment, -20.0);
        for (listener, heard) in run(&mut mixer, &speakers).iter().enumerate() {
            for (speaker, level) in levels(heard).into_iter().enumerate() {
                if listener == speaker {
                    assert!(level < -70.0, "{listener} hears himself at {level} dBm0");
                } else {
                    assert!((level + 20.0).abs() < 1.0, "{listener} hears {speaker} at {level} dBm0");
                }
            }
        }
    }
}

#[test]
fn supervisors_are_heard_by_whom_they_should() {
    let place = |index| Place::new(index).unwrap();
    for (supervision, own_hears, far_hears) in [
        (Supervision::Listen, [false, true, false], [true, false, false]),
        (Supervision::Whisper, [false, true, true], [true, false, false]),
        (Supervision::Barge, [false, true, true], [true, false, true]),
    ] {
        let mut mixer = Mixer::new(Matrix::default());
        let speakers = three(&mut mixer, Treatment::NONE, -15.0);
        mixer.set_matrix(Matrix::supervised(place(0), place(1), place(2), supervision));
        let heard = run(&mut mixer, &speakers);
        for (listener, expected) in [own_hears, far_hears, [true, true, false]].into_iter().enumerate() {
            for (level, expected) in levels(&heard[listener]).into_iter().zip(expected) {
                let as_it_should = if expected { (level + 15.0).abs() < 1.0 } else { level < -70.0 };
                assert!(as_it_should, "{supervision:?}, listener {listener}: {:?}", levels(&heard[listener]));
            }
        }
    }
}

#[test]
fn thirty_two_loud_parties_are_not_clipped() {
    let mut mixer = Mixer::new(Matrix::conference());
    let speakers: Vec<(Place, Vec<i16>)> = (0..MAX_PARTIES)
        .map(|n| {
            let hz = 200.0 + 90.0 * n as f64;
            (mixer.join(Treatment::NONE).unwrap(), sound::tone(hz, 0.0, 16_000, 32_000))
        })
        .collect();
    assert!(mixer.join(Treatment::NONE).is_none(), "there is no place for one more");
    for (listener, heard) in run(&mut mixer, &speakers).iter().enumerate() {
        let settled = &heard[16_000..];
        let full = settled.iter().filter(|sample| sample.unsigned_abs() >= 32_700).count();
        assert_eq!(full, 0, "listener {listener}");
        let own = 200.0 + 90.0 * listener as f64;
        let others = sound::level_at(settled, if listener == 0 { 290.0 } else { 200.0 }, 16_000);
        // 31 tones share what one could have: each is about 25 dB weaker, and all are there.
        assert!((-32.0..-18.0).contains(&others), "{others} dBm0");
        assert!(sound::level_at(settled, own, 16_000) < others - 15.0, "listener {listener} hears himself");
    }
}

#[test]
fn levels_are_brought_together_slowly_and_within_bounds() {
    for (dbm0, expected) in [(-26.0, -20.0), (-14.0, -20.0), (-40.0, -31.0), (-5.0, -14.0)] {
        let mut mixer = Mixer::new(Matrix::conference());
        let speaker = mixer.join(Treatment::ROOM).unwrap();
        let listener = mixer.join(Treatment::ROOM).unwrap();
        let sound = sound::tone(800.0, dbm0, 16_000, 16_000 * 12);
        let heard = run(&mut mixer, &[(speaker, sound), (listener, vec![0; 16_000 * 12])]).remove(1);
        let level = |from: usize| Level::of(&heard[from..from + 16_000]).dbm0();
        assert!((level(0) - dbm0).abs() < 1.6, "{dbm0}: {} dBm0 in the first second", level(0));
        assert!(
            (level(16_000 * 11) - expected).abs() < 1.3,
            "{dbm0}: {} dBm0 in the end",
            level(16_000 * 11)
        );
    }
}

#[test]
fn background_is_turned_down_and_speech_is_not() {
    let mut mixer = Mixer::new(Matrix::conference());
    let treatment = Treatment { gate: true, level: false };
    let (speaker, listener) = (mixer.join(treatment).unwrap(), mixer.join(treatment).unwrap());
    let mut sound = sound::noise(-50.0, 16_000 * 6, 1);
    let talk = sound::tone(700.0, -20.0, 16_000, 16_000);
    for (to, from) in sound[16_000 * 4..].iter_mut().zip(&talk) {
        *to = to.saturating_add(*from);
    }
    let heard = run(&mut mixer, &[(speaker, sound), (listener, vec![0; 16_000 * 6])]).remove(1);
    let level = |second: usize| Level::of(&heard[second * 16_000..][..16_000]).dbm0();
    assert!(level(3) < -68.0, "background at {} dBm0", level(3));
    assert!((level(4) + 20.0).abs() < 0.5, "speech at {} dBm0", level(4));
    let onset = &heard[16_000 * 4..][..640];
    assert!(Level::of(onset).dbm0() > -24.0, "the first word is there: {} dBm0", Level::of(onset).dbm0());
}

#[test]
fn joining_and_leaving_disturb_nobody() {
    let mut mixer = Mixer::new(Matrix::conference());
    let (one, other) = (mixer.join(Treatment::NONE).unwrap(), mixer.join(Treatment::NONE).unwrap());
    let speakers = [(one, sound::tone(500.0, -10.0, 16_000, 3200)), (other, vec![0; 3200])];
    let mut heard = run(&mut mixer, &speakers).remove(1);
    let third = mixer.join(Treatment::NONE).unwrap();
    assert_eq!(mixer.len(), 3);
    heard.extend(run(&mut mixer, &speakers).remove(1));
    mixer.leave(third);
    assert!(!mixer.speak(third, &Frame::silence(Rate::Wide)), "nobody is there");
    assert!(!mixer.speak(one, &Frame::silence(Rate::Narrow)), "not at this rate");
    assert!(mixer.hear(third).samples().iter().all(|sample| *sample == 0));
    heard.extend(run(&mut mixer, &speakers).remove(1));
    let expected: Vec<i16> =
        speakers[0].1.iter().chain(&speakers[0].1).chain(&speakers[0].1).copied().collect();
    assert_eq!(heard, expected);
}
