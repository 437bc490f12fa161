"""A call as tshark sees it on a quiet loopback."""

import shutil
from collections import Counter

from cases.calls import both_closed, talk
from harness.office import Office, Skip
from harness.runner import alone
from harness.tshark import Capture

TALK_PACKETS = 100  # two seconds


def captured_call(office: Office) -> Capture:
    if shutil.which("tshark") is None or shutil.which("dumpcap") is None:
        raise Skip("tshark is not installed")
    caller, callee = office.phone("1001", 1000), office.phone("1002", 600)
    capture = office.capture()
    talk(caller, callee, "1002")
    capture.wait_for_rtp(TALK_PACKETS)
    caller.hang_up()
    both_closed(caller, callee)
    capture.stop()
    return capture


@alone
def test_a_call_has_no_malformed_packet_and_no_retransmission(office: Office) -> None:
    capture = captured_call(office)
    wrong = capture.malformed()
    assert not wrong, wrong
    messages = capture.fields("sip", "sip.Call-ID", "sip.CSeq", "sip.Status-Code", "sip.To", "udp.srcport", "udp.dstport")
    assert len(messages) >= 12, messages  # INVITE, 401, ACK, INVITE, 100, 180, 200, ACK on one leg alone
    twice = [message for message, times in Counter(map(tuple, messages)).items() if times > 1]
    assert not twice, f"sent again: {twice}"


@alone
def test_the_sound_of_a_call_is_clean_in_all_four_streams(office: Office) -> None:
    capture = captured_call(office)
    streams = capture.rtp_streams()
    lines = "\n".join(stream.line for stream in streams)
    first, last = office.pabxd.rtp_first, office.pabxd.rtp_last
    ours = [stream for stream in streams if first <= stream.source <= last]
    theirs = [stream for stream in streams if first <= stream.target <= last]
    assert len(ours) == 2 and len(theirs) == 2, lines
    for stream in streams:
        assert stream.lost == 0 and not stream.problem, lines
        assert stream.packets >= TALK_PACKETS / 2, lines
    # What came in on one leg went out on the other: not one packet was dropped or doubled, but for those in flight when
    # the call ended.
    arrived, left = sum(stream.packets for stream in theirs), sum(stream.packets for stream in ours)
    assert 0 <= arrived - left <= 6, lines
