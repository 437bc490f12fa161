"""Signing in: passwords, tokens, sessions, the second factor, and who guesses."""

import base64
import hashlib
import hmac
import random
import statistics
import struct
import time
from dataclasses import replace

from harness.office import Office
from harness.runner import alone
from web.client import Client
from web.world import PASSWORD, boss, socket_of, world


def code(secret: str, step: int) -> str:
    """RFC 6238, written down once more."""
    key = base64.b32decode(secret)
    tag = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = tag[-1] & 15
    return f"{(struct.unpack('>I', tag[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def test_a_given_password_opens_nothing_until_it_is_changed(office: Office) -> None:
    nobody = Client(socket_of(office))
    given = office.pabxd.demo["admin"]
    first = nobody.signed_in(given["username"], given["password"])
    first.get("/accounts").refused(403, "password-change-required")
    first.post("/auth/password", {"current_password": given["password"], "new_password": "password12345"}).refused(422, "invalid")
    first.post("/auth/password", {"current_password": "wrong", "new_password": PASSWORD}).refused(422, "invalid")
    first.post("/auth/password", {"current_password": given["password"], "new_password": PASSWORD}).ok(204)
    first.get("/accounts").ok()
    nobody.login(given["username"], given["password"]).refused(401, "wrong-credentials")


def test_set_up_is_closed_once_there_is_a_super_admin(office: Office) -> None:
    nobody = Client(socket_of(office))
    assert nobody.get("/setup").ok().json == {"done": True}
    nobody.post("/setup", {"username": "eva", "password": PASSWORD}).refused(409, "conflict")


def test_a_refresh_token_is_good_once_and_a_stolen_one_ends_the_session(office: Office) -> None:
    chief = boss(office)
    nobody = Client(chief.path)
    tokens = nobody.login("admin", PASSWORD.format("boss")).ok().json
    fresh = nobody.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}).ok().json
    late = Client(chief.path, fresh["access_token"])
    late.get("/me").ok()
    nobody.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}).refused(401, "unauthenticated")
    late.get("/me").refused(401, "unauthenticated")
    nobody.post("/auth/refresh", {"refresh_token": fresh["refresh_token"]}).refused(401, "unauthenticated")
    kinds = [alert["kind"] for alert in chief.all("/alerts")]
    assert "token_reuse" in kinds, kinds


def test_signing_out_and_revoking_end_the_token_at_once(office: Office) -> None:
    chief = boss(office)
    nobody = Client(chief.path)
    one, other = (nobody.signed_in("admin", PASSWORD.format("boss")) for _ in range(2))
    one.post("/auth/logout").ok(204)
    one.get("/me").refused(401, "unauthenticated")
    sessions = chief.get("/auth/sessions").ok().json["items"]
    theirs = [session["session_id"] for session in sessions if not session["current"]]
    for session in theirs:
        chief.delete(f"/auth/sessions/{session}").ok(204)
    other.get("/me").refused(401, "unauthenticated")
    chief.get("/me").ok()


