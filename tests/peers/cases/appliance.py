"""The box around the daemon: self-test, control socket, sound, clock, console."""

import array
import hashlib
import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path

from cases.calls import both_closed, talk
from harness import tones
from harness.office import Office, Skip
from harness.pabxd import Pabxd, binary
from harness.place import PREFIX
from harness.systemd import Frozen
from harness.wait import until

PARTS = ["daemon", "engine", "media", "store", "edge", "call"]
SELF_TEST_SECONDS = 16
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")


def boxed(office: Office, more: str = "") -> Path:
    """Starts a daemon with a control socket; answers the socket. Its path is short, as sun_path is."""
    folder = Path(tempfile.mkdtemp(prefix="pabx-"))
    office.closes(lambda: shutil.rmtree(folder, ignore_errors=True))
    path = folder / "control.sock"
    office.start_pabxd(f'[control]\nsocket = "{path}"\n{more}')
    until(path.exists, 5, "the control socket is there")
    return path


def command(pabxd: Pabxd, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    line = [str(binary()), words[0], "--config", str(pabxd.config), *words[1:]]
    environment = os.environ | (env or {})
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False, env=environment)


def self_test(pabxd: Pabxd) -> tuple[int, dict[str, str]]:
    """Exit status, and what is said of each part."""
    started = time.monotonic()
    done = command(pabxd, "self-test")
    took = time.monotonic() - started
    assert took < SELF_TEST_SECONDS, f"it took {took:.1f} s"
    return done.returncode, dict(line.split(": ", 1) for line in done.stdout.splitlines())


def ask(path: Path, *lines: bytes, patience: float = 30) -> list[dict]:
    """Sends lines over one connection; the answers until it has as many, or the daemon hangs up."""
    with closing(socket.socket(socket.AF_UNIX)) as asking:
        asking.settimeout(patience)
        asking.connect(str(path))
        for line in lines:
            asking.sendall(line)
        answers = b""
        while answers.count(b"\n") < len(lines):
            piece = asking.recv(65536)
            if not piece:
                break
            answers += piece
    return [json.loads(line) for line in answers.splitlines()]


def order(ask_for: str, **more: object) -> bytes:
    return json.dumps({"ask": ask_for, **more}).encode() + b"\n"


def records(pabxd: Pabxd, columns: str = "*") -> list[tuple]:
    with closing(sqlite3.connect(f"file:{pabxd.folder}/state/pabx.db?mode=ro", uri=True)) as database:
        return database.execute(f"SELECT {columns} FROM call_stats").fetchall()


def test_a_healthy_daemon_passes_the_self_test_and_keeps_no_trace_of_it(office: Office) -> None:
    path = boxed(office)
    for _ in range(2):
        assert self_test(office.pabxd) == (0, dict.fromkeys(PARTS, "ok"))
    status = ask(path, order("status"))[0]["ok"]
    assert (status["calls"], status["registrations"]) == (0, 0), status
    office.pabxd.wait_no_rtp_ports()
    assert "call " not in office.pabxd.child.text(), office.pabxd.child.tail()
    assert office.pabxd.stop() == 0
    assert records(office.pabxd) == []
    assert not path.exists(), "the socket goes with the daemon"


def test_the_self_test_passes_beside_calls_and_does_not_count_as_one(office: Office) -> None:
    path = boxed(office, "[calls]\nmax_calls = 1\n")
    caller, callee = office.phone("1001", 1000), office.phone("1002", 600)
    talk(caller, callee, "1002")
    assert ask(path, order("status"))[0]["ok"]["calls"] == 1
    assert self_test(office.pabxd)[0] == 0
    talk_goes_on = ask(path, order("status"))[0]["ok"]["calls"]
    assert talk_goes_on == 1
    caller.hang_up()
    both_closed(caller, callee)


def test_the_self_test_fails_where_no_daemon_is(office: Office) -> None:
    path = boxed(office)
    office.pabxd.kill()
    assert path.exists(), "kill -9 leaves the socket behind"
    status, parts = self_test(office.pabxd)
    assert status == 1 and parts["daemon"].startswith("FAILED") and list(parts) == ["daemon"], parts
    office.pabxd.start()
    assert self_test(office.pabxd)[0] == 0, "a socket of a dead daemon is replaced"


