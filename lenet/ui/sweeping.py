"""Work that is repeated for as long as the server runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

_LOGGER = logging.getLogger(__name__)


async def repeat(sweep: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Sweep from time to time, whatever happens.

    Args:
        sweep: removes what is too old; an error is logged, and the next sweep tries again.
        seconds: between two sweeps.
    """
    while True:
        await asyncio.sleep(seconds)
        try:
            await sweep()
        except Exception:
            _LOGGER.exception("a sweep failed; the next one tries again")
