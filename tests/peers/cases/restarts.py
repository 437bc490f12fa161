"""The daemon is killed, stopped and started again."""

from cases.calls import both_closed, talk
from harness.office import Office


def test_after_kill_9_and_a_restart_calls_go_without_a_new_registration(office: Office) -> None:
    caller, callee = office.phone("1001", 1000), office.phone("1002", 600)
    talk(caller, callee, "1002")
    caller.hang_up()
    both_closed(caller, callee)
    for _ in range(2):
        office.pabxd.kill()
        office.pabxd.start()
        talk(caller, callee, "1002")
        caller.hang_up()
        both_closed(caller, callee)
    assert not callee.all_events("REGISTER_OK")[1:], "the phone registered again: that is not what was to be shown"


def test_kill_9_during_a_call_leaves_a_daemon_that_starts_and_calls(office: Office) -> None:
    caller, callee = office.phone("1001", 1000), office.phone("1002", 600)
    talk(caller, callee, "1002")
    office.pabxd.kill()
    caller.hang_up()
    callee.hang_up()
    office.pabxd.start()
    both_closed(caller, callee)
    talk(callee, caller, "1001")
    assert office.pabxd.call_records("interrupted") == 1


def test_sigterm_during_a_call_hangs_up_both_phones_and_keeps_registrations(office: Office) -> None:
    caller, callee = office.phone("1001", 1000), office.phone("1002", 600)
    talk(caller, callee, "1002")
    status = office.pabxd.stop()
    assert status == 0, f"exit status {status}"
    both_closed(caller, callee)
    office.pabxd.start()
    talk(caller, callee, "1002")


def test_a_stopped_daemon_leaves_no_port_open(office: Office) -> None:
    caller, callee = office.phone("1001", 1000), office.phone("1002", 600)
    talk(caller, callee, "1002")
    assert office.pabxd.open_rtp_ports(), "a call has ports"
    caller.hang_up()
    both_closed(caller, callee)
    office.pabxd.wait_no_rtp_ports()
    assert office.pabxd.stop() == 0
