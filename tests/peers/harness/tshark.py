"""What went over the wire: a capture of loopback on our ports, read by tshark."""

import re
import subprocess
import time
from array import array
from pathlib import Path

from . import tones
from .baresip import Baresip
from .process import Child
from .wait import until

# A G.711 packet of 20 ms in a capture file: 160 samples, RTP, UDP, IP, Ethernet and the record's header.
RTP_RECORD = 160 + 12 + 8 + 20 + 14 + 16
STREAMS = 4  # two legs, two ways


def ulaw_sample(octet: int) -> int:
    """ITU-T G.711 µ-law: sign, three bits of exponent, four of mantissa, all inverted."""
    octet = ~octet & 0xFF
    magnitude = (((octet & 0x0F) << 3) + 0x84 << ((octet & 0x70) >> 4)) - 0x84
    return -magnitude if octet & 0x80 else magnitude


ULAW = [ulaw_sample(octet) for octet in range(256)]


class Capture:
    """Captures from `__init__` to `stop`."""

    def __init__(self, folder: Path, sip_port: int, first_port: int, last_port: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.sip_port, self.file = sip_port, folder / "call.pcap"
        only = f"port {sip_port} or (udp and portrange {first_port}-{last_port})"
        command = ["dumpcap", "-q", "-i", "lo", "-f", only, "-P", "-w", str(self.file)]
        self.child = Child("dumpcap", command, folder / "dumpcap.log")
        until(self._capturing, 10, lambda: f"the capture begins\n{self.child.tail()}")

    def _capturing(self) -> bool:
        if not self.child.running():
            raise AssertionError(f"dumpcap ended\n{self.child.tail()}")
        return "File:" in self.child.text()

    def stop(self) -> None:
        self.child.stop()

    def read(self, *options: str) -> str:
        """tshark over the capture, with our SIP port known as one."""
        command = ["tshark", "-n", "-r", str(self.file), "-d", f"udp.port=={self.sip_port},sip"]
        command += ["-d", f"tcp.port=={self.sip_port},sip", "-o", "rtp.heuristic_rtp:TRUE", *options]
        # No check of the status: the last packet of a capture that goes on is often cut off, and tshark says so.
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout

    def fields(self, display_filter: str, *names: str) -> list[list[str]]:
        wanted = [part for name in names for part in ("-e", name)]
        lines = self.read("-Y", display_filter, "-T", "fields", *wanted).splitlines()
        return [line.split("\t") for line in lines]

    def wait_for_rtp(self, packets: int) -> None:
        """Waits until so many packets of sound went each way on both legs."""
        size = packets * STREAMS * RTP_RECORD
        until(lambda: self.file.stat().st_size >= size, 20, f"{packets} packets of sound of each stream are captured")

    def sound_to(self, first_port: int, last_port: int) -> array:
        """What was sent to a phone with these RTP ports until now, decoded from G.711 µ-law."""
        only = f"rtp.p_type == 0 && udp.dstport >= {first_port} && udp.dstport <= {last_port}"
        payloads = self.fields(only, "rtp.payload")
        return array("h", (ULAW[octet] for (payload,) in payloads for octet in bytes.fromhex(payload.replace(":", ""))))

    def wait_tone(self, phone: Baresip, frequency: int) -> None:
        """Waits until that tone, and nothing else, goes to the phone in packets sent from now on."""
        start = len(self.sound_to(*phone.rtp_ports))

        def goes() -> bool:
            fresh = self.sound_to(*phone.rtp_ports)[start:]
            return tones.is_tone(fresh, frequency)

        until(goes, 15, lambda: f"{frequency} Hz goes to {phone.name}")

    def wait_silent(self, phone: Baresip) -> None:
        """Waits for a second in which no sound is sent to the phone."""
        state = {"samples": -1, "since": time.monotonic()}

        def silent() -> bool:
            samples = len(self.sound_to(*phone.rtp_ports))
            if samples != state["samples"]:
                state.update(samples=samples, since=time.monotonic())
            return time.monotonic() - state["since"] >= 1

        until(silent, 15, lambda: f"nothing goes to {phone.name}")

    def malformed(self) -> str:
        """What tshark finds wrong with any packet."""
        return self.read("-Y", "_ws.malformed || sip.resend == 1 || (_ws.expert.severity == \"Error\" && !tcp)")

    def rtp_streams(self) -> list["RtpStream"]:
        rows = (RtpStream.parse(line) for line in self.read("-q", "-z", "rtp,streams").splitlines())
        return [row for row in rows if row is not None]


class RtpStream:
    """A line of tshark's stream analysis."""

    PATTERN = re.compile(
        r"^\s*[\d.]+\s+[\d.]+\s+(?P<from>\S+)\s+(?P<from_port>\d+)\s+(?P<to>\S+)\s+(?P<to_port>\d+)\s+(?P<ssrc>0x\w+)"
        r"\s+(?P<payload>\S+)\s+(?P<packets>\d+)\s+(?P<lost>-?\d+)\s+\((?P<percent>[-\d.]+)%\)(?P<rest>.*)$"
    )

    def __init__(self, match: re.Match) -> None:
        self.source, self.target = int(match["from_port"]), int(match["to_port"])
        self.payload, self.packets, self.lost = match["payload"], int(match["packets"]), int(match["lost"])
        self.problem = match["rest"].rstrip().endswith("X")
        self.line = match[0].strip()

    @classmethod
    def parse(cls, line: str) -> "RtpStream | None":
        match = cls.PATTERN.match(line)
        return cls(match) if match else None
