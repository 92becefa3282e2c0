"""One client attacks the page by one entrance after the other, while another draws: how does that one fare?

    python -m benchmarks.abuse [--seconds 10] [--app PATH] [--only WORD]

Starts the page anew for each attack, on 127.0.0.1 with a folder of its own for uploads, and prints

- milliseconds from sending a small drawing to its answer, for a client who sends one every 0.1 s: median,
  95th percentile and maximum, and how many were not answered; wanted is a 95th percentile of at most 250;
- the largest memory of the process and the largest size of the folder; wanted are at most 1,200 and 512 MB;
- milliseconds of one drawing right after the attack; wanted are at most 1,000.

The last attack sends hostile values: 10,000 calls, whose answers are counted. None may be a failure of the
server, which is a status of 500 and above without a sentence, and none may show a traceback.

Here the header X-Forwarded-For, which the page believes this computer only, tells the two clients apart. The
attacker takes a share of this computer's processors, as does other work: compare with the row "no attack".
`--app` attacks another copy of the page, as that of an older version. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import multiprocessing
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

import numpy as np

from benchmarks import slow_pictures

ROOT = Path(__file__).parent.parent
ATTACKER = "203.0.113.66"
VISITOR = "198.51.100.1"  # both are addresses for documents: RFC 5737
HOST = "127.0.0.1"
SEED = 22
HOSTILE_CALLS = 10_000
UPLOADED_MEGABYTES = 800  # in one attack: more than the quota, and bearable for any disk
SEVEN = [[[10.5, 10.25], [40.0, 11.0], [60.75, 12.5], [50.0, 40.0], [30.25, 90.5]]]

Attack = Callable[["Target", float], Awaitable[None]]
"""Attacks until `time.monotonic()` has reached the second argument."""


class Target(NamedTuple):
    """The page under attack: its process, its port, and the components of pad and photo."""

    process: int
    port: int
    pad: int
    photo: int


def main() -> None:
    """Run all attacks and print what they did."""
    parser = argparse.ArgumentParser(description="Attack the page while another client draws.")
    parser.add_argument("--seconds", type=float, default=10, help="length of each attack (default: 10)")
    parser.add_argument("--app", type=Path, default=ROOT / "app.py", help="the page to attack")
    parser.add_argument("--only", default="", help="only the attacks whose name has this word")
    options = parser.parse_args()
    print(f"{'':34}   p50    p95    max ms   lost  memory MB  folder MB  after ms")
    for name in ATTACKS:
        if options.only in name:
            with tempfile.TemporaryDirectory() as folder, page(options.app, Path(folder)) as target:
                run(name, target, Path(folder), options.seconds)


@contextmanager
def page(app: Path, folder: Path) -> Iterator[Target]:
    """Start the page, wait for it, and stop it at the end; each attack meets a fresh one."""
    port = free_port()
    settings = {
        "GRADIO_SERVER_NAME": HOST,
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(folder),
        "TMPDIR": str(folder),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_OFFLINE": "1",
        "PYTHONPATH": str(app.parent),
    }
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            [sys.executable, app.name], cwd=app.parent, env={**os.environ, **settings}, stdout=log, stderr=log
        ) as server,
    ):
        try:
            components = _wait_for_components(port)
            yield Target(server.pid, port, components["read_strokes"], components["read_uploaded"])
        finally:
            server.kill()


def _wait_for_components(port: int) -> dict[str, int]:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(OSError, http.client.HTTPException):
            config = json.loads(_request(port, "GET", "/config")[1])
            _draw(port, _component(config, "read_strokes"))  # the first takes longer
            return {name: _component(config, name) for name in ("read_strokes", "read_uploaded")}
        time.sleep(0.2)
    raise RuntimeError("the page did not start")


def _component(config: dict[str, Any], name: str) -> int:
    (found,) = (part["id"] for part in config["components"] if name in part["props"].get("server_fns", []))
    return int(found)


def free_port() -> int:
    """A port nobody listens on."""
    from socket import socket

    with socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


# --- The visitor, and what is measured ----------------------------------------


def run(name: str, target: Target, folder: Path, seconds: float) -> None:
    """Let one attack run and print what it did."""
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context(
        "spawn"
    )  # processes of their own: the attack must not slow the visitor
    visitor = context.Process(target=visit, args=(target.port, target.pad, theirs), daemon=True)
    visitor.start()
    ours.recv()  # it is ready
    stop = Event()
    sizes: list[tuple[float, float]] = []
    watch = Thread(target=_watch, args=(target.process, folder, sizes, stop))
    watch.start()
    attacker = context.Process(target=_attack, args=(name, target, seconds))
    attacker.start()
    attacker.join()
    ours.send("stop")
    waits, lost = ours.recv()
    after = _after(target)
    stop.set()
    watch.join()
    visitor.join()
    memory, size = (max(values) for values in zip(*sizes, strict=True))
    p50, p95, longest = statistics.median(waits), np.percentile(waits, 95), max(waits)
    waited = f"{p50:6.0f}{p95:7.0f}{longest:7.0f}"
    print(f"{name:34}{waited}{lost:10}{memory:11.0f}{size:11.0f}{after:>10}", flush=True)


def _attack(name: str, target: Target, seconds: float) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    attack = ATTACKS[name](target, time.monotonic() + seconds)
    with suppress(TimeoutError, asyncio.TimeoutError):
        asyncio.run(asyncio.wait_for(attack, seconds + 300))


def visit(port: int, pad: int, channel: Connection) -> None:
    """Draw every 0.1 s until told to stop; answer with the milliseconds of each, and how many were lost."""
    waits: list[float] = []
    lost = 0
    for _ in range(5):
        _draw(port, pad)
    channel.send("ready")
    while not channel.poll(0.1):
        start = time.perf_counter()
        try:
            lost += not _draw(port, pad)
        except (OSError, http.client.HTTPException):
            lost += 1
        waits.append(1000 * (time.perf_counter() - start))
    channel.send((waits or [float("nan")], lost))


def _draw(port: int, pad: int) -> bool:
    status, answer = _request(port, "POST", PAD, pad_body(pad, SEVEN), VISITOR)
    return status == 200 and b'"text":"7"' in answer


def _after(target: Target) -> str:
    start = time.perf_counter()
    try:
        answered = _draw(target.port, target.pad)
    except (OSError, http.client.HTTPException):
        answered = False
    return f"{1000 * (time.perf_counter() - start):.0f}" if answered else "none"


def _watch(process: int, folder: Path, sizes: list[tuple[float, float]], stop: Event) -> None:
    """Megabytes of memory and of the folder, five times a second."""
    while not stop.is_set():
        status = Path(f"/proc/{process}/status").read_text()
        memory = int(status.partition("VmRSS:")[2].split()[0]) / 1000
        files = 0.0
        for path in folder.rglob("*"):
            with suppress(OSError):
                files += path.stat().st_size
        sizes.append((memory, files / 1e6))
        stop.wait(0.2)


def _request(
    port: int, method: str, path: str, body: bytes | None = None, client: str = VISITOR
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=20)
    try:
        connection.request(method, path, body, {"X-Forwarded-For": client})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


# --- Attacks -----------------------------------------------------------------


PAD = "/gradio_api/component_server/"
JOIN = "/gradio_api/queue/join"
CALL = "/gradio_api/call/read_strokes"
UPLOAD = "/gradio_api/upload"
JSON = "application/json"
FORM = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'


def pad_body(pad: int, strokes: Any) -> bytes:
    """A call of the pad."""
    call = {"data": strokes, "component_id": pad, "session_hash": "abuse", "fn_name": "read_strokes"}
    return json.dumps(call).encode()


def head(path: str, length: int, kind: str = JSON, method: str = "POST") -> bytes:
    """The head of a request of the attacker."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {HOST}",
        f"X-Forwarded-For: {ATTACKER}",
        f"Content-Type: {kind}",
        f"Content-Length: {length}",
    ]
    return "\r\n".join([*lines, "\r\n"]).encode("latin-1", "replace")


