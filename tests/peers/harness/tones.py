"""Tones: made, and recognised by frequency and level (Goertzel's algorithm)."""

import array
import math
import wave
from dataclasses import dataclass
from pathlib import Path

RATE = 8000
FULL_SCALE = 32768.0
AMPLITUDE = 8000  # a peak of -12 dB, a level of -15 dB under full scale
SENT_LEVEL = 20 * math.log10(AMPLITUDE / math.sqrt(2) / FULL_SCALE)
LEVEL_TOLERANCE = 3.0
SILENCE = -60.0
# Where a window is searched for its loudest tone.
SEARCH = range(200, 3401, 50)
WINDOW = 0.4


def write_tone(path: Path, frequency: float, seconds: float = 60) -> None:
    """A WAV file, 8 kHz mono 16 bit, with one sine."""
    step = 2 * math.pi * frequency / RATE
    # A whole number of periods repeats: one second does for every frequency that is a whole number.
    second = array.array("h", (round(AMPLITUDE * math.sin(step * index)) for index in range(RATE)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(second.tobytes() * int(seconds))


def read_growing_wav(path: Path) -> array.array:
    """The samples so far of a file that is still being written (its header does not know its length yet)."""
    data = path.read_bytes()
    start = data.find(b"data") + 8
    if start < 8 or len(data) <= start:
        return array.array("h")
    end = start + (len(data) - start) // 2 * 2
    return array.array("h", data[start:end])


def level(samples: array.array) -> float:
    """Root mean square, in dB under full scale."""
    if not samples:
        return -math.inf
    power = sum(sample * sample for sample in samples) / len(samples)
    return 10 * math.log10(power / FULL_SCALE**2) if power else -math.inf


def tone_level(samples: array.array, frequency: float) -> float:
    """Level of one frequency, in dB under full scale."""
    coefficient = 2 * math.cos(2 * math.pi * frequency / RATE)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + coefficient * last - before
    power = before * before + last * last - coefficient * before * last
    mean_square = 2 * power / len(samples) ** 2 if samples else 0
    return 10 * math.log10(mean_square / FULL_SCALE**2) if mean_square > 0 else -math.inf


@dataclass(frozen=True)
class Heard:
    """What a stretch of sound is: its loudest tone, that tone's level and the level of everything."""

    frequency: int
    tone: float
    total: float

    def __str__(self) -> str:
        if self.total < SILENCE:
            return "silence"
        return f"{self.frequency} Hz at {self.tone:.1f} dB of {self.total:.1f} dB in all"


def analyse(samples: array.array) -> Heard:
    loudest = max(SEARCH, key=lambda frequency: tone_level(samples, frequency))
    return Heard(loudest, tone_level(samples, loudest), level(samples))


def is_tone(samples: array.array, frequency: float, seconds: float = WINDOW) -> bool:
    """True when the end of `samples` is that tone, at about the level it was sent with, and little else."""
    end = samples[-int(seconds * RATE):]
    if len(end) < int(seconds * RATE):
        return False
    wanted, total = tone_level(end, frequency), level(end)
    pure = total - wanted < 0.5  # nine tenths of the power
    return pure and abs(wanted - SENT_LEVEL) <= LEVEL_TOLERANCE


def lacks_tone(samples: array.array, frequency: float, seconds: float = WINDOW) -> bool:
    """True when that tone is at least 30 dB under what was sent."""
    end = samples[-int(seconds * RATE):]
    return tone_level(end, frequency) < SENT_LEVEL - 30


def is_silent(samples: array.array, seconds: float = WINDOW) -> bool:
    return level(samples[-int(seconds * RATE):]) < SILENCE