def fails_while_frozen(office: Office, thread: str, broken: set[str]) -> None:
    boxed(office)
    with Frozen(office.pabxd.child.pid, thread):
        status, parts = self_test(office.pabxd)
    failed = {part for part, said in parts.items() if said.startswith("FAILED")}
    assert status == 1 and failed == broken, parts
    assert self_test(office.pabxd)[0] == 0, "all is well once it moves"


def test_the_self_test_fails_while_a_media_thread_stands_still(office: Office) -> None:
    fails_while_frozen(office, "media-0", {"media", "call"})


def test_the_self_test_fails_while_the_store_writer_stands_still(office: Office) -> None:
    fails_while_frozen(office, "store-writer", {"store"})


def test_the_self_test_fails_while_the_edge_stands_still(office: Office) -> None:
    fails_while_frozen(office, "edge", {"edge"})


def test_the_self_test_fails_while_the_engine_stands_still(office: Office) -> None:
    fails_while_frozen(office, "pabxd", {"daemon"})


def test_the_self_test_fails_where_calls_come_about_without_sound(office: Office) -> None:
    boxed(office)
    other = office.ports.take()
    # Sound is bound to another address than the one that callers on 127.0.0.1 are told.
    text = office.pabxd.config.read_text()
    text = text.replace('listen = ["127.0.0.1:', f'listen = ["127.0.0.2:{other}", "127.0.0.1:')
    office.pabxd.config.write_text(text.replace('listen = "127.0.0.1"', 'listen = "127.0.0.2"'))
    office.pabxd.stop()
    office.pabxd.start()
    text = office.pabxd.config.read_text()
    first = re.search(r'listen = \["127.0.0.2:\d+", ("127.0.0.1:\d+")\]', text)[1]
    # The phone goes by the first loopback address of its own configuration.
    probe = office.folder / "probe.toml"
    probe.write_text(re.sub(r"listen = \[.*\]", f"listen = [{first}]", text).replace('"127.0.0.2"', '"127.0.0.1"'))
    office.pabxd.config = probe
    status, parts = self_test(office.pabxd)
    assert status == 1 and "not heard" in parts["call"], parts
    assert {parts[part] for part in PARTS[:-1]} == {"ok"}, parts


def signed_options(server: tuple[str, int], source: str, who: dict[str, str]) -> list[int]:
    """OPTIONS, once more with credentials when it is challenged; the statuses."""
    statuses, credentials = [], ""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as phone:
        phone.bind((source, 0))
        phone.settimeout(5)
        host, port = phone.getsockname()
        uri = f"sip:{who['domain']}"
        for sequence in (1, 2):
            phone.sendto(
                f"OPTIONS {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{port}.{sequence};rport\r\n"
                f"Max-Forwards: 70\r\nFrom: <sip:{who['username']}@{who['domain']}>;tag=a\r\nTo: <{uri}>\r\n"
                f"Call-ID: {port}\r\nCSeq: {sequence} OPTIONS\r\n{credentials}Content-Length: 0\r\n\r\n".encode(),
                server,
            )
            answer = phone.recv(65536).decode()
            statuses.append(int(answer.split()[1]))
            if statuses[-1] != 401:
                break
            nonce, realm = re.search(r'nonce="([^"]*)"', answer)[1], re.search(r'realm="([^"]*)"', answer)[1]
            credentials = digest(who, realm, nonce, uri)
    return statuses


def digest(who: dict[str, str], realm: str, nonce: str, uri: str) -> str:
    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    secret = md5(f"{who['username']}:{realm}:{who['password']}")
    response = md5(f"{secret}:{nonce}:00000001:c:auth:{md5(f'OPTIONS:{uri}')}")
    return (
        f'Authorization: Digest username="{who["username"]}",realm="{realm}",nonce="{nonce}",uri="{uri}",'
        f'response="{response}",algorithm=MD5,cnonce="c",qop=auth,nc=00000001\r\n'
    )