async def ask(port: int, request: bytes, wait: float = 20) -> tuple[int, bytes]:
    """Send a request by a connection of its own; return status and body, 0 where there was no answer."""
    with suppress(OSError, EOFError, asyncio.TimeoutError, ValueError, IndexError):
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            answer = asyncio.create_task(_answer(reader))
            with suppress(OSError):  # it may have been refused before its end
                writer.write(request)
                await writer.drain()
            return await asyncio.wait_for(answer, wait)
        finally:
            writer.close()
    return 0, b""


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    body = b""
    with suppress(asyncio.TimeoutError, EOFError):  # a stream has no end, the answer to HEAD no body
        if "content-length" in fields:
            body = await reader.readexactly(int(fields["content-length"]))
        else:
            body = await asyncio.wait_for(reader.read(100_000), 1)
    return int(lines[0].split()[1]), body


async def flood(target: Target, end: float, requests: list[bytes], connections: int) -> None:
    """Send requests in turn by so many connections."""

    async def one(first: int) -> None:
        number = first
        while time.monotonic() < end:
            await ask(target.port, requests[number % len(requests)])
            number += connections

    await asyncio.gather(*(one(number) for number in range(connections)))


async def hold(target: Target, end: float, start: bytes, connections: int) -> None:
    """Send the beginning of a request by so many connections, and hold them; those closed come again."""

    async def one() -> None:
        while time.monotonic() < end:
            with suppress(OSError, asyncio.TimeoutError):
                reader, writer = await asyncio.open_connection(HOST, target.port)
                writer.write(start)
                while await asyncio.wait_for(reader.read(65536), end - time.monotonic()):
                    pass
                writer.close()
            await asyncio.sleep(0.05)

    await asyncio.gather(*(one() for _ in range(connections)))


