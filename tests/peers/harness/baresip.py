"""A baresip phone without a sound device: it speaks a tone from a file and keeps what it hears in a file."""

import json
import socket
from array import array
from dataclasses import dataclass
from pathlib import Path

from . import tones
from .place import LOOPBACK, Place
from .ports import PortBlock
from .process import Child
from .wait import Never, until

MODULES = Path("/usr/lib/baresip/modules")
RTP_PORTS = 12
READY_SECONDS = 10
REGISTER_SECONDS = 10
CALL_SECONDS = 10
HEAR_SECONDS = 12

# `aubridge` with nothing at its other end is a player that plays nowhere; `sndfile` keeps what came in and went out.
# Both it and `aufile` cut paths after 127 characters, so all are relative to the phone's folder, where it runs.
CONFIG = """\
poll_method epoll
sip_listen {address}:{sip}
net_interface {address}
call_local_timeout 120
call_max_calls 4
audio_player aubridge,{name}
audio_source aufile,{tone}
audio_alert aubridge,{name}-alert
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_level no
rtp_ports {rtp_first}-{rtp_last}
rtcp_mux no
jitter_buffer_delay 1-5
rtp_stats yes
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module srtp.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {address}:{control}
snd_path {recordings}
statmode_default off
"""


@dataclass(frozen=True)
class Account:
    """How a phone knows the PBX."""

    user: str
    password: str
    domain: str
    server: str  # host:port
    transport: str = "udp"
    auth_user: str = ""
    expires: int = 300
    answer: str = "manual"  # or auto
    mediaenc: str = ""  # srtp: where the other end can; srtp-mand and srtp-mandf: nothing else

    def line(self) -> str:
        return (
            f"<sip:{self.user}@{self.domain}>;auth_user={self.auth_user or self.user};auth_pass={self.password}"
            f';outbound="sip:{self.server};transport={self.transport}";regint={self.expires}'
            f";answermode={self.answer};audio_codecs=pcmu" + (f";mediaenc={self.mediaenc}" if self.mediaenc else "")
        )


class Control:
    """baresip's ctrl_tcp: JSON in netstrings. Keeps every event that came, in order."""

    def __init__(self, address: str, port: int) -> None:
        self.events: list[dict] = []
        self.answers: dict[str, dict] = {}
        self._tokens = 0
        self._buffer = b""
        self._socket = socket.create_connection((address, port), timeout=2)
        self._socket.setblocking(False)

    def command(self, command: str, params: str = "", seconds: float = 5) -> str:
        self._tokens += 1
        token = str(self._tokens)
        body = json.dumps({"command": command, "params": params, "token": token}).encode()
        self._socket.sendall(b"%d:%s," % (len(body), body))
        answer = until(lambda: self.read() or self.answers.pop(token, None), seconds, f"baresip answers {command}")
        return answer.get("data", "")

    def read(self) -> None:
        """Takes in what has arrived."""
        try:
            while chunk := self._socket.recv(65536):
                self._buffer += chunk
        except (BlockingIOError, ConnectionError):
            pass
        while (message := self._next()) is not None:
            if message.get("event"):
                self.events.append(message)
            else:
                self.answers[message.get("token", "")] = message

    def _next(self) -> dict | None:
        length, colon, rest = self._buffer.partition(b":")
        if not colon or len(rest) <= int(length):
            return None
        self._buffer = rest[int(length) + 1:]
        return json.loads(rest[: int(length)])

    def close(self) -> None:
        self._socket.close()