def own_address() -> str:
    """An address of this machine that is not loopback, nor another test's (harness/place.py)."""
    listed = subprocess.run(["ip", "-4", "-o", "addr", "show", "scope", "global"], capture_output=True, text=True, check=False)
    lines = [line for line in listed.stdout.splitlines() if PREFIX not in line]
    found = re.search(r"inet ([0-9.]+)/", "\n".join(lines))
    if not found:
        raise Skip("this machine has no address but loopback")
    return found[1]


def test_the_identity_of_the_self_test_is_good_from_loopback_and_from_nowhere_else(office: Office) -> None:
    path = boxed(office)
    outside = own_address()
    text = office.pabxd.config.read_text()
    text = text.replace('listen = ["127.0.0.1:', 'listen = ["0.0.0.0:').replace('listen = "127.0.0.1"', 'listen = "0.0.0.0"')
    office.pabxd.config.write_text(text)
    first = ask(path, order("self-test-credentials"))[0]["ok"]
    office.pabxd.stop()
    office.pabxd.start()
    who = ask(path, order("self-test-credentials"))[0]["ok"]
    assert len(who["password"]) >= 24 and who["password"] != first["password"], "new at each start"
    port = office.pabxd.port
    assert signed_options(("127.0.0.1", port), "127.0.0.1", who) == [401, 200]
    assert signed_options((outside, port), outside, who) == [401, 401]
    assert signed_options(("127.0.0.1", port), "127.0.0.1", first) == [401, 401], "those of before the restart are gone"
    listed = command(office.pabxd, "status").stdout
    assert who["username"] not in listed and who["password"] not in listed


def test_the_control_socket_hears_its_own_user_and_root_only(office: Office) -> None:
    path = boxed(office)
    assert path.stat().st_mode & 0o777 == 0o660, oct(path.stat().st_mode)
    assert ask(path, order("status"))[0]["ok"]["version"]
    if os.getuid() != 0:
        raise Skip("only root can be somebody else")
    path.chmod(0o666)
    path.parent.chmod(0o755)
    code = (
        "import os,socket,sys\nos.setgid(65534)\nos.setuid(65534)\ns=socket.socket(socket.AF_UNIX)\n"
        "s.connect(sys.argv[1])\ns.settimeout(5)\n"
        "try:\n s.sendall(b'{\"ask\":\"self-test-credentials\"}\\n')\n print(len(s.recv(9999)))\n"
        "except (BrokenPipeError, ConnectionResetError): print(0)\n"
    )
    done = subprocess.run(["python3", "-c", code, str(path)], capture_output=True, text=True, timeout=20, check=False)
    assert done.stdout.strip() == "0", done.stdout + done.stderr


def test_the_control_socket_bounds_lines_connections_and_time(office: Office) -> None:
    path = boxed(office)
    kinds = [answer["error"]["kind"] for answer in ask(path, b"nonsense\n", b"{}\n", order("stop-engine"), b"\xff\n")]
    assert kinds == ["malformed"] * 4
    for of_the_box in (order("reboot"), order("factory-reset"), order("network"), order("update")):
        assert ask(path, of_the_box)[0]["error"]["kind"] == "not-an-appliance"
    too_long = ask(path, b'{"ask":"' + b"x" * 100_000 + b'"}\n')
    assert too_long == [] or too_long[0]["error"]["kind"] == "malformed", too_long
    idle = [socket.socket(socket.AF_UNIX) for _ in range(20)]
    for connection in idle:
        connection.settimeout(15)
        connection.connect(str(path))
    closed_at_once = sum(1 for connection in idle if select.select([connection], [], [], 0.2)[0])
    assert closed_at_once == 4, closed_at_once
    assert idle[0].recv(1) == b"", "a silent connection is closed"
    for connection in idle:
        connection.close()
    until(lambda: ask(path, order("status")), 5, "places are given back")


