"""The instruments, before they are believed: without pabxd in between."""

from array import array

from harness import tones
from harness.baresip import Account, Baresip
from harness.office import Office
from harness.wait import Never


def tone(office: Office, frequency: int) -> array:
    file = office.folder / f"{frequency}.wav"
    tones.write_tone(file, frequency, seconds=1)
    return tones.read_growing_wav(file)


def test_tones_are_told_apart(office: Office) -> None:
    sound = tone(office, 1000)
    assert tones.is_tone(sound, 1000) and tones.analyse(sound).frequency == 1000
    assert not tones.is_tone(sound, 600) and tones.lacks_tone(sound, 600)
    assert not tones.lacks_tone(sound, 1000)


def test_a_mixture_is_no_tone(office: Office) -> None:
    both = array("h", (one + other for one, other in zip(tone(office, 1000), tone(office, 600), strict=True)))
    assert not tones.is_tone(both, 1000) and not tones.is_tone(both, 600)


def test_a_faint_or_loud_tone_and_silence_are_not_what_was_sent(office: Office) -> None:
    sound = tone(office, 1000)
    assert not tones.is_tone(array("h", (sample // 2 for sample in sound)), 1000)
    assert not tones.is_tone(array("h", (sample * 3 // 2 for sample in sound)), 1000)
    assert tones.is_silent(array("h", [0] * 8000)) and not tones.is_tone(array("h", [0] * 8000), 1000)


def straight(phone: Baresip, to: Baresip) -> Account:
    """An account without a registrar, whose calls go straight to another phone."""
    return Account(phone.name, "none", "test.invalid", f"127.0.0.1:{to.sip_port}", expires=0)


def test_two_phones_without_a_pbx_hear_each_other(office: Office) -> None:
    one, other = office.bare_phone("one", 1000), office.bare_phone("other", 600)
    one.add_account(straight(one, other))
    other.add_account(straight(other, one))
    one.dial("other")
    other.wait_incoming()
    one.wait_ringing_out()
    other.accept()
    one.wait_established()
    one.hears(600)
    other.hears(1000)
    one.lacks(1000)
    try:
        one.hears(1000, seconds=1)
    except Never as expected:
        assert "600 Hz" in str(expected), expected
    else:
        raise AssertionError("a tone that is not there was recognised")
    one.hang_up()
    other.wait_closed()


def test_a_scenario_of_ours_answers_sipps_own_caller(office: Office) -> None:
    phone = office.bare_sipp("answers", "127.0.0.1", {"user": "1002", "linger": "200"})
    caller = office.bare_sipp("uac", f"127.0.0.1:{phone.port}", {})
    caller.succeeds()
    phone.succeeds()
    assert caller.statuses() == [180, 200, 200], caller.statuses()
    assert phone.requests() == ["INVITE", "ACK", "BYE"], phone.requests()
