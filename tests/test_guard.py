"""The guard in front of the server: closed doors, fair shares, and nothing that stays."""

from __future__ import annotations

import asyncio
import errno
import gc
import json
import shutil
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from conftest import FakeReader
from gradio_client import Client
from test_page import SEVEN, call, component_with

from benchmarks.serving import serve
from lenet.reading.result import Reading
from lenet.ui import connections, guard, sessions, uploads
from lenet.ui.api import _only_upload
from lenet.ui.functions import ServerFunctions
from lenet.ui.photo import is_upload

LARGE = [[[0, 0], [1, 1]]] * 500
"""A drawing that waits in a lane."""


class PatientReader(FakeReader):
    """Reads large drawings when it is let."""

    def __init__(self) -> None:
        self.large = 0
        self.let = threading.Event()

    def read_strokes(self, drawing: object, digits: object = None) -> Reading:
        """Wait with a large drawing."""
        if len(drawing) == len(LARGE):
            self.large += 1
            self.let.wait(20)
        return super().read_strokes(drawing, digits)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A running page."""
    with serve(FakeReader()) as url:
        yield url


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Where the server of a test keeps its uploads."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    return tmp_path


def files_in(folder: Path) -> list[Path]:
    """All files below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def from_address(client: str) -> dict[str, str]:
    """Headers of a request that a proxy on this computer hands on for a client."""
    return {"X-Forwarded-For": client}


def raw(address: str, text: str) -> bytes:
    """Send a request as it stands; return the first line of the answer."""
    url = httpx.URL(address)
    with socket.create_connection((url.host, url.port), timeout=20) as connection:
        connection.sendall(text.replace("\n", "\r\n").encode())
        return connection.recv(100).partition(b"\r\n")[0]


def upload(address: str, content: bytes = b"seven", field: str = "files", **more: object) -> httpx.Response:
    return httpx.post(f"{address}gradio_api/upload", files={field: ("seven.png", content)}, **more)


# --- Closed doors ------------------------------------------------------------


CLOSED = [
    ("POST", "gradio_api/process_recording"),
    ("GET", "gradio_api/dev/reload"),
    ("GET", "monitoring"),
    ("GET", "monitoring/summary"),
    ("GET", "gradio_api/deep_link?session_hash=test"),
    ("GET", "gradio_api/startup-events"),
    ("GET", "gradio_api/heartbeat/test"),
    ("GET", "gradio_api/upload_progress?upload_id=x"),
    ("GET", "gradio_api/file=/etc/passwd"),
    ("GET", "gradio_api/proxy=https://x.hf.space/"),
    ("GET", "gradio_api/queue/status"),
    ("GET", "gradio_api/openapi.json"),
    ("POST", "gradio_api/run/read_strokes"),
    ("POST", "gradio_api/stream/x"),
    ("POST", "gradio_api/vibe-edit"),
    ("GET", "gradio_api/custom_component/x/client/component/index.js"),
    ("POST", "login"),
    ("GET", "logout"),
    ("GET", "gradio_api/token"),
    ("GET", "manifest.json"),
    ("GET", "pwa_icon"),
    ("GET", "docs"),
    ("DELETE", ""),
    ("PUT", "gradio_api/upload"),
]


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_what_neither_the_page_nor_its_api_needs_is_closed(address, method, path):
    answer = httpx.request(method, f"{address}{path}", timeout=20)
    assert answer.status_code == 404
    assert answer.json() == {"error": "There is nothing here."}


@pytest.mark.parametrize("path", ["", "config", "theme.css", "favicon.ico", "gradio_api/info"])
def test_what_the_page_needs_is_open_and_says_what_a_browser_may_do_with_it(address, path):
    answer = httpx.get(f"{address}{path}")
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'self'", "object-src 'none'", "form-action 'none'"} <= set(policy)
    assert "frame-ancestors 'self' https://huggingface.co https://*.hf.space" in policy
    assert "*" not in "".join(policy).replace("https://*.hf.space", "")


