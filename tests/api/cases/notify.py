"""Alerts by mail and by webhook: to a real SMTP server and a real HTTP server, which fail at first."""

import hashlib
import hmac
import json
import ssl
import threading
import time
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from harness.office import Office
from harness.wait import until
from web.client import Client
from web.world import boss

SECRET = "a secret of a machine"
MAIL = {"host": "localhost", "security": "none", "from": "box@pabx.test", "alerts_to": ["boss@pabx.test"]}
# Tried at once, then after 30 s.
SOON, AGAIN = 15, 60


class Inbox:
    """What an SMTP server took; it can be told to refuse."""

    def __init__(self) -> None:
        self.mails, self.refuses, self.users = [], 0, []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        if self.refuses:
            self.refuses -= 1
            return "451 try later"
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 taken"


def server(office: Office, inbox: Inbox, **more) -> int:
    controller = Controller(inbox, hostname="127.0.0.1", port=office.ports.take(), **more)
    controller.start()
    office.closes(controller.stop)
    return controller.port


class Hook:
    """What an HTTP server was posted."""

    def __init__(self, office: Office, statuses: list[int]) -> None:
        hook, self.posts = self, []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802
                body = self.rfile.read(int(self.headers["content-length"]))
                hook.posts.append((self.path, dict(self.headers.items()), body))
                self.send_response(statuses.pop(0) if statuses else 204)
                self.send_header("content-length", "0")
                self.send_header("location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", office.ports.take()), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        office.closes(self.http.shutdown)
        self.url = f"http://127.0.0.1:{self.http.server_port}/hook"


def put(chief: Client, path: str, body: dict) -> None:
    chief.ask("PUT", path, body, if_match=chief.get(path).ok().etag).ok()


def alarm(chief: Client, source: str) -> None:
    """Somebody fails to sign in until an alert is raised."""
    stranger = Client(chief.path, source=source)
    for _ in range(6):
        stranger.login("admin", "not the password")


def test_a_mail_arrives_though_the_server_refuses_at_first(office: Office) -> None:
    inbox, chief = Inbox(), boss(office)
    inbox.refuses = 1
    put(chief, "/settings/mail", MAIL | {"port": server(office, inbox)})
    alarm(chief, "192.0.2.66")
    # A restart, and kill -9, lose nothing.
    until(lambda: inbox.refuses == 0, SOON, "the first attempt")
    office.pabxd.kill()
    office.pabxd.start()
    sender, receivers, mail = until(lambda: inbox.mails, AGAIN, "the mail")[0]
    assert (sender, receivers) == ("box@pabx.test", ["boss@pabx.test"])
    assert mail["subject"] == "[pabx] warning: login_failures" and "192.0.2.66" in mail.get_payload()
    time.sleep(6)  # Longer than the daemon waits between two looks: it is not sent once more.
    assert len(inbox.mails) == 1


def test_a_mail_server_is_signed_in_to_and_a_false_certificate_gets_nothing(office: Office) -> None:
    chief, users = boss(office), []

    def known(server, session, envelope, mechanism, data) -> AuthResult:
        users.append((data.login, data.password) if isinstance(data, LoginPassword) else data)
        return AuthResult(success=True)

    inbox = Inbox()
    open_port = server(office, inbox, authenticator=known, auth_require_tls=False)
    put(chief, "/settings/mail", MAIL | {"port": open_port, "username": "box", "password": "the password of the box"})
    alarm(chief, "192.0.2.66")
    until(lambda: inbox.mails, SOON, "the mail")
    assert users == [(b"box", b"the password of the box")]
    assert "the password of the box" not in chief.get("/settings/mail").body.decode()
    false = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    false.load_cert_chain(office.pabxd.certificate)
    sealed = Inbox()
    port = server(office, sealed, tls_context=false, require_starttls=True)
    put(chief, "/settings/mail", MAIL | {"port": port, "security": "starttls", "username": "box"})
    alarm(chief, "192.0.2.67")
    until(lambda: "did not reach" in office.pabxd.child.text(), SOON, "an attempt")
    assert sealed.mails == [] and len(users) == 1


def test_a_webhook_is_posted_signed_and_again_until_it_is_taken(office: Office) -> None:
    chief, hook = boss(office), Hook(office, [302])
    path = "/settings/webhooks"
    for bad in ("http://192.0.2.1/", "https://user:word@crm.test/", "ftp://localhost/", "crm.test"):
        answer = chief.ask("PUT", path, {"urls": [bad], "secret": SECRET}, if_match=chief.get(path).etag)
        answer.refused(422, "invalid")
    chief.ask("PUT", path, {"urls": [hook.url]}, if_match=chief.get(path).etag).refused(422, "invalid")
    put(chief, path, {"urls": [hook.url], "secret": SECRET})
    assert SECRET not in chief.get(path).body.decode() and SECRET not in json.dumps(chief.get("/audit").json)
    alarm(chief, "192.0.2.66")
    until(lambda: len(hook.posts) == 2, AGAIN, lambda: f"two attempts, not {len(hook.posts)}")
    (first, headers, body), (second, later, again) = hook.posts
    assert first == second == "/hook", "a redirect is not followed"
    assert headers["x-pabx-delivery"] == later["x-pabx-delivery"] == json.loads(body)["delivery_id"] and body == again
    at, made = (part.split("=")[1] for part in headers["x-pabx-signature"].split(","))
    assert made == hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert abs(int(at) - time.time()) < 60
    alert = json.loads(body)["alert"]
    assert (alert["kind"], alert["subject"], alert["severity"]) == ("login_failures", "192.0.2.66", "warning"), alert
