"""The event stream: what happens, to who may see it, and no longer."""

import json
import socket
import threading

from harness.office import Office
from harness.wait import until
from web.client import BASE, Client, UnixConnection
from web.world import boss, world


class Stream:
    """One who listens."""

    def __init__(self, client: Client, last_id: str = "") -> None:
        self.events: list[tuple[str, dict]] = []
        self.ids: list[str] = []
        self.ended = threading.Event()
        self._connection = UnixConnection(client.path)
        headers = {"x-pabx-client": client.source, "connection": "close", "authorization": f"Bearer {client.token}"}
        if last_id:
            headers["last-event-id"] = last_id
        self._connection.request("GET", f"{BASE}/events", headers=headers)
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200, self._answer.read()
        assert self._answer.getheader("content-type") == "text/event-stream"
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        name, last = "", ""
        try:
            for line in self._answer:
                text = line.decode().rstrip("\n")
                if text.startswith("id: "):
                    last = text[4:]
                elif text.startswith("event: "):
                    name = text[7:]
                elif text.startswith("data: "):
                    self.ids.append(last)
                    self.events.append((name, json.loads(text[6:])))
        except (OSError, ValueError):
            pass
        self.ended.set()

    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    def close(self) -> None:
        self._connection.sock and self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._connection.close()


def test_a_call_is_told_as_it_happens_and_to_nobody_else(office: Office) -> None:
    everything = world(office)
    chief, stranger = Stream(everything.boss), Stream(everything.acme.admin)
    one, other = office.phone("1001", 1000), office.phone("1002", 600)
    one.dial("1002")
    other.wait_incoming()
    until(lambda: "call.started" in chief.names(), 2, "the call is told")
    other.accept()
    one.wait_established()
    until(lambda: "call.answered" in chief.names(), 2, "the answer is told")
    listed = everything.boss.get(f"/accounts/{chief.events[-1][1]['account_id']}/calls/live").ok().json["items"][0]
    assert chief.events[-1][1] | {"account_id": ""} == listed | {"account_id": ""}, "an event says what the list does"
    one.hang_up()
    until(lambda: "call.ended" in chief.names(), 5, "its end is told")
    assert [name for name in chief.names() if name.startswith("call.")] == ["call.started", "call.answered", "call.ended"]
    assert chief.names().count("registration.added") == 2
    account = everything.boss.all("/accounts?q=demo")[0]["account_id"]
    told = {name: data for name, data in chief.events}
    for name, state in [("call.started", "ringing"), ("call.answered", "answered"), ("call.ended", "ended")]:
        call = told[name]
        assert (call["account_id"], call["state"], call["caller"], call["callee"]) == (account, state, "1001", "1002"), call
        assert call["call_id"] and call["direction"] == "internal" and call["extension_id"] and call["trunk_id"] is None, call
        assert call["start_time"] and bool(call["answer_time"]) == (state != "ringing"), call
    device = told["registration.added"]
    assert device["account_id"] == account and device["transport"] == "udp" and device["reachable"], device
    assert stranger.events == [], stranger.events


def test_who_comes_back_hears_what_was_missed(office: Office) -> None:
    chief = boss(office)
    first = Stream(chief)
    phone = office.phone("1001", 1000)
    until(lambda: first.ids, 5, "an event")
    seen = first.ids[-1]
    first.close()
    phone.dial("*43")
    phone.wait_established()
    phone.hang_up()
    again = Stream(chief, seen)
    until(lambda: "call.ended" in again.names(), 5, "what was missed is told")
    assert again.names()[0].startswith("call.")


def test_a_right_that_is_taken_away_ends_the_stream_or_what_comes_through_it(office: Office) -> None:
    everything = world(office)
    stream = Stream(everything.acme.user)
    everything.boss.patch(f"/users/{everything.acme.user_id}", {"status": "suspended"}).ok()
    until(stream.ended.is_set, 20, "the stream ends")
    second = Stream(everything.acme.admin)
    everything.acme.admin.post("/auth/logout").ok(204)
    until(second.ended.is_set, 20, "the stream ends")
