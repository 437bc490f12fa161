"""Encrypted sound (SRTP): the same tones, heard at both ends and by nobody on the wire."""

import os
import socket
import struct
import time

from cases.calls import TONE_1001, TONE_1002, both_closed, hear_each_other, talk
from harness import tones
from harness.baresip import Baresip
from harness.office import Office, Skip
from harness.tshark import Capture
from harness.wait import until
from web.client import Client
from web.world import boss

FORGED = 10_000
PLAIN, TAGGED = 160, 170  # octets of 20 ms of G.711, and with a tag of 80 bits


class House:
    """The demo account, whose extensions say how their sound is encrypted."""

    def __init__(self, office: Office) -> None:
        self.boss: Client = boss(office)
        self.path = f"/accounts/{self.boss.all('/accounts')[0]['account_id']}"
        self.ids = {one["number"]: one["extension_id"] for one in self.boss.all(f"{self.path}/extensions")}

    def encrypts(self, number: str, wanted: str) -> None:
        answer = self.boss.patch(f"{self.path}/extensions/{self.ids[number]}", {"media_encryption": wanted})
        assert answer.ok().json["media_encryption"] == wanted, answer.json

    def last_call(self) -> dict:
        """The newest record, once its call has ended."""

        def ended() -> dict | None:
            calls = self.boss.all(f"{self.path}/calls", limit=1)
            return calls[0] if calls and calls[0]["end_time"] else None

        call = until(ended, 10, "a call has ended")
        return self.boss.get(f"{self.path}/calls/{call['call_id']}").ok().json


def on_wire(capture: Capture, phone: Baresip) -> list[bytes]:
    """The payloads of the sound that went to a phone and from it."""
    first, last = phone.rtp_ports
    ports = " || ".join(f"(udp.{way}port >= {first} && udp.{way}port <= {last})" for way in ("src", "dst"))
    rows = capture.fields(f"rtp.p_type == 0 && ({ports})", "rtp.payload")
    return [bytes.fromhex(payload.replace(":", "")) for (payload,) in rows]


def is_encrypted(capture: Capture, phone: Baresip) -> None:
    payloads = on_wire(capture, phone)
    assert len(payloads) > 100, f"{len(payloads)} packets"
    lengths = {len(payload) for payload in payloads}
    assert lengths == {TAGGED}, f"payloads of {lengths} octets"
    heard = capture.sound_to(*phone.rtp_ports)
    for frequency in (TONE_1001, TONE_1002):
        assert not tones.is_tone(heard, frequency), f"{frequency} Hz goes to {phone.name} in clear"


def is_clear(capture: Capture, phone: Baresip) -> None:
    assert {len(payload) for payload in on_wire(capture, phone)} == {PLAIN}


def encrypted_call(office: Office, caller: tuple[str, str], callee: tuple[str, str]) -> None:
    """A call between phones of these transports and ways of encrypting. A phone in mode srtp-mand takes no RTP/AVP when it is
    called: it is asked again with RTP/SAVP."""
    house = House(office)
    one, other = office.phone("1001", TONE_1001, *caller), office.phone("1002", TONE_1002, *callee)
    capture = office.capture()
    talk(one, other, "1002")
    capture.wait_for_rtp(60)
    capture.stop()
    one.hang_up()
    both_closed(one, other)
    quality = house.last_call()["quality"]
    for phone, side, how in ((one, "caller", caller[1]), (other, "callee", callee[1])):
        (is_encrypted if how else is_clear)(capture, phone)
        suite = quality[side].get("encryption")
        assert suite == ("AES_CM_128_HMAC_SHA1_80" if how else None), quality


def test_two_phones_that_can_encrypt_do(office: Office) -> None:
    encrypted_call(office, ("tls", "srtp"), ("tls", "srtp"))


def test_two_phones_that_must_encrypt_do(office: Office) -> None:
    encrypted_call(office, ("tls", "srtp-mand"), ("tls", "srtp-mand"))


def test_a_phone_that_must_encrypt_in_the_secure_profile_calls_one_that_can(office: Office) -> None:
    encrypted_call(office, ("tls", "srtp-mandf"), ("tls", "srtp"))


def test_an_encrypted_phone_calls_one_in_clear(office: Office) -> None:
    encrypted_call(office, ("tls", "srtp-mand"), ("udp", ""))


