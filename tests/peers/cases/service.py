"""The daemon as a service of systemd: readiness, watchdog, stop."""

from harness.office import Office
from harness.systemd import Frozen, Notifications
from harness.wait import until

WATCHDOG_SECONDS = 1.5
PING = "WATCHDOG=1"


def served(office: Office) -> Notifications:
    told = Notifications(office.folder, WATCHDOG_SECONDS)
    office.pabxd.stop()
    office.pabxd.start()
    told.wait_for("READY=1", 10)
    return told


def pings_stop_while_frozen(office: Office, thread: str) -> None:
    told = served(office)
    told.wait_for(PING, 10)
    with Frozen(office.pabxd.child.pid, thread):
        until(lambda: told.quiet_for(PING) > 2 * WATCHDOG_SECONDS, 30, f"no ping while {thread} stands still")
    before = told.count(PING)
    until(lambda: told.count(PING) > before, 15, f"pings come again once {thread} moves")


def test_systemd_is_told_ready_pinged_while_all_is_well_and_told_of_the_stop(office: Office) -> None:
    told = served(office)
    until(lambda: told.count(PING) >= 3, 15, "three watchdog pings")
    assert office.pabxd.stop() == 0
    told.wait_for("STOPPING=1", 5)


def test_no_ping_comes_while_the_engine_stands_still(office: Office) -> None:
    pings_stop_while_frozen(office, "pabxd")


def test_no_ping_comes_while_a_media_thread_stands_still(office: Office) -> None:
    pings_stop_while_frozen(office, "media-0")


def test_no_ping_comes_while_the_store_writer_stands_still(office: Office) -> None:
    pings_stop_while_frozen(office, "store-writer")
