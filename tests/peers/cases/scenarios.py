"""SIPp against pabxd: its own scenarios and ours."""

from harness.office import Office

# What a phone refuses with, and what its caller is told: a B2BUA passes on what concerns the person, and turns what
# concerns only its own leg to the device into 480.
TOLD = {
    "403": 403, "404": 480, "408": 480, "480": 480, "486": 486, "488": 488, "500": 480, "503": 480, "600": 600,
    "603": 603, "606": 606,
}
RING_SECONDS = 25  # what an extension rings, unless it is told otherwise
LOSS_PERCENT, LOSS_CALLS = "5", 20


def test_a_phone_signs_in(office: Office) -> None:
    office.signed("register", "1001").succeeds()


def test_a_phone_signs_in_over_tcp(office: Office) -> None:
    office.signed("register", "1001", transport="tcp").succeeds()


def test_a_phone_signs_in_and_out(office: Office) -> None:
    office.signed("register_and_leave", "1001").succeeds()
    call = office.signed("call_fails", "1002", {"to": "1001", "status": "480"})
    call.succeeds()


def test_a_wrong_password_is_never_accepted(office: Office) -> None:
    run = office.signed("register_wrong_password", "1001", {"password": "not-the-password"})
    run.succeeds()
    assert set(run.statuses()) == {401}, run.statuses()
    # And nothing was registered by it.
    office.signed("call_fails", "1002", {"to": "1001", "status": "480"}).succeeds()


def test_an_unknown_user_gets_the_same_as_a_wrong_password(office: Office) -> None:
    keys = {"user": "1999", "auth_user": "1999", "password": "whatever"}
    run = office.sipp("register_wrong_password", keys)
    run.succeeds()
    assert set(run.statuses()) == {401}, run.statuses()


def test_a_registration_that_is_too_brief_is_told_the_least(office: Office) -> None:
    office.signed("register_brief", "1001").succeeds()


def test_a_repeated_request_without_credentials_is_answered_each_time(office: Office) -> None:
    run = office.signed("register_twice", "1001")
    run.succeeds()
    assert run.statuses() == [401, 401], run.statuses()


def test_an_invite_with_a_wrong_password_rings_nowhere(office: Office) -> None:
    phone = office.registered("answers", "1002")
    office.signed("call_wrong_password", "1001", {"to": "1002", "password": "not-the-password"}).succeeds()
    assert phone.child.running() and "INVITE" not in phone.requests(), phone.requests()


def test_sipps_own_caller_without_credentials_is_challenged_and_no_more(office: Office) -> None:
    run = office.sipp("uac", options=("-s", "1002"), seconds=5)
    assert run.finishes() != 0
    assert set(run.statuses()) == {401}, run.statuses()


def test_sipps_own_phone_is_called(office: Office) -> None:
    phone = office.registered("uas", "1002")
    office.signed("call", "1001", {"to": "1002"}).succeeds()
    phone.succeeds()


def test_a_caller_on_tcp_reaches_a_phone_on_udp(office: Office) -> None:
    phone = office.registered("uas", "1002")
    office.signed("call", "1001", {"to": "1002"}, transport="tcp").succeeds()
    phone.succeeds()


def test_a_phone_that_hangs_up_ends_the_call_for_the_caller(office: Office) -> None:
    phone = office.registered("hangs_up", "1002")
    office.signed("call_is_ended", "1001", {"to": "1002"}).succeeds()
    phone.succeeds()


def test_sound_before_the_answer_is_told_to_the_caller(office: Office) -> None:
    phone = office.registered("answers_late", "1002")
    office.signed("call_early", "1001", {"to": "1002"}).succeeds()
    phone.succeeds()


def test_each_refusal_reaches_the_caller(office: Office) -> None:
    port = office.ports.take()  # one phone: a second contact would be rung as well
    for refusal, told in TOLD.items():
        phone = office.registered("refuses", "1002", {"status": refusal}, port=port)
        office.signed("call_fails", "1001", {"to": "1002", "status": str(told)}).succeeds()
        phone.succeeds()


def test_an_unknown_number_gets_404(office: Office) -> None:
    office.signed("call_fails", "1001", {"to": "1999", "status": "404"}).succeeds()


def test_a_number_without_a_phone_gets_480(office: Office) -> None:
    office.signed("call_fails", "1001", {"to": "1003", "status": "480"}).succeeds()


def test_a_phone_that_nobody_answers_gets_480_and_stops_ringing(office: Office) -> None:
    phone = office.registered("rings", "1002", seconds=RING_SECONDS + 15)
    office.signed("call_fails", "1001", {"to": "1002", "status": "480"}, seconds=RING_SECONDS + 15).succeeds()
    phone.succeeds()


def test_a_cancelled_call_gets_487_and_stops_ringing(office: Office) -> None:
    phone = office.registered("rings", "1002")
    office.signed("call_cancelled", "1001", {"to": "1002"}).succeeds()
    phone.succeeds()


def test_a_repeated_invite_makes_one_call_and_a_late_ack_repeats_the_200(office: Office) -> None:
    phone = office.registered("answers", "1002", {"linger": "500"})
    caller = office.signed("call_repeats_itself", "1001", {"to": "1002"})
    caller.succeeds()
    phone.succeeds()
    assert phone.requests().count("INVITE") == 1, phone.requests()
    answers = [message for message in caller.received() if message.startswith("SIP/2.0 200") and "INVITE" in message]
    assert len(answers) >= 2, f"the 200 came {len(answers)} times"


def test_a_call_whose_ack_never_comes_is_ended(office: Office) -> None:
    phone = office.registered("answers", "1002", seconds=60)
    office.signed("call_without_ack", "1001", {"to": "1002"}, seconds=50).succeeds()
    phone.succeeds()


def test_calls_go_through_where_packets_are_lost(office: Office) -> None:
    phone = office.registered("answers", "1002", {"linger": "4000"}, calls=LOSS_CALLS, seconds=60)
    lossy = ("-lost", LOSS_PERCENT, "-r", "5", "-max_retrans", "12")
    caller = office.signed("call", "1001", {"to": "1002"}, calls=LOSS_CALLS, seconds=60, options=lossy)
    caller.succeeds()
    phone.succeeds()


def test_options_from_a_stranger_tells_nothing_of_who_exists(office: Office) -> None:
    answers = [office.sipp("options", {"to": number, "status": "401"}) for number in ("1001", "1999")]
    for run in answers:
        run.succeeds()
    assert len(answers[0].received()[0]) == len(answers[1].received()[0])
