"""Messages to browsers: to a real HTTPS server, which stands for the service of a browser. That the browser alone can read them is
shown in Rust (`notify/push/encrypt.rs`)."""

import base64
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from harness.office import Office
from harness.wait import until
from web.client import Client
from web.world import boss, person, world

# The browser's key of RFC 8291 appendix A.
BROWSER = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg", "language": "en",
}
SOON = 20


class Service:
    """What a browser's service was posted."""

    def __init__(self, office: Office) -> None:
        service, self.posts, self.status = self, [], 201

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802
                body = self.rfile.read(int(self.headers["content-length"]))
                service.posts.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(service.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", office.ports.take()), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(office.pabxd.certificate)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        office.closes(self.http.shutdown)
        self.url = f"https://localhost:{self.http.server_port}/push"


def with_service(office: Office) -> tuple[Client, Service]:
    """A box that believes its own certificate and may send to this machine."""
    pabxd = office.pabxd
    pabxd.stop()
    pabxd.configure(f'[push]\nprivate_endpoints = true\nauthorities = "{pabxd.certificate}"\n')
    pabxd.start()
    return boss(office), Service(office)


def claims(authorization: str) -> dict:
    part = authorization.removeprefix("vapid t=").split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_a_missed_call_and_an_alert_reach_the_browser_until_its_service_forgets_it(office: Office) -> None:
    chief, service = with_service(office)
    account = f"/accounts/{chief.all('/accounts')[0]['account_id']}"
    extension = chief.all(f"{account}/extensions?q=1002")[0]["extension_id"]
    eva, _ = person(chief, account, "eva", "user", extension)
    key = eva.get("/me/push").ok().json
    assert len(key["public_key"]) == 87 and key["items"] == [], key
    made = eva.post("/me/push", BROWSER | {"endpoint": f"{service.url}/eva"}).ok().json
    assert "auth" not in made and eva.get("/me/push").ok().json["items"] == [made], made
    caller = office.phone("1001", 1000)
    caller.dial("1002")
    caller.wait_closed()
    path, headers, body = until(lambda: service.posts, SOON, "the missed call")[0]
    assert path == "/push/eva" and headers["content-encoding"] == "aes128gcm" and headers["urgency"] == "high", headers
    assert 86_000 < int(headers["ttl"]) <= 86_400 and b"1001" not in body and b"Missed" not in body
    assert claims(headers["authorization"])["aud"] == service.url.removesuffix("/push")
    assert headers["authorization"].endswith(f", k={key['public_key']}")
    # The alert is the super admin's to see, and not hers; the service of the super admin's browser is gone.
    service.status = 410
    chief.post("/me/push", BROWSER | {"endpoint": f"{service.url}/chief"}).ok()
    stranger = Client(chief.path, source="192.0.2.66")
    for _ in range(6):
        stranger.login("admin", "not the password")
    until(lambda: chief.get("/me/push").ok().json["items"] == [], SOON, "the browser is forgotten")
    assert [path for path, _, _ in service.posts] == ["/push/eva", "/push/chief"]
    eva.delete(f"/me/push/{made['push_id']}").ok(204)


def test_no_browser_is_at_an_address_of_this_network_and_each_person_has_few(office: Office) -> None:
    everything = world(office)
    user, other = everything.acme.user, everything.acme.admin
    for bad in ("http://push.test/", "https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/", "https://[::1]/", "push.test"):
        problem = user.post("/me/push", BROWSER | {"endpoint": bad}).refused(422, "invalid").json
        assert [error["field"] for error in problem["errors"]] == ["endpoint"], problem
    for field, wrong in (("p256dh", "BAAA"), ("auth", "AAAA"), ("language", "xx")):
        problem = user.post("/me/push", BROWSER | {"endpoint": "https://push.test/", field: wrong}).refused(422, "invalid").json
        assert [error["field"] for error in problem["errors"]] == [field], problem
    made = [user.post("/me/push", BROWSER | {"endpoint": f"https://push.test/{nth}"}).ok().json for nth in range(10)]
    user.post("/me/push", BROWSER | {"endpoint": "https://push.test/10"}).refused(409, "limit")
    other.delete(f"/me/push/{made[0]['push_id']}").refused(404, "not-found")
    user.delete(f"/me/push/{made[0]['push_id']}").ok(204)
    assert len(user.get("/me/push").ok().json["items"]) == 9