def _attack_of(build: Callable[[Target], list[bytes]], connections: int) -> Attack:
    async def attack(target: Target, end: float) -> None:
        await flood(target, end, build(target), connections)

    return attack


def _holding(build: Callable[[Target], bytes], connections: int) -> Attack:
    async def attack(target: Target, end: float) -> None:
        await hold(target, end, build(target), connections)

    return attack


def _whole(path: str, body: bytes, kind: str = JSON) -> bytes:
    return head(path, len(body), kind) + body


def _drawing(strokes: int, points: int) -> list[list[list[float]]]:
    rng = np.random.default_rng(SEED)
    starts = rng.uniform(0, 4000, (strokes, 1, 2))
    return (starts + rng.uniform(-3, 3, (strokes, points, 2)).cumsum(1)).round(2).tolist()


def _scribble() -> list[list[list[float]]]:
    """Four strokes from one side of the pad to the other and back, 300 points in all."""
    rng = np.random.default_rng(SEED)
    return rng.uniform(0, 400, (4, 75, 2)).round(2).tolist()


def _drawing_of(target: Target, strokes: int, points: int) -> bytes:
    return _whole(PAD, pad_body(target.pad, _drawing(strokes, points)))


def _call_body(strokes: Any) -> bytes:
    return json.dumps({"data": [strokes, None]}).encode()


def _get(path: str) -> bytes:
    return head(path, 0, method="GET")


async def _nothing(target: Target, end: float) -> None:
    await asyncio.sleep(max(0, end - time.monotonic()))