def test_a_call_begun_before_the_clock_is_set_is_told_apart(office: Office) -> None:
    if SYNCHRONISED.exists():
        raise Skip("the clock of this machine is set by the network")
    boxed(office)
    future = int((time.time() + 30 * 86400) * 1000)
    office.pabxd.stop()
    last = office.pabxd.folder / "state" / "last-time"
    noted = int(last.read_text())
    assert abs(noted - time.time() * 1000) < 60_000, "the time of the stop is written down"
    last.write_text(str(future))
    office.pabxd.start()
    caller, callee = office.phone("1001", 1000), office.phone("1002", 600)
    talk(caller, callee, "1002")
    caller.hang_up()
    both_closed(caller, callee)
    assert office.pabxd.stop() == 0
    assert records(office.pabxd, "clock") == [("untrusted",)]
    assert int(last.read_text()) == future, "a time that is not believed is not written down"


def test_the_audio_test_plays_a_tone_at_its_pace(office: Office) -> None:
    office.start_pabxd()
    sound, alsa = office.folder / "out.raw", office.folder / "asound.conf"
    alsa.write_text(
        f'pcm.speaker {{ type file slave.pcm "nothing" file "{sound}" format "raw" }}\npcm.nothing {{ type null }}\n'
    )
    started = time.monotonic()
    done = command(
        office.pabxd, "audio-test", "--device", "speaker", "--seconds", "2", env={"ALSA_CONFIG_PATH": str(alsa)}
    )
    took = time.monotonic() - started
    assert done.returncode == 0, done.stdout + done.stderr
    rate, channels = map(int, re.search(r"(\d+) Hz, (\d+) channels", done.stdout).groups())
    samples = array.array("h", sound.read_bytes())
    assert len(samples) == 2 * rate * channels, f"{len(samples)} samples"
    assert 1.5 < took < 6, f"{took:.1f} s: not at its pace"
    left = samples[:: channels * rate // tones.RATE]
    assert tones.is_tone(left, 1000, 1.5), tones.analyse(left)
    missing = command(office.pabxd, "audio-test", "--device", "none", env={"ALSA_CONFIG_PATH": str(alsa)})
    assert missing.returncode == 1 and "none" in missing.stderr, missing.stderr


class Screen:
    """`pabxd console` on a terminal of its own."""

    def __init__(self, pabxd: Pabxd, language: str) -> None:
        self.child, self.line = pty.fork()
        if self.child == 0:
            os.environ["PABX_LANGUAGE"] = language
            os.execv(binary(), [str(binary()), "console", "--config", str(pabxd.config)])
        self.text = ""

    def shows(self, words: str) -> None:
        """The newest screen has these words."""

        def seen() -> bool:
            while select.select([self.line], [], [], 0)[0]:
                self.text += os.read(self.line, 65536).decode(errors="replace")
            return words in self.text.rpartition("\x1b[2J")[2]

        until(seen, 15, lambda: f"{words} is shown; shown was {self.text[-2000:]!r}")

    def type(self, keys: str) -> None:
        os.write(self.line, keys.encode())

    def close(self) -> None:
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.line)


def test_the_console_tells_the_state_and_asks_before_it_wipes(office: Office) -> None:
    boxed(office)
    screen = Screen(office.pabxd, "en")
    office.closes(screen.close)
    screen.shows("State: serving")
    screen.type("4")
    screen.shows("Gives the super admin a new password")
    screen.type("YES\r")
    screen.shows("Password: ")
    screen.type(" ")
    screen.shows("State: serving")
    screen.type("5")
    screen.shows("Type WIPE")
    screen.type("WIP")
    screen.shows("> WIP")
    screen.type("\x1b")
    screen.shows("State: serving")
    # With its word: refused here, for this is no appliance. Nothing of the machine is touched.
    screen.type("5WIPE\r")
    screen.shows("does not look after the box")
    screen.type(" ")
    office.pabxd.stop()
    screen.shows("State: NOT SERVING")


def test_the_console_speaks_portuguese(office: Office) -> None:
    boxed(office)
    screen = Screen(office.pabxd, "pt-BR")
    office.closes(screen.close)
    screen.shows("Estado: em serviço")
