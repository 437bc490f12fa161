"""Two phones call each other and hear each other."""

from harness.baresip import Baresip
from harness.office import Office

TONE_1001, TONE_1002 = 1000, 600


def talk(caller: Baresip, callee: Baresip, number: str) -> None:
    """A call from its first digit until each hears the other, and not itself."""
    callee.forget()
    caller.dial(number)
    callee.wait_incoming()
    caller.wait_ringing_out()
    callee.accept()
    caller.wait_established()
    callee.wait_established()
    hear_each_other(caller, callee)


def hear_each_other(one: Baresip, other: Baresip) -> None:
    one.hears(other.frequency)
    other.hears(one.frequency)
    one.lacks(one.frequency)
    other.lacks(other.frequency)


def both_closed(one: Baresip, other: Baresip) -> None:
    one.wait_closed()
    other.wait_closed()


def call_over(office: Office, caller_transport: str, callee_transport: str) -> None:
    caller = office.phone("1001", TONE_1001, caller_transport)
    callee = office.phone("1002", TONE_1002, callee_transport)
    talk(caller, callee, "1002")
    caller.hang_up()
    both_closed(caller, callee)


def test_two_phones_on_udp_hear_each_other(office: Office) -> None:
    call_over(office, "udp", "udp")


def test_two_phones_on_tcp_hear_each_other(office: Office) -> None:
    call_over(office, "tcp", "tcp")


def test_a_phone_on_udp_calls_one_on_tcp(office: Office) -> None:
    call_over(office, "udp", "tcp")


def test_a_phone_on_tcp_calls_one_on_udp(office: Office) -> None:
    call_over(office, "tcp", "udp")


def test_calls_go_twice_in_a_row_and_both_ways(office: Office) -> None:
    one, other = office.phone("1001", TONE_1001), office.phone("1002", TONE_1002)
    for caller, callee, number in [(one, other, "1002"), (one, other, "1002"), (other, one, "1001")]:
        talk(caller, callee, number)
        callee.hang_up()
        both_closed(caller, callee)


def test_two_calls_at_once_do_not_mix(office: Office) -> None:
    tones = {"1001": 1000, "1002": 600, "1003": 1400, "1004": 1900}
    phones = {number: office.phone(number, tone) for number, tone in tones.items()}
    talk(phones["1001"], phones["1002"], "1002")
    talk(phones["1003"], phones["1004"], "1004")
    hear_each_other(phones["1001"], phones["1002"])
    phones["1001"].hang_up()
    both_closed(phones["1001"], phones["1002"])
    hear_each_other(phones["1003"], phones["1004"])


def test_the_called_phone_hangs_up(office: Office) -> None:
    caller, callee = office.phone("1001", TONE_1001), office.phone("1002", TONE_1002)
    talk(caller, callee, "1002")
    callee.hang_up()
    both_closed(caller, callee)


def test_hold_stops_the_sound_and_resume_brings_it_back(office: Office) -> None:
    caller, callee = office.phone("1001", TONE_1001), office.phone("1002", TONE_1002)
    capture = office.capture()
    talk(caller, callee, "1002")
    for holder in (caller, callee):
        holder.hold()
        capture.wait_silent(holder)
        holder.resume()
        capture.wait_tone(caller, TONE_1002)
        capture.wait_tone(callee, TONE_1001)
    caller.hang_up()
    both_closed(caller, callee)


def test_the_echo_test_gives_the_own_voice_back(office: Office) -> None:
    phone = office.phone("1001", TONE_1001)
    phone.dial("*43")
    phone.wait_established()
    phone.hears(TONE_1001)
    phone.hang_up()
    phone.wait_closed()


def test_digits_pressed_in_a_call_reach_the_other_phone(office: Office) -> None:
    caller, callee = office.phone("1001", TONE_1001), office.phone("1002", TONE_1002)
    talk(caller, callee, "1002")
    for digit in "5#":
        caller.press(digit)
        callee.wait_for_digit(digit)
    caller.hang_up()
    both_closed(caller, callee)


def test_a_caller_who_gives_up_stops_the_ringing(office: Office) -> None:
    caller, callee = office.phone("1001", TONE_1001), office.phone("1002", TONE_1002)
    callee.forget()
    caller.dial("1002")
    callee.wait_incoming()
    caller.wait_ringing_out()
    caller.hang_up()
    both_closed(caller, callee)
    # And both can be called again.
    talk(callee, caller, "1001")


def test_a_rejected_call_ends_for_the_caller(office: Office) -> None:
    caller, callee = office.phone("1001", TONE_1001), office.phone("1002", TONE_1002)
    callee.forget()
    caller.dial("1002")
    callee.wait_incoming()
    callee.hang_up()  # baresip answers 486
    reason = caller.wait_closed()
    assert "486" in reason, reason


def test_a_call_to_a_number_that_does_not_exist_gets_404(office: Office) -> None:
    caller = office.phone("1001", TONE_1001)
    caller.dial("1999")
    reason = caller.wait_closed()
    assert "404" in reason, reason


def test_a_call_to_a_phone_that_is_not_there_gets_480(office: Office) -> None:
    caller = office.phone("1001", TONE_1001)
    caller.dial("1003")
    reason = caller.wait_closed()
    assert "480" in reason, reason


def test_every_phone_of_an_extension_rings_and_one_answers(office: Office) -> None:
    caller = office.phone("1001", TONE_1001)
    desk, mobile = office.bare_phone("desk", 600), office.bare_phone("mobile", 1400)
    for phone in (desk, mobile):
        phone.register(office.account("1002"))
        phone.forget()
    caller.dial("1002")
    desk.wait_incoming()
    mobile.wait_incoming()
    mobile.accept()
    caller.wait_established()
    desk.wait_closed()
    hear_each_other(caller, mobile)
    caller.hang_up()
    both_closed(caller, mobile)