async def _upload_and_give_up(target: Target, end: float) -> None:
    start = head(UPLOAD, 45_000_000, FORM) + PART

    async def one() -> None:
        for _ in range(UPLOADED_MEGABYTES // 20 // 20):
            with suppress(OSError):
                _, writer = await asyncio.open_connection(HOST, target.port)
                writer.write(start + os.urandom(20_000_000))
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(writer.drain(), 10)
                await asyncio.sleep(0.2)
                writer.transport.abort()

    await asyncio.gather(*(one() for _ in range(20)))
    await _nothing(target, end)


async def _upload_much(target: Target, end: float) -> None:
    async def one() -> None:
        for _ in range(UPLOADED_MEGABYTES // 20 // 8):
            await ask(target.port, _whole(UPLOAD, PART + os.urandom(20_000_000) + b"\r\n--x--\r\n", FORM))

    await asyncio.gather(*(one() for _ in range(8)))
    await _nothing(target, end)


async def _photos(target: Target, end: float) -> None:
    photo = (ROOT / "lenet/ui/photos/a_year_on_lined_paper.jpg").read_bytes()
    _, answer = await ask(target.port, _whole(UPLOAD, PART + photo + b"\r\n--x--\r\n", FORM))
    call = {"data": json.loads(answer)[0], "component_id": target.photo, "session_hash": "x"}
    body = json.dumps({**call, "fn_name": "read_uploaded"}).encode()
    await flood(target, end, [_whole(PAD, body)], 30)


async def _slow_pictures(target: Target, end: float) -> None:
    bodies = []
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for make in slow_pictures.PICTURES.values():
            make(path := Path(folder) / "picture")
            form = PART + path.read_bytes() + b"\r\n--x--\r\n"
            _, answer = await ask(target.port, _whole(UPLOAD, form, FORM))
            call = {"data": json.loads(answer)[0], "component_id": target.photo, "session_hash": "x"}
            bodies.append(_whole(PAD, json.dumps({**call, "fn_name": "read_uploaded"}).encode()))
    making = time.monotonic() - start
    await flood(target, end + making, bodies, 30)


async def _join_and_wait(target: Target, end: float) -> None:
    sessions = [f"idle{number}" for number in range(500)]
    for session in sessions:
        body = json.dumps({"data": [SEVEN, None], "fn_index": 0, "session_hash": session}).encode()
        await ask(target.port, _whole(JOIN, body))
        await ask(target.port, _get(f"/gradio_api/queue/data?session_hash={session}"), 1)
    streams = [_get(f"/gradio_api/queue/data?session_hash={session}") for session in sessions]
    await asyncio.gather(*(hold(target, end, stream, 1) for stream in streams))


async def _hostile(target: Target, end: float) -> None:
    """Send the hostile calls, however long it takes, and print how they were answered."""
    statuses: Counter[int] = Counter()
    failures: Counter[str] = Counter()
    calls = hostile_calls(target)

    async def one(client: bytes) -> None:
        for call in calls:
            status, answer = await ask(target.port, call.replace(ATTACKER.encode(), client))
            statuses[status] += 1
            if (status >= 500 and b'"error":' not in answer) or b"Traceback" in answer:
                failures[call[:60].partition(b" HTTP")[0].decode("latin-1")] += 1

    # From many addresses, for one client would have to wait.
    await asyncio.gather(*(one(b"203.0.113.%d" % number) for number in range(1, 41)))
    told = ", ".join(f"{status or 'none'}: {count}" for status, count in sorted(statuses.items()))
    failed = dict(failures) or "none"
    print(f"{statuses.total():,} hostile calls, answered {told}; failures: {failed}", flush=True)


VALUES: list[Any] = [
    *(None, True, -1, 0, 1e308, 2**70, float("nan"), float("-inf"), "", "\0", "\ud800", "x" * 10_000, SEVEN),
    *(
        [],
        {},
        [[]],
        [[[]]],
        [[[0, 0]]],
        [[["a", "b"]]],
        [[[1, 2, 3]]],
        [[[float("nan"), 1]]],
        [[[1e308, -1e308]]],
    ),
    *("read_strokes", "__class__", "__init__", "/etc/passwd", "http://127.0.0.1:9/", [SEVEN, None]),
    {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
    {"path": "http://127.0.0.1:9/x", "meta": {"_type": "gradio.FileData"}},
    {"path": "\0", "meta": {"_type": "gradio.FileData"}},
    {"__type__": "update", "value": 1},
    json.loads("[" * 30 + "]" * 30),
]
FIELDS = ["data", "component_id", "session_hash", "fn_name", "fn_index", "event_id", "trigger_id"]
PATHS = [PAD, JOIN, CALL, "/gradio_api/call/read_image", "/gradio_api/cancel", "/gradio_api/reset", UPLOAD]
ODD_PATHS = [
    *(
        "/",
        "/%00",
        "/assets/%00",
        "/assets/..%2f..%2fetc/passwd",
        "/static/" + "a" * 5000,
        "//",
        "/\xff",
        "/%ff",
    ),
    *("/config?deep_link=%00", "/?deep_link=../x", "/gradio_api/info?page=%00", "/monitoring/x", "/login"),
    *("/gradio_api/file=%00", "/gradio_api/file=/etc/passwd", "/gradio_api/queue/data?session_hash=%00"),
    *("/gradio_api/call/read_strokes/x", "/gradio_api/proxy=x", "/gradio_api/heartbeat/x"),
    *("/gradio_api/process_recording", "/gradio_api/upload_progress?upload_id=x"),
]


def hostile_calls(target: Target) -> Iterator[bytes]:
    """Requests with values that nobody expects, the same in each run."""
    rng = random.Random(SEED)
    good = {"component_id": target.pad, "fn_name": "read_strokes", "session_hash": "hostile", "fn_index": 0}
    for _ in range(HOSTILE_CALLS):
        kind = rng.random()
        if kind < 0.7:
            call = {**good, "data": [SEVEN, None]}
            for field in rng.sample(FIELDS, rng.randint(1, 3)):
                call[field] = rng.choice(VALUES)
            for field in rng.sample(FIELDS, rng.randint(0, 1)):
                call.pop(field, None)
            kind_of_body = rng.choice([JSON, JSON, JSON, FORM, "x"])
            yield _whole(rng.choice(PATHS), json.dumps(call).encode(), kind_of_body)
        elif kind < 0.85:
            body = bytearray(json.dumps({**good, "data": SEVEN}).encode())
            for _ in range(rng.randint(1, 8)):
                body[rng.randrange(len(body))] = rng.randrange(256)
            yield _whole(rng.choice(PATHS), bytes(body))
        elif kind < 0.92:
            form = PART[: rng.randrange(len(PART))] + rng.randbytes(rng.randrange(2000))
            end = rng.choice([b"", b"\r\n--x--\r\n"])
            yield _whole(UPLOAD, form + end, rng.choice([FORM, "x", FORM[:19]]))
        else:
            method = rng.choice(["GET", "HEAD", "POST", "PUT", "DELETE", "X"])
            yield head(rng.choice(ODD_PATHS), 0, method=method)


BIG = b"[[0.5,0.5]," * 800_000
DEEP = b"[" * 4_000_000

ATTACKS: dict[str, Attack] = {
    "no attack": _nothing,
    "JSON of 8 MB, 8 connections": _attack_of(lambda _: [_whole(PAD, BIG[:8_000_000])], 8),
    "JSON of 7.8 MB to the API": _attack_of(lambda _: [_whole(CALL, _call_body([[[0, 0]] * 975_000]))], 4),
    "brackets 4,000,000 deep": _attack_of(lambda _: [_whole(PAD, DEEP), _whole(JOIN, DEEP)], 8),
    "brackets 900 deep": _attack_of(lambda _: [_whole(JOIN, b"[" * 900 + b"]" * 900)], 30),
    "10,000 points, 8 connections": _attack_of(lambda target: [_drawing_of(target, 500, 20)], 8),
    "1,000 strokes, 60 connections": _attack_of(lambda target: [_drawing_of(target, 1000, 5)], 60),
    "1,000 strokes to the API": _attack_of(lambda _: [_whole(CALL, _call_body(_drawing(1000, 5)))], 60),
    "small drawings, 60 connections": _attack_of(lambda t: [_whole(PAD, pad_body(t.pad, SEVEN))], 60),
    "scribbles, 60 connections": _attack_of(
        lambda target: [_whole(PAD, pad_body(target.pad, _scribble()))], 60
    ),
    "small drawings to the API": _attack_of(lambda _: [_whole(CALL, _call_body(SEVEN))], 60),
    "photos, 30 connections": _photos,
    "slow pictures, 30 connections": _slow_pictures,
    "bodies without their last byte": _holding(lambda _: head(PAD, 4_900_001) + b"1" * 4_900_000, 40),
    "500 heads without their end": _holding(lambda _: b"GET / HTTP/1.1\r\nHost: x\r\n", 500),
    "500 idle polls of dev/reload": _holding(lambda _: _get("/gradio_api/dev/reload"), 500),
    "500 idle streams": _join_and_wait,
    "uploads given up": _upload_and_give_up,
    "uploads that fill the disk": _upload_much,
    "the page, 60 connections": _attack_of(lambda _: [_get("/"), _get("/config")], 60),
    "unknown routes, 60 connections": _attack_of(lambda _: [_get(path) for path in ODD_PATHS], 60),
    "hostile values": _hostile,
}


if __name__ == "__main__":
    main()
