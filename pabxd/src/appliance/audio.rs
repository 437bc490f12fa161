//! Sound devices of the box, through ALSA.

use crate::sound;
use alsa::pcm::{Access, Format, HwParams, PCM};
use alsa::{Direction, ValueOr};
use std::ffi::CString;
use std::time::{Duration, Instant};

/// What is asked of a device; it may give another.
const RATE: u32 = 48_000;
const CHANNELS: u32 = 2;
/// Frames written at once: 20 ms.
const PIECES_A_SECOND: u32 = 50;
/// How far ahead of real time sound is handed over. A device without hardware behind it takes any amount at once.
const AHEAD: Duration = Duration::from_millis(200);

/// A device that can play.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Device {
    /// ALSA's name, such as `default` or `plughw:CARD=PCH,DEV=0`.
    pub name: String,
    /// In words.
    pub description: String,
}

/// Why there was no sound.
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    /// It is no name of a device.
    #[error("`{0}` is no name of a sound device")]
    Name(String),
    /// ALSA says no.
    #[error("sound device {device}: {error}")]
    Device {
        /// Which.
        device: String,
        /// Why.
        error: alsa::Error,
    },
}

/// What plays sound.
pub trait Sound {
    /// Devices that can play.
    fn devices(&self) -> Result<Vec<Device>, AudioError>;
    /// Plays the test tone; returns when it is over.
    fn play_test_tone(&self, device: &str, duration: Duration) -> Result<Played, AudioError>;
}

/// What was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Played {
    /// Samples a second and channel.
    pub rate: u32,
    /// Channels.
    pub channels: u32,
}

/// The real one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alsa;

impl Sound for Alsa {
    fn devices(&self) -> Result<Vec<Device>, AudioError> {
        let hints = alsa::device_name::HintIter::new_str(None, "pcm")
            .map_err(|error| AudioError::Device { device: "(all)".into(), error })?;
        let plays = hints.filter(|hint| hint.direction != Some(Direction::Capture));
        let device = |hint: alsa::device_name::Hint| {
            let description = hint.desc.unwrap_or_default().replace('\n', ", ");
            Some(Device { name: hint.name?, description })
        };
        Ok(plays.filter_map(device).collect())
    }

    fn play_test_tone(&self, device: &str, duration: Duration) -> Result<Played, AudioError> {
        let name = CString::new(device).map_err(|_| AudioError::Name(device.to_owned()))?;
        let failed = |error| AudioError::Device { device: device.to_owned(), error };
        let pcm = PCM::open(&name, Direction::Playback, false).map_err(failed)?;
        let played = set_up(&pcm).map_err(failed)?;
        write_tone(&pcm, played, duration).map_err(failed)?;
        pcm.drain().map_err(failed)?;
        Ok(played)
    }
}

fn set_up(pcm: &PCM) -> alsa::Result<Played> {
    let wanted = HwParams::any(pcm)?;
    wanted.set_access(Access::RWInterleaved)?;
    wanted.set_format(Format::s16())?;
    let channels = wanted.set_channels_near(CHANNELS)?;
    let rate = wanted.set_rate_near(RATE, ValueOr::Nearest)?;
    pcm.hw_params(&wanted)?;
    Ok(Played { rate, channels })
}

fn write_tone(pcm: &PCM, played: Played, duration: Duration) -> alsa::Result<()> {
    let Played { rate, channels } = played;
    let output = pcm.io_i16()?;
    let began = Instant::now();
    let piece = (rate / PIECES_A_SECOND).max(1);
    let pieces = duration.as_millis() * u128::from(PIECES_A_SECOND) / 1_000;
    for number in 0..u32::try_from(pieces).unwrap_or(u32::MAX) {
        let first = piece.saturating_mul(number);
        let samples = sound::tone(sound::TEST_TONE, rate, first, piece);
        let every = usize::try_from(channels).unwrap_or(1);
        let frames: Vec<i16> = samples.flat_map(|sample| std::iter::repeat_n(sample, every)).collect();
        write_all(pcm, &output, &frames, every)?;
        let due = Duration::from_secs(number.into()) / PIECES_A_SECOND;
        std::thread::sleep(due.saturating_sub(began.elapsed() + AHEAD));
    }
    Ok(())
}

fn write_all(
    pcm: &PCM,
    output: &alsa::pcm::IO<'_, i16>,
    mut frames: &[i16],
    channels: usize,
) -> alsa::Result<()> {
    while !frames.is_empty() {
        match output.writei(frames) {
            Ok(0) => return Ok(()),
            Ok(written) => frames = frames.get(written.saturating_mul(channels)..).unwrap_or_default(),
            // An underrun: the device stopped because we were late.
            Err(error) => pcm.try_recover(error, true)?,
        }
    }
    Ok(())
}