def test_a_phone_in_clear_calls_an_encrypted_one(office: Office) -> None:
    encrypted_call(office, ("udp", ""), ("tls", "srtp"))


def test_a_phone_that_knows_no_srtp_is_called_in_clear_though_it_is_offered(office: Office) -> None:
    encrypted_call(office, ("tls", "srtp"), ("tls", ""))


def test_what_is_required_is_offered_in_the_secure_profile_and_taken(office: Office) -> None:
    house = House(office)
    for number in ("1001", "1002"):
        house.encrypts(number, "required")
    one, other = office.phone("1001", TONE_1001, "tls", "srtp"), office.phone("1002", TONE_1002, "tls", "srtp-mand")
    for caller, callee, number in [(one, other, "1002"), (other, one, "1001")]:
        talk(caller, callee, number)
        caller.hang_up()
        both_closed(caller, callee)


def refusal(phone: Baresip, number: str) -> str:
    phone.forget()
    phone.dial(number)
    return phone.wait_closed()


def test_a_phone_without_srtp_is_refused_where_it_is_required_and_the_record_says_why(office: Office) -> None:
    house = House(office)
    house.encrypts("1001", "required")
    phone = office.phone("1001", TONE_1001, "tls")
    other = office.phone("1002", TONE_1002, "tls", "srtp")
    for caller, number, sip in [(phone, "1002", 488), (other, "1001", 488)]:
        assert "488" in refusal(caller, number)
        call = house.last_call()
        assert call["sip_status"] == sip, call
        told = [step for step in call["trace"] if step["data"]["step"] == "encryption_refused"]
        assert told and told[0]["data"]["party"] == "1001" and told[0]["data"]["why"] == "not_spoken", call["trace"]


def test_keys_over_sip_in_clear_are_refused(office: Office) -> None:
    house = House(office)
    phone = office.phone("1001", TONE_1001, "udp", "srtp-mandf")
    office.phone("1002", TONE_1002)
    assert "488" in refusal(phone, "1002")
    why = [step["data"].get("why") for step in house.last_call()["trace"]]
    assert "clear_signalling" in why, why


def test_hold_and_resume_keep_the_call_encrypted(office: Office) -> None:
    one, other = office.phone("1001", TONE_1001, "tls", "srtp-mand"), office.phone("1002", TONE_1002)
    talk(one, other, "1002")
    capture = office.capture()
    for _ in range(2):
        one.hold()
        capture.wait_silent(other)
        one.resume()
        # What the encrypted phone says is in clear on the other leg alone.
        capture.wait_tone(other, TONE_1001)
    is_encrypted(capture, one)
    one.hang_up()
    both_closed(one, other)


def test_ten_thousand_wrong_tags_do_no_harm(office: Office) -> None:
    if os.geteuid() != 0:
        raise Skip("only root can send in the name of a phone")
    house = House(office)
    one, other = office.phone("1001", TONE_1001, "tls", "srtp-mand"), office.phone("1002", TONE_1002)
    capture = office.capture()
    talk(one, other, "1002")
    capture.wait_for_rtp(20)
    first, last = one.rtp_ports
    rows = capture.fields(f"rtp && udp.srcport >= {first} && udp.srcport <= {last}", "udp.srcport", "udp.dstport", "rtp.ssrc", "rtp.seq")
    source, target, ssrc, sequence = (int(value, 0) for value in rows[-1])
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        for n in range(FORGED):
            # Every other one with the phone's own source and a number that it is about to use.
            header = struct.pack("!BBHII", 0x80, 0, (sequence + 100 + n) & 0xFFFF, n * 160, ssrc if n % 2 else n)
            udp = struct.pack("!HHHH", source, target, 8 + 12 + TAGGED, 0) + header + b"\xee" * TAGGED
            ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), n & 0xFFFF, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1")
            raw.sendto(ip + udp, ("127.0.0.1", 0))
            if n % 20 == 0:
                # The socket's queue holds only so many: what is to be tried is the tag and not the queue.
                time.sleep(0.005)
            if n % 2500 == 0:
                hear_each_other(one, other)
    hear_each_other(one, other)
    one.hang_up()
    both_closed(one, other)
    quality = house.last_call()["quality"]["caller"]
    # A busy machine may lose some on their way all the same, forged and genuine ones alike; that both hear each other is what counts.
    assert quality["dropped"] > FORGED / 2 and quality["lost"] < quality["received"] / 4, quality