def test_a_browser_has_a_cookie_and_must_show_its_token_against_forgery(office: Office) -> None:
    chief = boss(office)
    nobody = Client(chief.path)
    answer = nobody.login("admin", PASSWORD.format("boss"), browser=True).ok()
    cookie = answer.headers["set-cookie"]
    for part in ("__Host-session=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie, cookie
    assert "access_token" not in answer.json
    browser = Client(chief.path, headers={"cookie": cookie.split(";")[0]})
    browser.get("/me").ok()
    key = {"name": "k", "permissions": ["calls.read"]}
    browser.post("/api-keys", key).refused(403, "csrf")
    csrf = answer.json["csrf_token"]
    assert browser.get("/auth/session").ok().json["csrf_token"] == csrf
    browser.post("/api-keys", key, x_csrf_token=csrf[:-1] + ("A" if csrf[-1] != "A" else "B")).refused(403, "csrf")
    browser.post("/api-keys", key, x_csrf_token=csrf, sec_fetch_site="cross-site").refused(403, "csrf")
    browser.post("/api-keys", key, x_csrf_token=csrf).ok(201)
    stolen = cookie.split(";")[0].split("=", 1)[1]
    Client(chief.path, stolen).get("/me").refused(401, "unauthenticated")


def test_one_time_codes_are_asked_for_good_once_and_replaced_by_recovery_codes(office: Office) -> None:
    chief = boss(office)
    nobody, own = Client(chief.path), PASSWORD.format("boss")
    secret = chief.post("/auth/2fa/enrolment").ok().json["secret"]
    step = int(time.time()) // 30
    proof = {"secret": secret, "current_password": own}
    wrong = code(secret, step - 100)
    chief.post("/auth/2fa", proof | {"otp": wrong}).refused(422, "invalid")
    codes = chief.post("/auth/2fa", proof | {"otp": code(secret, int(time.time()) // 30)}).ok().json["recovery_codes"]
    assert len(set(codes)) == 10
    nobody.login("admin", own).refused(401, "otp-required")
    nobody.login("admin", own, otp="000000").refused(401, "wrong-credentials")
    used = int(time.time()) // 30 + 1  # within the drift, and later than the one of the enrolment
    nobody.login("admin", own, otp=code(secret, used)).ok()
    nobody.login("admin", own, otp=code(secret, used)).refused(401, "wrong-credentials")
    nobody.login("admin", own, otp=codes[3].upper()).ok()
    nobody.login("admin", own, otp=codes[3]).refused(401, "wrong-credentials")
    assert chief.get("/auth/2fa").ok().json["recovery_codes_left"] == 9


def test_a_role_that_must_have_a_second_factor_gets_nothing_before(office: Office) -> None:
    all_of_it = world(office)
    tag = all_of_it.boss.get("/settings/security").ok().etag
    change = {"second_factor_for": ["admin"]}
    all_of_it.boss.ask("PUT", "/settings/security", change, if_match=tag).ok()
    all_of_it.acme.admin.get(all_of_it.acme.path).refused(403, "otp-enrolment-required")
    all_of_it.acme.admin.post("/auth/2fa/enrolment").ok()
    all_of_it.acme.user.get(f"{all_of_it.acme.path}/calls").ok()


def test_ten_thousand_wrong_sign_ins_neither_succeed_nor_lock_the_owner_out(office: Office) -> None:
    chief = boss(office)
    statuses: dict[int, int] = {}
    for nth in range(10_000):
        attacker = Client(chief.path, source=f"198.51.100.{nth % 40}")
        answer = attacker.login("admin", f"guess-number-{nth}")
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
        if answer.status == 429:
            assert int(answer.headers["retry-after"]) > 0
    assert 200 not in statuses, statuses
    assert set(statuses) == {401, 429}, statuses
    Client(chief.path).login("admin", PASSWORD.format("boss")).ok()


@alone
def test_who_does_not_exist_takes_as_long_as_a_wrong_password(office: Office) -> None:
    """A rank test (Mann-Whitney, normal approximation) over 2 × 300 tries; each from a source of its own.

    In each pair the order is drawn: in turn, one of the two would always meet the same worker threads."""
    chief = boss(office)
    known, unknown = [], []
    order = random.Random(4)
    for nth in range(300):
        for name, times in order.sample([("admin", known), (f"nobody{nth}", unknown)], 2):
            client = Client(chief.path, source=f"203.0.{nth % 250}.{1 + nth // 250 + (2 if name == 'admin' else 0)}")
            started = time.perf_counter()
            answer = client.login(name, "a-wrong-password-for-all")
            times.append(time.perf_counter() - started)
            answer.refused(401, "wrong-credentials")
    ranked = sorted([(value, 0) for value in known] + [(value, 1) for value in unknown])
    rank_sum = sum(rank for rank, (_, group) in enumerate(ranked, 1) if group == 0)
    n = len(known)
    mean, deviation = n * (2 * n + 1) / 2, (n * n * (2 * n + 1) / 12) ** 0.5
    z = abs(rank_sum - mean) / deviation
    assert z < 3.29, f"z = {z:.2f}; medians {statistics.median(known):.4f} and {statistics.median(unknown):.4f} s"
    print(f"z = {z:.2f}")


def test_an_api_key_reaches_no_further_than_it_says(office: Office) -> None:
    all_of_it = world(office)
    acme, bolt = all_of_it.acme, all_of_it.bolt
    admin = acme.admin
    admin.post("/api-keys", {"name": "k", "permissions": ["system.read"]}).refused(422, "invalid")
    admin.post("/api-keys", {"name": "k", "permissions": ["calls.read"], "account_id": bolt.account_id}).refused(422, "invalid")
    made = admin.made("/api-keys", {"name": "reports", "permissions": ["extensions.read"], "account_id": acme.account_id})
    key = Client(admin.path, made["secret"])
    key.get(f"{acme.path}/extensions").ok()
    key.get(f"{acme.path}/trunks").refused(403, "forbidden")
    key.get(f"{bolt.path}/extensions").refused(404, "not-found")
    key.post("/api-keys", {"name": "more", "permissions": ["extensions.read"]}).refused(403, "forbidden")
    key.post("/auth/password", {"current_password": "x", "new_password": "y"}).refused(403, "forbidden")
    key.get("/auth/sessions").refused(403, "forbidden")
    sessions = admin.get("/auth/sessions").ok().json["items"]
    key.delete(f"/auth/sessions/{sessions[0]['session_id']}").refused(403, "forbidden")
    admin.delete(f"/api-keys/{made['api_key_id']}").ok(204)
    key.get(f"{acme.path}/extensions").refused(401, "unauthenticated")


def test_the_console_gives_the_box_back(office: Office) -> None:
    import subprocess

    from harness.pabxd import binary

    chief = boss(office)
    done = subprocess.run(
        [str(binary()), "reset-admin", "--config", str(office.pabxd.config)], capture_output=True, text=True, check=True
    )
    words = done.stdout.split()
    name, password = words[words.index("name") + 1], words[words.index("password") + 1]
    chief.get("/me").refused(401, "unauthenticated")
    nobody = Client(chief.path)
    nobody.login("admin", PASSWORD.format("boss")).refused(401, "wrong-credentials")
    again = nobody.signed_in(name, password)
    again.get("/accounts").refused(403, "password-change-required")
    whole = subprocess.run([str(binary()), "audit", "verify", "--config", str(office.pabxd.config)], capture_output=True, text=True, check=False)
    assert whole.returncode == 0 and "whole" in whole.stdout, whole


def test_a_sign_in_from_elsewhere_is_told(office: Office) -> None:
    chief = boss(office)

    def told() -> list[str]:
        return [alert["detail"] for alert in chief.all("/alerts") if alert["kind"] == "new_network"]

    def sign_in(source: str) -> None:
        replace(Client(chief.path), source=source).signed_in("admin", PASSWORD.format("boss"))

    for source in ("192.168.7.9", "10.1.2.3", "fd00::9"):
        sign_in(source)
    assert told() == [], "all of it is the house"
    sign_in("203.0.113.7")
    sign_in("203.0.200.7")
    assert len(told()) == 1 and "203.0.113.7" in told()[0] and "203.0.0.0/16" in told()[0]
    sign_in("2001:db8:1::7")
    assert len(told()) == 1, "of one person there is one alert, with what was last"
    assert "2001:db8::/32" in told()[0]
