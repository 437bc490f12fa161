"""The box's web server as a browser in its network sees it: pages, and the API as its owner."""

import http.client
import ssl
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from . import network, paths

sys.path.append(str(paths.ROOT / "tests/api"))

from web.client import Answer, Client  # noqa: E402

OWNER, PASSWORD = "eva", "quatro-Barcos-na-neblina"
# Argon2 on an emulated processor that others share.
SECONDS = 120


@dataclass
class Outside(Client):
    """Somebody at the other end of the cable."""

    path: Path = Path()

    def connection(self) -> http.client.HTTPConnection:
        # The certificate is the box's own: who takes it for granted here looks at it elsewhere.
        return http.client.HTTPSConnection(network.BOX, 443, timeout=SECONDS, context=ssl._create_unverified_context())

    def claims(self) -> dict[str, str]:
        return {}

    def page(self, path: str) -> Answer:
        """Something beside the API."""
        connection = self.connection()
        try:
            connection.request("GET", path, headers={"connection": "close"})
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()


def owner() -> Client:
    """The box's owner, signed in; made by the first who asks, as at the first run."""
    somebody = Outside()
    if not somebody.get("/setup").ok().json["done"]:
        somebody.post("/setup", {"username": OWNER, "password": PASSWORD}).ok()
    token = somebody.login(OWNER, PASSWORD).ok().json["access_token"]
    return replace(somebody, token=token)
