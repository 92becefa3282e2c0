"""What Gradio remembers of visitors: nothing of what they sent, and results for a while."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

from gradio.block_function import BlockFunction
from gradio.blocks import Blocks
from gradio.queueing import Event, Queue
from gradio.routes import App
from gradio.state_holder import SessionState, StateHolder

from lenet.ui.lanes import ANYBODY, BusyError, Client, Lane, client_of
from lenet.ui.sweeping import repeat

RESULT_SECONDS = 180
"""Seconds from a call to the API until its result is forgotten.

Chosen: three times what 40 photos of 3 s take, two at a time.
"""

_MAX_CALLS = 8
"""Calls to the API that one client may have in progress; Gradio's queue works at 40 at once."""

_MAX_WAITING = 64
"""Maximum number of calls to the API that wait in Gradio's queue; further ones are refused."""

_SWEEP_EVERY = 2
"""Seconds between two sweeps."""


class _Nothing(SessionState):
    """A session that keeps no values: the page has no component whose value is asked for later."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Gradio would keep the last input and output of each component here."""


class OneSession(StateHolder):
    """The same session for all visitors; Gradio would keep one for each of them and for each API call."""

    def __init__(self, blocks: Blocks) -> None:
        """Make the session."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.set_blocks(blocks)
        self._session = _Nothing(blocks)

    def __getitem__(self, session_id: str) -> SessionState:
        """The session."""
        return self._session

    def __contains__(self, session_id: object) -> bool:
        """Whether something of this visitor could be looked up."""
        return False


class Results:
    """The calls to the API and their results, which wait in Gradio's queue until they are fetched."""

    def __init__(self, app: App) -> None:
        """Watch over the queue of an app, and let its sessions keep nothing."""
        self._queue: Queue = app.get_blocks()._queue
        self._queue.max_size = _MAX_WAITING  # by `Blocks.queue` the app would be made once more, in 0.1 s
        self._calls = Lane(slots=32, share=1, waiting=_MAX_CALLS)
        self._owners: dict[str, tuple[Client, float]] = {}
        # Gradio sums up a table of the last 10,000 calls after each of them, for a page that is closed here.
        self._queue.ANALYTICS_MAX_EVENTS = 1
        self._queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize
        self._process = self._queue.process_events
        self._queue.process_events = self._process_and_forget  # type: ignore[method-assign]
        app.state_holder = OneSession(app.get_blocks())

    async def _process_and_forget(
        self, events: list[Event], batch: bool, begin_time: float, fn: BlockFunction
    ) -> None:
        """Answer a call when it is its client's turn; unpacking its input takes as long as reading it.

        Then forget it: Gradio's loop would keep the last one, with what it brought, until the next.
        """
        # By the name that Gradio gave the task, giving up one call would stop all calls of a session; those
        # that wait for their turn would stay in Gradio's lists for ever.
        if task := asyncio.current_task():
            task.set_name("")
        try:
            for event in events:
                if event.data:
                    event.data.data = [packed(value) for value in event.data.data]
            async with self._calls.turn(_client(events[0])):
                await self._process(events, batch, begin_time, fn)
        finally:
            for event in events:
                event.data = None
                vars(event).pop("request")

    def need_room(self, client: Client) -> None:
        """Make sure that a client may send a call; BusyError if it has too many in progress."""
        in_progress = list(self._queue.event_ids_to_events.values())
        if client != ANYBODY and sum(_client(event) == client for event in in_progress) >= _MAX_CALLS:
            raise BusyError

    def claim(self, session: str, client: Client) -> bool:
        """Let a client send calls as a session.

        Returns:
            Whether it may: the session is new, or this client's.
        """
        if self._owners.setdefault(session, (client, 0.0))[0] != client:
            return False
        self._owners[session] = (client, time.monotonic())
        return True

    def may_fetch(self, session: str, client: Client) -> bool:
        """Whether a client has sent calls as this session."""
        return session in self._owners and self._owners[session][0] == client

    async def sweep_forever(self) -> None:
        """Sweep from time to time, whatever happens."""
        await repeat(self.sweep, _SWEEP_EVERY)

    async def sweep(self, max_age: float = RESULT_SECONDS) -> None:
        """Forget sessions whose last call is older than `max_age` in seconds, with all results."""
        now = time.monotonic()
        pending = self._queue.pending_event_ids_session
        for session in list(pending):
            if session not in self._owners:  # its name was made by Gradio, for a call without one
                self._owners[session] = ("", now)
        for session, (_, last) in list(self._owners.items()):
            if now - last >= max_age:
                await self._queue.clean_events(session_hash=session)
                pending.pop(session, None)
                self._queue.pending_messages_per_session.pop(session, None)
                del self._owners[session]


def packed(value: Any) -> Any:
    """An input in which Gradio does not look for files; that takes 0.2 s for 100,000 lists (measured)."""
    if isinstance(value, dict):
        return {key: tuple(part) if isinstance(part, list) else part for key, part in value.items()}
    return tuple(value) if isinstance(value, list) else value


def unpacked(value: Any) -> Any:
    """The input that was packed."""
    if isinstance(value, dict):
        return {key: list(part) if isinstance(part, tuple) else part for key, part in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _client(event: Event) -> Client:
    return client_of(event.request.client.host if event.request.client else None)