@pytest.mark.parametrize("path", ["", "config", "gradio_api/info"])
@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Gradio-Server", "Forwarded"])
def test_no_name_that_a_client_gives_the_server_is_written_into_the_page(address, path, header):
    answer = httpx.get(f"{address}{path}", headers={header: "evil.example"})
    assert answer.status_code == 200
    assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    "path", ["/%00", "/assets/%00", "/static/a%00b", "/assets/" + "a" * 5000, "/assets/.."]
)
def test_a_path_that_no_file_can_have_is_refused(address, path):
    assert raw(address, f"GET {path} HTTP/1.1\nHost: x\n\n").split()[1] in (b"400", b"403", b"404")


def component_call(**changes: object) -> dict[str, object]:
    good = {"data": SEVEN, "component_id": 1, "session_hash": "test", "fn_name": "read_strokes"}
    return {**good, **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"component_id": 9999},
        {"component_id": "x"},
        {"component_id": []},
        {"component_id": None},
        {"component_id": -1},
        {"component_id": 1e300},
        {"fn_name": 5},
        {"fn_name": "__class__"},
        {"fn_name": None},
        {"session_hash": {}},
        {"session_hash": None},
    ],
)
def test_a_call_of_what_is_not_there_is_refused(address, changes):
    answer = httpx.post(f"{address}gradio_api/component_server/", json=component_call(**changes))
    assert 400 <= answer.status_code < 500


NO_CALLS = [b"", b"{", b"[]", b"null", b"\xff", b'"x"', b'{"data": 7}', b"[" * 30 + b"]" * 30]
CALLED = ["component_server/", "queue/join", "call/read_strokes", "call/nothing", "cancel"]


@pytest.mark.parametrize("body", NO_CALLS)
@pytest.mark.parametrize("path", CALLED)
def test_a_body_that_is_no_call_is_refused(address, path, body):
    kind = {"Content-Type": "application/json"}
    answer = httpx.post(f"{address}gradio_api/{path}", content=body, headers=kind)
    assert 400 <= answer.status_code < 500
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("index", [99, -1, None, "x", [], {}, 1e9])
def test_a_function_that_is_not_there_is_refused(address, index):
    call = {"data": [SEVEN], "fn_index": index, "session_hash": "unknown function"}
    assert 400 <= httpx.post(f"{address}gradio_api/queue/join", json=call).status_code < 500


@pytest.mark.parametrize("path", CALLED)
def test_files_are_taken_as_uploads_only(address, path):
    form = {"files": {"files": b"seven"}, "data": component_call(data="x")}
    assert httpx.post(f"{address}gradio_api/{path}", **form).status_code == 415


@pytest.mark.parametrize("path", ["a\0b", "\ud800", "/" * 9000, "x" * 9000])
def test_a_name_that_no_file_can_have_is_no_upload(address, path):
    assert "uploaded" in call(address, "read_uploaded", path).json()["error"]


def test_results_are_given_to_the_client_who_asked_only(address):
    ours = {"data": [SEVEN, None], "fn_index": 0, "session_hash": "ours"}
    join, data = f"{address}gradio_api/queue/join", f"{address}gradio_api/queue/data?session_hash="
    asked = httpx.post(join, json=ours, headers=from_address("192.0.2.1"))
    assert asked.status_code == 200
    other = from_address("192.0.2.2")
    assert httpx.get(f"{data}ours", headers=other).status_code == 404
    assert httpx.get(f"{data}nobody", headers=other).status_code == 404
    assert httpx.post(join, json=ours, headers=other).status_code == 404
    assert '"text":"6"' in httpx.get(f"{data}ours", headers=from_address("192.0.2.1")).text