class Baresip:
    """One running phone. Events of earlier calls do not count: each `wait_for` looks after the last `forget`."""

    def __init__(self, name: str, folder: Path, ports: PortBlock, frequency: int, place: Place = LOOPBACK) -> None:
        self.name, self.folder, self.frequency, self.place = name, folder, frequency, place
        self.recordings = folder / "heard"
        self.recordings.mkdir(parents=True)
        tone = folder / "tone.wav"
        tones.write_tone(tone, frequency)
        self.sip_port = ports.take(2)  # baresip listens for TLS on the next one
        control = ports.take()
        self.rtp_ports = rtp_first, rtp_last = ports.take_rtp(RTP_PORTS)
        config = CONFIG.format(
            name=name, address=place.address, sip=self.sip_port, control=control, rtp_first=rtp_first, rtp_last=rtp_last, tone=tone.name,
            recordings=self.recordings.name, modules=MODULES,
        )
        (folder / "config").write_text(config)
        (folder / "accounts").write_text("")
        (folder / "contacts").write_text("")
        self.child = Child(f"baresip {name}", place.command(["baresip", "-f", str(folder)]), folder / "log", cwd=folder)
        self._control = until(lambda: self._connect(control), READY_SECONDS, lambda: f"{name} is ready\n{self.child.tail()}")
        self._from = 0

    def _connect(self, port: int) -> Control | None:
        if not self.child.running():
            raise AssertionError(f"{self.name} ended at its start\n{self.child.tail()}")
        try:
            return Control(self.place.address, port)
        except OSError:
            return None

    # Events

    def events(self, kind: str) -> list[dict]:
        self._control.read()
        return [event for event in self._control.events[self._from:] if event["type"] == kind]

    def all_events(self, kind: str) -> list[dict]:
        """Also those of earlier calls."""
        self._control.read()
        return [event for event in self._control.events if event["type"] == kind]

    def forget(self) -> None:
        """What happened until now is past."""
        self._control.read()
        self._from = len(self._control.events)

    def wait_for(self, kind: str, seconds: float = CALL_SECONDS) -> dict:
        return until(lambda: self.events(kind), seconds, lambda: f"{self.name} sees {kind}\n{self.story()}")[-1]

    def story(self) -> str:
        kinds = [f"{event['type']}({event.get('param', '')})" for event in self._control.events]
        return f"{self.name} saw: {' '.join(kinds) or 'nothing'}\n{self.child.tail()}"

    # Registration

    def add_account(self, account: Account) -> None:
        self.account = account
        self.forget()
        self._control.command("uanew", account.line())

    def register(self, account: Account) -> None:
        self.add_account(account)
        self.wait_for("REGISTER_OK", REGISTER_SECONDS)

    def try_to_register(self, account: Account) -> str:
        """Registers where it is expected to fail; answers what baresip was told."""
        self.add_account(account)
        return self.wait_for("REGISTER_FAIL", REGISTER_SECONDS).get("param", "")

    def unregister(self) -> None:
        self._control.command("uadel", f"sip:{self.account.user}@{self.account.domain}")

    # Calls

    def dial(self, number: str) -> None:
        self.forget()
        self._control.command("dial", f"sip:{number}@{self.account.domain}")

    def wait_ringing_out(self) -> None:
        self.wait_for("CALL_RINGING")

    def wait_incoming(self, seconds: float = CALL_SECONDS) -> dict:
        return self.wait_for("CALL_INCOMING", seconds)

    def accept(self) -> None:
        self._control.command("accept")

    def wait_established(self) -> None:
        self.wait_for("CALL_ESTABLISHED")

    def hang_up(self) -> None:
        self._control.command("hangup")

    def wait_closed(self, seconds: float = CALL_SECONDS) -> str:
        """Waits for the end of the call; answers the reason baresip gives."""
        return self.wait_for("CALL_CLOSED", seconds).get("param", "")

    def hold(self) -> None:
        self._control.command("hold")

    def resume(self) -> None:
        self._control.command("resume")

    def press(self, digit: str) -> None:
        """One key, as a telephone-event (RFC 4733)."""
        self._control.command("sndcode", digit)

    def wait_for_digit(self, digit: str) -> None:
        def came() -> bool:
            return any(event.get("param") == digit for event in self.events("CALL_DTMF_START"))

        until(came, CALL_SECONDS, lambda: f"{self.name} receives {digit}\n{self.story()}")

    # Sound

    def heard(self) -> array:
        """What the phone has heard in its present or last call, until it was held: baresip stops writing there."""
        files = sorted(self.recordings.glob("*-dec.wav"), key=lambda file: file.stat().st_mtime_ns)
        return tones.read_growing_wav(files[-1]) if files else array("h")

    def hears(self, frequency: int, seconds: float = HEAR_SECONDS) -> None:
        """Waits until that tone, and nothing else, has come out for a while just now."""
        start = len(self.heard())
        fresh = int(tones.WINDOW * tones.RATE)

        def recognised() -> bool:
            samples = self.heard()
            return len(samples) - start >= fresh and tones.is_tone(samples, frequency)

        until(recognised, seconds, lambda: f"{self.name} hears {frequency} Hz; {self.describe()}\n{self.child.tail()}")

    def lacks(self, frequency: int) -> None:
        samples = self.heard()
        if not tones.lacks_tone(samples, frequency):
            raise AssertionError(f"{self.name} hears {frequency} Hz and must not; {self.describe()}")

    def describe(self) -> str:
        samples = self.heard()
        end = samples[-int(tones.WINDOW * tones.RATE):]
        what = str(tones.analyse(end)) if end else "nothing at all"
        return f"it hears {what} ({len(samples) / tones.RATE:.2f} s recorded)"

    def close(self) -> None:
        try:
            self._control.command("quit", seconds=2)
            self.child.wait(2)
        except (Never, OSError):
            self.child.kill()
        self._control.close()
