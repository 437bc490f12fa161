"""`pabxd backup`, `restore` and `rekey`: while calls run, with the wrong words, and killed at any moment."""

import random
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing

from harness.office import Office
from harness.pabxd import binary
from web.client import Client
from web.world import PASSWORD, boss, socket_of

PASSPHRASE = "sete gatos no telhado"
KILLS = 12
SEED = 20261125


def command(office: Office, *words: str, answer: str = PASSPHRASE, status: int = 0) -> str:
    line = [str(binary()), words[0], "--config", str(office.pabxd.config), *words[1:]]
    done = subprocess.run(line, input=answer + "\n", capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def passwords(office: Office) -> list[tuple[str, str]]:
    """What the sealed column says, row by row: it changes with each sealing."""
    with closing(sqlite3.connect(f"file:{office.pabxd.folder}/state/pabx.db?mode=ro", uri=True)) as database:
        return database.execute("SELECT extension_id, hex(password) FROM extensions ORDER BY 1").fetchall()


def is_whole(office: Office) -> None:
    """The database, its key and its audit fit together."""
    assert "the audit is whole" in command(office, "audit", "verify")
    with closing(sqlite3.connect(office.pabxd.folder / "state/pabx.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_backup_made_during_a_call_brings_everything_back(office: Office) -> None:
    chief, pabxd, file = boss(office), office.pabxd, office.folder / "box.backup"
    one, other = office.phone("1001", 1000), office.phone("1002", 600)
    one.dial("1002")
    other.wait_incoming()
    other.accept()
    one.wait_established()
    before = pabxd.certificate.read_bytes()
    command(office, "backup", str(file))
    one.hears(other.frequency)
    one.hang_up()
    assert file.stat().st_mode & 0o777 == 0o600
    octets = file.read_bytes()
    assert b"SQLite" not in octets and b"1001" not in octets and b"PRIVATE" not in octets
    assert "exists" in command(office, "backup", str(file), status=1), "nothing is overwritten"
    late = chief.made("/accounts", {"name": "Late", "slug": "late", "domain": "late.test", "max_extensions": 5})
    assert "in use" in command(office, "restore", str(file), status=1), "not under a running daemon"
    pabxd.stop()
    # A box that was lost: nothing of it is left.
    shutil.rmtree(pabxd.folder / "state")
    assert "1 accounts" in command(office, "restore", str(file))
    is_whole(office)
    pabxd.start()
    assert pabxd.certificate.read_bytes() == before
    again = Client(socket_of(office)).signed_in("admin", PASSWORD.format("boss"))
    assert late["account_id"] not in [account["account_id"] for account in again.all("/accounts")]
    chief.get("/me").refused(401, "unauthenticated")
    for phone in (one, other):
        phone.close()
    office.phone("1003", 1400)


def test_a_restore_is_undone(office: Office) -> None:
    chief, file = boss(office), office.folder / "box.backup"
    command(office, "backup", str(file))
    late = chief.made("/accounts", {"name": "Late", "slug": "late", "domain": "late.test", "max_extensions": 5})
    office.pabxd.stop()
    command(office, "restore", str(file))
    command(office, "restore", "--undo")
    is_whole(office)
    office.pabxd.start()
    again = Client(socket_of(office)).signed_in("admin", PASSWORD.format("boss"))
    assert late["account_id"] in [account["account_id"] for account in again.all("/accounts")]


def test_what_is_no_backup_changes_nothing(office: Office) -> None:
    boss(office)
    file, other = office.folder / "box.backup", office.folder / "other"
    command(office, "backup", str(file))
    office.pabxd.stop()
    before = passwords(office)
    octets = file.read_bytes()
    assert "passphrase" in command(office, "restore", str(file), answer="another passphrase", status=1)
    for bad in (octets[:-1], octets[:2000], octets[:1000] + b"x" + octets[1001:], b"", b"PK" * 100, octets + b"x"):
        other.write_bytes(bad)
        assert "nothing was changed" in command(office, "restore", str(other), status=1)
    assert "fewer than 12" in command(office, "backup", str(office.folder / "b"), answer="short", status=1)
    assert passwords(office) == before and not (office.pabxd.folder / "state/replace.new").exists()
    is_whole(office)


def test_another_key_keeps_everything_and_forgets_the_old_one(office: Office) -> None:
    boss(office)
    assert "in use" in command(office, "rekey", status=1)
    office.pabxd.stop()
    state = office.pabxd.folder / "state"
    key, sealed = (state / "sealing.key").read_text(), passwords(office)
    command(office, "rekey")
    is_whole(office)
    assert (state / "sealing.key").read_text() != key and not set(passwords(office)) & set(sealed)
    old = [bytes.fromhex(value) for _, value in sealed]
    for file in state.rglob("*"):
        octets = file.read_bytes() if file.is_file() else b""
        assert key.encode() not in octets and not any(value in octets for value in old), file
    office.pabxd.start()
    Client(socket_of(office)).signed_in("admin", PASSWORD.format("boss"))
    office.phone("1001", 1000)


def killed(office: Office, words: list[str], after: float) -> bool:
    """Starts a command and kills it; whether it had come to its end."""
    line = [str(binary()), words[0], "--config", str(office.pabxd.config), *words[1:]]
    child = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    child.stdin.write(PASSPHRASE.encode() + b"\n")
    child.stdin.close()
    time.sleep(after)  # The moment is what is tried here.
    child.send_signal(signal.SIGKILL)
    return child.wait() == 0


def seconds_of(office: Office, *words: str) -> float:
    began = time.monotonic()
    command(office, *words)
    return time.monotonic() - began


def moments(whole: float) -> list[float]:
    """From the beginning to a little after the end, more of them towards the end, where files are put in place."""
    rng = random.Random(SEED)
    return [whole * (1.05 - 0.75 * rng.random() ** 2) for _ in range(KILLS)]


def test_killed_while_the_key_is_changed_it_is_the_old_or_the_new(office: Office) -> None:
    boss(office)
    office.pabxd.stop()
    done = 0
    for after in moments(seconds_of(office, "rekey")):
        before = passwords(office)
        done += killed(office, ["rekey"], after)
        is_whole(office)
        new = passwords(office)
        assert new == before or not set(new) & set(before), "some rows are of the old key and some of the new one"
    print(f"{done} of {KILLS} came to their end")
    office.pabxd.start()
    office.phone("1001", 1000)


def test_killed_while_it_restores_it_is_the_old_or_the_new(office: Office) -> None:
    chief, file = boss(office), office.folder / "box.backup"
    command(office, "backup", str(file))
    chief.made("/accounts", {"name": "Late", "slug": "late", "domain": "late.test", "max_extensions": 5})
    office.pabxd.stop()
    state, old = office.pabxd.folder / "state", office.folder / "old"
    shutil.copytree(state, old, ignore=shutil.ignore_patterns("*.sock"))
    whole = seconds_of(office, "restore", str(file))
    seen = set()
    for after in moments(whole):
        shutil.rmtree(state)
        shutil.copytree(old, state)
        killed(office, ["restore", str(file)], after)
        is_whole(office)
        with closing(sqlite3.connect(state / "pabx.db")) as database:
            accounts = database.execute("SELECT count(*) FROM accounts").fetchone()[0]
            restored = database.execute("SELECT count(*) FROM audit WHERE action = 'backup.restore'").fetchone()[0]
        assert (accounts, restored) in ((2, 0), (1, 1)), (accounts, restored)
        seen.add(accounts)
    print(f"accounts seen: {seen}")
    office.pabxd.start()
    office.phone("1001", 1000)


def test_killed_while_it_is_made_a_backup_is_refused_and_the_box_goes_on(office: Office) -> None:
    chief = boss(office)
    whole = seconds_of(office, "backup", str(office.folder / "whole"))
    for nth, after in enumerate(moments(whole)):
        file = office.folder / f"backup-{nth}"
        killed(office, ["backup", str(file)], after)
        chief.get("/me").ok()
    # A copy of the database that one of them left is gone with the next backup.
    command(office, "backup", str(office.folder / "backup-last"))
    assert not (office.pabxd.folder / "state/backup.new").exists()
    office.pabxd.stop()
    for file in office.folder.glob("backup-*"):
        line = [str(binary()), "restore", "--config", str(office.pabxd.config), str(file)]
        done = subprocess.run(line, input=PASSPHRASE + "\n", capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0 or "nothing was changed" in done.stderr, done.stderr
        is_whole(office)