def test_nothing_is_fetched_from_elsewhere_for_the_api(address):
    link = {"path": "http://127.0.0.1:9/x.png", "meta": {"_type": "gradio.FileData"}}
    answer = httpx.post(f"{address}gradio_api/call/read_image", json={"data": [link, None]})
    events = httpx.get(f"{address}gradio_api/call/read_image/{answer.json()['event_id']}").text
    assert "wanted an uploaded file" in events
    with pytest.raises(Exception, match="wanted an uploaded file"):
        asyncio.run(_only_upload("http://127.0.0.1:9/x.png"))


def test_on_spaces_the_address_is_the_one_that_the_proxy_gives(monkeypatch):
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    guard.trust_the_proxy_of_spaces()
    assert "FORWARDED_ALLOW_IPS" not in guard.os.environ
    monkeypatch.setenv("SYSTEM", "spaces")
    monkeypatch.setenv("SPACE_ID", "someone/lenet")
    guard.trust_the_proxy_of_spaces()
    assert "10.0.0.0/8" in guard.os.environ["FORWARDED_ALLOW_IPS"]
    monkeypatch.delenv("FORWARDED_ALLOW_IPS")


# --- Fair shares -------------------------------------------------------------


@contextmanager
def many_large_drawings(address: str, reader: PatientReader, count: int = 60) -> Iterator[list]:
    """One client sends large drawings by many connections; ends when all are answered."""
    component = component_with(address, "read_strokes")["id"]
    body = component_call(component_id=component, data=LARGE)
    headers = from_address("192.0.2.66")
    connections = httpx.Limits(max_connections=count)
    with httpx.Client(limits=connections) as client, ThreadPoolExecutor(count) as pool:
        url = f"{address}gradio_api/component_server/"
        answers = [
            pool.submit(client.post, url, json=body, headers=headers, timeout=40) for _ in range(count)
        ]
        while not reader.large:
            time.sleep(0.01)
        yield answers
        reader.let.set()


def test_large_drawings_of_one_client_do_not_take_the_threads_of_the_others():
    reader = PatientReader()
    with serve(reader) as address:
        component = component_with(address, "read_strokes")["id"]
        small = component_call(component_id=component, data=SEVEN)
        url = f"{address}gradio_api/component_server/"
        with many_large_drawings(address, reader) as answers:
            for _ in range(20):
                answer = httpx.post(url, json=small, headers=from_address("192.0.2.1"), timeout=5)
                assert answer.json()["text"] == "6"
            assert reader.large == 1, "one at a time"
        assert [answer.result().status_code for answer in answers] == [200] * 60


def test_one_client_is_answered_at_a_bounded_rate_and_the_others_at_once(address):
    unknown = httpx.Client(base_url=address, headers=from_address("192.0.2.67"))
    with unknown, ThreadPoolExecutor(20) as pool:
        start = time.monotonic()
        statuses = list(pool.map(lambda _: unknown.get("nothing").status_code, range(600)))
        took = time.monotonic() - start
    assert statuses == [404] * 600
    assert took > 0.9, "the first 300 at once, then 200 a second"
    start = time.monotonic()
    httpx.get(f"{address}nothing", headers=from_address("192.0.2.1"))
    assert time.monotonic() - start < 0.9


def test_one_client_may_have_so_many_calls_to_the_api_in_progress(monkeypatch):
    monkeypatch.setattr(sessions, "_MAX_CALLS", 3)
    reader = PatientReader()
    with serve(reader) as address:
        url = f"{address}gradio_api/call/read_strokes"
        body = {"data": [LARGE, None]}
        statuses = [
            httpx.post(url, json=body, headers=from_address("192.0.2.66")).status_code for _ in range(5)
        ]
        other = httpx.post(url, json=body, headers=from_address("192.0.2.1")).status_code
        reader.let.set()
    assert statuses == [200] * 3 + [429] * 2
    assert other == 200


