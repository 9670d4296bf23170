"""Python's search for garbage put off while many small records are made that all stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Put off the search for garbage while a policy is loaded.

    Nearly everything made there stays, so the search finds nothing and takes more time than the load itself.
    Where the caller has switched it off, it stays off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
