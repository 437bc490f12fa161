"""The API from outside: over HTTPS, where the edge says whom a request is from."""

import http.client
from dataclasses import dataclass

from harness.https import connection
from harness.pabxd import Pabxd
from web.client import Client


@dataclass
class Outside(Client):
    """A client of the API on HTTPS; `source` is the address it has."""

    pabxd: Pabxd | None = None

    def connection(self) -> http.client.HTTPConnection:
        return connection(self.pabxd, source=self.source)

    def claims(self) -> dict[str, str]:
        return {}