def test_a_call_that_is_given_up_while_it_waits_takes_nothing_from_others():
    reader = PatientReader()
    attacker, other = from_address("192.0.2.66"), from_address("192.0.2.1")
    with serve(reader) as address:
        config = httpx.get(f"{address}config").json()
        function = next(one["id"] for one in config["dependencies"] if one["api_name"] == "read_strokes")
        call = {"data": [LARGE, None], "fn_index": function, "session_hash": "one"}
        join = f"{address}gradio_api/queue/join"
        events = [httpx.post(join, json=call, headers=attacker).json()["event_id"] for _ in range(4)]
        given_up = {"session_hash": "one", "fn_index": function, "event_id": events[-1]}
        httpx.post(f"{address}gradio_api/cancel", json=given_up, headers=attacker)
        answer = httpx.post(
            f"{address}gradio_api/call/read_strokes", json={"data": [SEVEN, None]}, headers=other
        )
        assert answer.status_code == 200
        reader.let.set()
        url = f"{address}gradio_api/queue/data?session_hash=one"
        with httpx.stream("GET", url, headers=attacker, timeout=20) as stream:
            results = [line for line in stream.iter_lines() if "process_completed" in line]
        assert {event for event in events if any(event in line for line in results)} == set(events)


def test_a_session_has_a_short_name(address):
    call = {"data": [SEVEN, None], "fn_index": 0, "session_hash": "x" * 1000}
    assert httpx.post(f"{address}gradio_api/queue/join", json=call).status_code == 400


def test_streams_are_bounded_in_number_and_in_time(monkeypatch):
    monkeypatch.setattr(guard, "RESULT_SECONDS", 3)
    reader = PatientReader()
    with serve(reader) as address:
        url = f"{address}gradio_api/call/read_strokes"
        event = httpx.post(url, json={"data": [LARGE, None]}).json()["event_id"]
        start = time.monotonic()
        attacker = from_address("192.0.2.66")
        with httpx.Client(timeout=20, headers=attacker) as client, ThreadPoolExecutor(40) as pool:
            answers = list(pool.map(lambda _: client.get(f"{url}/{event}").status_code, range(40)))
        assert time.monotonic() - start < 15
        reader.let.set()
    assert (answers.count(200), answers.count(429)) == (32, 8)


def test_a_client_that_hangs_up_before_the_end_of_its_body_is_not_answered():
    reader = PatientReader()
    with serve(reader) as address:
        url = httpx.URL(address)
        component = component_with(address, "read_strokes")["id"]
        body = json.dumps(component_call(component_id=component, data=LARGE)).encode()
        head = f"POST {url.path}gradio_api/component_server/ HTTP/1.1\r\nHost: x\r\n"
        head += f"Content-Length: {len(body) + 1}\r\n\r\n"
        with socket.create_connection((url.host, url.port)) as connection:
            connection.sendall(head.encode() + body)
        time.sleep(0.5)
        assert reader.large == 0
        reader.let.set()


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost:"])
def test_a_connection_that_asks_for_nothing_is_closed(monkeypatch, sent):
    monkeypatch.setattr(connections, "_MAX_IDLE", 0.4)
    monkeypatch.setattr(connections, "_SWEEP_EVERY", 0.1)
    with serve(FakeReader()) as address:
        url = httpx.URL(address)
        with socket.create_connection((url.host, url.port), timeout=5) as connection:
            connection.sendall(sent)
            assert connection.recv(100) == b""


def test_the_head_of_a_request_is_bounded_whatever_parses_it(address):
    head = f"GET / HTTP/1.1\nHost: x\nX-Long: {'x' * 1_000_000}\n\n"
    assert raw(address, head).startswith(b"HTTP/1.1 400")


def failing_with(error: Exception) -> Callable[..., Awaitable[None]]:
    async def fail(*_: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status"),
    [(OSError(errno.ENOSPC, "no space"), 500), (MemoryError(), 500), (KeyError("no such component"), 400)],
)
def test_a_fault_of_the_machine_is_not_called_one_of_the_visitor(monkeypatch, error, status):
    monkeypatch.setattr(ServerFunctions, "_answer", failing_with(error))
    with serve(FakeReader()) as address:
        answer = httpx.post(f"{address}gradio_api/component_server", json={})
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


