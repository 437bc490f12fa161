"""A network of our own: a namespace with one cable (a tap) to the box, and dnsmasq as the router."""

import ctypes
import os
import random
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

from . import paths  # noqa: F401 (makes harness known)
from harness.process import Child
from harness.wait import until

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
TAP = "tap0"
HERE, BOX = "192.168.77.1", "192.168.77.50"  # the router, and what it gives the box by DHCP
HERE6 = "fd77::1"
MAC = "52:54:00:77:00:50"
SECONDS = 120


def enter() -> None:
    """Leaves the machine's network for one that has nothing in it. For the rest of this process and its children."""
    if LIBC.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "no network namespace: run as root")
    run("ip", "link", "set", "lo", "up")


def run(*command: str, text: str | None = None) -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


class Network:
    """The cable and the router at its other end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._router: Child | None = None
        run("ip", "tuntap", "add", TAP, "mode", "tap")
        # We are the router: an address by our own advertisement would be a second one, and phones would send from it.
        Path(f"/proc/sys/net/ipv6/conf/{TAP}/accept_ra").write_text("0")
        run("ip", "address", "add", f"{HERE}/24", "dev", TAP)
        run("ip", "-6", "address", "add", f"{HERE6}/64", "dev", TAP, "nodad")
        run("ip", "link", "set", TAP, "up")
        self.serve()

    def serve(self, *, ipv4: bool = True, ipv6: bool = False, device: str = TAP, names: bool = True, time_server: bool = False) -> None:
        """DHCP for IPv4, router advertisements for IPv6, and a name server, or some of them."""
        self.stop_router()
        command = [
            "dnsmasq", "--keep-in-foreground", "--log-facility=-", "--conf-file=/dev/null", "--user=root", "--pid-file=",
            f"--interface={device}", "--bind-interfaces", "--except-interface=lo", "--no-resolv", "--no-hosts", "--log-dhcp",
            f"--dhcp-leasefile={self.folder / 'leases'}",
        ]
        if not names:
            command.append("--port=0")
        if ipv4:
            command += [f"--dhcp-range={HERE.rpartition('.')[0]}.50,{BOX},2m", f"--dhcp-host={MAC},{BOX}"]
        if time_server:
            command.append(f"--dhcp-option=option:ntp-server,{HERE}")
        if ipv6:
            command += ["--enable-ra", "--dhcp-range=fd77::,ra-only"]
        self._router = Child("dnsmasq", command, self.folder / "dnsmasq.log")

    def stop_router(self) -> None:
        if self._router is not None:
            self._router.stop()
            self._router = None

    def close(self) -> None:
        self.stop_router()
        subprocess.run(["ip", "link", "delete", TAP], check=False, capture_output=True)


class TimeServer:
    """Answers SNTP (RFC 4330 §5) at this end of the cable, with this machine's time."""

    SINCE_1900 = 2_208_988_800

    def __enter__(self) -> "TimeServer":
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HERE, 123))
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", (HERE, 123))
        self._thread.join()
        self._socket.close()

    def _answer(self) -> None:
        while True:
            question, source = self._socket.recvfrom(512)
            if not question:
                return
            if len(question) < 48:
                continue
            now = time.time() + self.SINCE_1900
            stamp = struct.pack("!II", int(now), int(now % 1 * 2**32))
            # No leap second, version 4, a server; stratum 1; precision about a millisecond.
            head = struct.pack("!BBbb", 0x24, 1, question[2] & 0x7F, -10) + struct.pack("!II4s", 0, 0, b"TEST")
            self._socket.sendto(head + stamp + question[40:48] + stamp + stamp, source)


def certificate_dates(address: str, port: int) -> tuple[int, int]:
    """From when until when (seconds since 1970) the certificate served there is valid."""
    text = run("openssl", "x509", "-noout", "-dates", text=ssl.get_server_certificate((address, port), timeout=SECONDS))
    dates = dict(line.split("=", 1) for line in text.splitlines())
    begins, ends = (ssl.cert_time_to_seconds(dates[name]) for name in ("notBefore", "notAfter"))
    return begins, ends


def tcp_open(address: str, port: int, seconds: float = 2) -> bool:
    """Whether something answers a connection there."""
    try:
        with socket.create_connection((address, port), timeout=seconds):
            return True
    except OSError:
        return False


def pings(address: str) -> bool:
    """Whether the box answers: not at once, for an address is tried out before it is used (RFC 4862 §5.4)."""
    return subprocess.run(["ping", "-6", "-c", "1", "-W", "2", address], check=False, capture_output=True).returncode == 0


def in_uri(address: str) -> str:
    """As it stands in a URI (RFC 3986 §3.2.2)."""
    return f"[{address}]" if ":" in address else address


def sip_answers(address: str, port: int = 5060, seconds: float = 3) -> bool:
    """Whether an OPTIONS by UDP gets an answer."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    host = in_uri(address)
    token = f"{random.getrandbits(48):x}"
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.settimeout(seconds)
        probe.connect((address, port))
        own = in_uri(probe.getsockname()[0])
        request = (
            f"OPTIONS sip:{host} SIP/2.0\r\nVia: SIP/2.0/UDP {own}:{probe.getsockname()[1]};branch=z9hG4bK{token};rport\r\n"
            f"From: <sip:test@{host}>;tag={token}\r\nTo: <sip:{host}>\r\nCall-ID: {token}\r\nCSeq: 1 OPTIONS\r\n"
            "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        )
        try:
            probe.send(request.encode())
            return probe.recv(65536).startswith(b"SIP/2.0 ")
        except OSError:
            return False


def tagged_arp(tag: int, wanted: str, here: str, seconds: float = 2) -> bool:
    """Whether an address answers in the network with that tag. By hand, for not every kernel that tests run on has VLANs."""
    everything = 3  # ETH_P_ALL
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(everything)) as wire:
        wire.bind((TAP, everything))
        own = wire.getsockname()[4]
        question = (
            b"\xff" * 6 + own + b"\x81\x00" + tag.to_bytes(2, "big") + b"\x08\x06" + bytes.fromhex("0001080006040001")
            + own + socket.inet_aton(here) + bytes(6) + socket.inet_aton(wanted)
        )
        wire.settimeout(0.2)
        wire.send(question)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                frame = wire.recv(2048)
            except TimeoutError:
                continue
            # An answer (operation 2) from that address; its tag may have been taken off on the way to us.
            if bytes.fromhex("0001080006040002") in frame[:32] and socket.inet_aton(wanted) in frame[:40]:
                return True
    return False


def wait_sip(address: str, seconds: float = SECONDS) -> None:
    until(lambda: sip_answers(address), seconds, f"SIP answers at {address}")


if __name__ == "__main__":
    sys.exit(os.EX_USAGE)