def test_a_flood_of_refused_requests_does_not_fill_the_log(monkeypatch, caplog):
    monkeypatch.setattr(ServerFunctions, "_answer", failing_with(KeyError("x" * 10_000)))
    with serve(FakeReader()) as address, httpx.Client() as client:
        for _ in range(50):
            client.post(f"{address}gradio_api/component_server", json={})
    told = [record.getMessage() for record in caplog.records if record.name == "lenet.ui.refusals"]
    assert len(told) == 1
    assert len(told[0]) < 300


# --- Nothing stays -----------------------------------------------------------


@pytest.mark.parametrize("by", ["the page", "the API"])
def test_no_input_stays_after_its_answer(address, by):
    drawing = [[[i + 0.5, i + 0.25] for i in range(9_876)]]  # 0.2 MB, and a length of its own
    if by == "the page":
        assert call(address, "read_strokes", drawing).json()["status"] == "ok"
    else:
        url = f"{address}gradio_api/call/read_strokes"
        event = httpx.post(url, json={"data": [drawing, None]}, timeout=20).json()["event_id"]
        assert "event: complete" in httpx.get(f"{url}/{event}", timeout=20).text
    time.sleep(0.5)  # the server's last words to the client
    gc.collect()
    kept = [thing for thing in gc.get_objects() if isinstance(thing, list) and len(thing) == len(drawing[0])]
    assert len(kept) == 1, "the drawing of this test only"


@pytest.mark.parametrize(
    "value", [[[[1, 2]]], {"strokes": [[[1, 2]]], "label": 7}, {"path": "x"}, None, "x", 7]
)
def test_an_input_that_gradio_does_not_look_through_arrives_as_it_was(value):
    assert sessions.unpacked(sessions.packed(value)) == value
    inner = sessions.packed(value)
    assert not isinstance(inner, list)
    assert not isinstance(inner, dict) or not any(isinstance(part, list) for part in inner.values())


def test_results_that_nobody_fetches_are_forgotten(monkeypatch):
    monkeypatch.setattr(sessions, "_SWEEP_EVERY", 0.1)
    monkeypatch.setattr(sessions.Results.sweep, "__defaults__", (0.5,))
    with serve(FakeReader()) as address:
        url = f"{address}gradio_api/call/read_strokes"
        event = httpx.post(url, json={"data": [SEVEN, None]}).json()["event_id"]
        time.sleep(1.5)
        assert "complete" not in httpx.get(f"{url}/{event}", timeout=20).text


def test_a_sweeper_that_fails_sweeps_again(monkeypatch, folder):
    calls = []

    async def fail(self: object) -> None:
        calls.append(self)
        raise RuntimeError("the disk is ill")

    for kind in (uploads.Uploads, sessions.Results):
        monkeypatch.setattr(kind, "sweep", fail)
    for module in (uploads, sessions):
        monkeypatch.setattr(module, "_SWEEP_EVERY", 0.05)
    with serve(FakeReader()):
        time.sleep(1)
    assert len(calls) > 4


# --- Uploads -----------------------------------------------------------------


def test_uploads_lie_where_nobody_can_guess_and_are_not_given_out(address):
    first, second = (upload(address).json()[0] for _ in range(2))
    assert Path(first).read_bytes() == b"seven"
    assert Path(first).name == Path(second).name == "seven.png"
    assert Path(first).parent != Path(second).parent
    assert httpx.get(f"{address}gradio_api/file={first}").status_code == 404


def test_the_folder_of_the_uploads_begins_empty_and_goes_with_the_server(folder):
    killed = folder / "lenet-killed"
    (killed / "x").mkdir(parents=True)
    (killed / "x" / "old.png").write_bytes(b"old")
    uploads.os.utime(killed, (0, 0))
    (folder / "other.png").write_bytes(b"of another program")
    with serve(FakeReader()) as address:
        assert files_in(folder) == [folder / "other.png"]
        upload(address)
        assert len(files_in(folder)) == 2
    assert files_in(folder) == [folder / "other.png"]


def test_uploads_go_on_when_somebody_empties_the_folder(folder, monkeypatch):
    monkeypatch.setattr(uploads, "_SWEEP_EVERY", 0.1)
    with serve(FakeReader()) as address:
        shutil.rmtree(next(folder.glob("lenet-*")))
        assert Path(upload(address).json()[0]).read_bytes() == b"seven"
        shutil.rmtree(next(folder.glob("lenet-*")))
        time.sleep(0.5)
        assert next(folder.glob("lenet-*")).is_dir()


def test_a_file_that_cannot_be_stored_is_refused_with_the_reason(folder, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(uploads, "_copy", fail)
    with serve(FakeReader()) as address:
        answer = upload(address)
    assert answer.status_code == 503
    assert "could not be stored" in answer.json()["error"]


def test_another_file_in_gradios_folder_is_no_upload(folder):
    for path in (folder / "other.png", folder / "a" / "b" / "other.png", folder / "lenet-x" / "other.png"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"of another program")
        assert not is_upload(str(path))


@pytest.mark.parametrize("field", ["file", "", "files2"])
def test_an_upload_of_another_field_is_refused_and_leaves_nothing(folder, field):
    with serve(FakeReader()) as address:
        assert upload(address, field=field).status_code == 400
        assert files_in(folder) == []


def test_an_upload_that_is_given_up_or_refused_leaves_nothing(folder):
    with serve(FakeReader()) as address:
        url = httpx.URL(address)
        head = '--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
        request = (
            "POST /gradio_api/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\n\r\n{head}"
        )
        with socket.create_connection((url.host, url.port)) as connection:
            connection.sendall(request.encode() + bytes(3_000_000))
            time.sleep(0.3)
        assert upload(address, bytes(55 * 2**20), timeout=60).status_code == 413
        time.sleep(0.3)
        assert files_in(folder) == []


@pytest.mark.parametrize("name", ["..", ".", "/etc/passwd", "a/../../b.png", "a\0.png", "\\..\\b", "é" * 300])
def test_an_upload_of_any_name_lies_in_the_folder(folder, name):
    with serve(FakeReader()) as address:
        form = {"files": (name, b"seven")}
        (path,) = httpx.post(f"{address}gradio_api/upload", files=form).json()
        assert files_in(folder) == [Path(path)]


def test_uploads_are_refused_above_the_share_of_a_client_and_taken_again_after_a_sweep(folder, monkeypatch):
    monkeypatch.setattr(uploads, "_SHARE_BYTES", 3_000_000)
    monkeypatch.setattr(uploads, "_SWEEP_EVERY", 0.1)
    monkeypatch.setattr(uploads.Uploads.sweep, "__defaults__", (1.5,))
    with serve(FakeReader()) as address:
        one, other = from_address("192.0.2.66"), from_address("192.0.2.1")
        statuses = [upload(address, bytes(900_000), headers=one).status_code for _ in range(4)]
        assert statuses == [200, 200, 429, 429]
        assert upload(address, bytes(900_000), headers=other).status_code == 200
        time.sleep(2.5)
        assert files_in(folder) == []
        assert upload(address, bytes(900_000), headers=one).status_code == 200


def test_the_python_client_works_as_before(address):
    with ThreadPoolExecutor(4) as pool:
        client = Client(address, verbose=False)
        jobs = [pool.submit(client.predict, SEVEN, api_name="/read_strokes") for _ in range(6)]
        assert {job.result()["text"] for job in jobs} == {"6"}
