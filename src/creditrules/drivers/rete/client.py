"""The engine as its callers see it: a child process that is started, asked, stopped and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

from creditrules.diagnostics import advice
from creditrules.drivers.rete.encode import Answer, Encoding
from creditrules.drivers.rete.unavailable import unavailable
from creditrules.facts import Request

WORKER = Path(__file__).with_name("worker.py")
# Memory that a session takes and gives back is kept for the next one: a tenth faster.
ENVIRONMENT = {"MALLOC_TRIM_THRESHOLD_": "1000000000", "MALLOC_MMAP_THRESHOLD_": "1000000000"}
SECONDS = 10.0  # for an answer, by default
LOADED_AT_MOST = 60_000  # conjunctions in one child; beyond it a new child begins
SECONDS_PER_CONJUNCTION = 0.002  # that a load or a run may take longer
ANSWERS_AT_MOST = 200_000  # of one child


class _GoneError(Exception):
    """The child died, hung or talked nonsense."""


class Engine:
    """A second engine in a child process of its own: started when first asked, for one caller at a time.

    A child that dies, or does not answer within `seconds` (longer for large policies), is killed, started again, and
    asked once more. Then `EngineUnavailableError` is raised; nothing is ever guessed. May be shared between threads,
    which wait for each other. `close()`, or the end of a `with` block, ends the child; a question starts it again.
    """

    def __init__(self, *, seconds: float = SECONDS, command: tuple[str, ...] | None = None) -> None:
        self.seconds = seconds
        self.starts = 0
        self._command = command
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._owner = 0
        self._loaded: dict[str, int] = {}
        self._number = 0

    def ask(self, encoding: Encoding, request: Request) -> Answer:
        """Have the engine derive what follows from a request; raises `EngineUnavailableError`."""
        asked = {"do": "run", "id": encoding.id, **encoding.facts(request)}
        with self._lock:
            for again in (True, False):
                try:
                    return self._asked(encoding, asked)
                except _GoneError as error:
                    self._stop()
                    if not again:
                        raise unavailable("engine-gone", advice("engine-said", why=error)) from None
                except BaseException:
                    self._stop()  # an answer may be under way, to a question nobody asks any more
                    raise
        raise AssertionError

    def close(self) -> None:
        """End the child process."""
        with self._lock:
            self._stop()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Give the number of the child process, if there is one."""
        return None if self._process is None else self._process.pid

    def _asked(self, encoding: Encoding, asked: dict[str, object]) -> Answer:
        if self._worn_out(encoding):
            self._stop()
        if self._process is None:
            self._start()
        seconds = self.seconds + encoding.size * SECONDS_PER_CONJUNCTION
        if encoding.id not in self._loaded:
            self._say({"do": "load", "id": encoding.id, "load": encoding.load}, seconds)
            self._loaded[encoding.id] = encoding.size
        papers = asked["papers"]
        assert isinstance(papers, list)
        said = self._say(asked, seconds * max(1, len(papers)))
        try:
            found = Answer(encoding.outputs, frozenset(said["whole"]), tuple(map(frozenset, said["papers"])))
        except (KeyError, TypeError) as error:
            raise _GoneError(f"not an answer: {error!r}") from None
        if len(found.papers) != len(papers):
            raise _GoneError("not an answer to this question")
        return found

    def _worn_out(self, encoding: Encoding) -> bool:
        """Say whether there is no child that could be asked; it may belong to the process this one was split from."""
        if self._process is None:
            return False
        if self._owner != os.getpid():
            self._process, self._loaded = None, {}
            return False
        more = 0 if encoding.id in self._loaded else encoding.size
        full = sum(self._loaded.values()) + more > LOADED_AT_MOST and bool(self._loaded)
        return full or self._number > ANSWERS_AT_MOST or self._process.poll() is not None

    def _start(self) -> None:
        command = self._command or (sys.executable, "-P", str(WORKER))
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="ascii",
                start_new_session=True,
                env={**os.environ, **ENVIRONMENT},
            )
        except OSError as error:
            raise unavailable("engine-start", advice("engine-said", why=error)) from None
        self.starts += 1
        self._owner, self._number, self._loaded = os.getpid(), 0, {}
        said = self._exchange(None, self.seconds)
        if "unavailable" in said:
            self._stop()
            raise unavailable(
                "engine-missing", advice("install-rete"), advice("engine-said", why=said["unavailable"])
            )
        if said.get("ready") is not True:
            raise _GoneError("it did not begin as it should")

    def _say(self, asked: dict[str, object], seconds: float) -> dict[str, Any]:
        self._number += 1
        line = json.dumps({**asked, "number": self._number, "seconds": seconds + 5}) + "\n"
        said = self._exchange(line, seconds)
        if said.get("number") != self._number:
            raise _GoneError("an answer to another question")
        if "error" in said:
            raise _GoneError(str(said["error"]))
        return said

    def _exchange(self, line: str | None, seconds: float) -> dict[str, Any]:
        """Write a line and read one; a child that takes too long is killed, which ends both."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            if line is not None:
                process.stdin.write(line)
                process.stdin.flush()
            read = process.stdout.readline()
            said = json.loads(read) if read else None
        except (OSError, ValueError) as error:
            raise _GoneError(_why(process, late.is_set(), seconds) or repr(error)) from None
        finally:
            timer.cancel()
        if not isinstance(said, dict):
            raise _GoneError(_why(process, late.is_set(), seconds) or "it said nothing")
        return said

    def _stop(self) -> None:
        process, self._process, self._loaded = self._process, None, {}
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was still to be written has nobody to read it


def _why(process: subprocess.Popen[str], late: bool, seconds: float) -> str:
    """Say how a child ended."""
    if late:
        return f"no answer within {seconds:g} s"
    try:
        code = process.wait(1)
    except subprocess.TimeoutExpired:
        return ""
    return f"the process ended: {signal.Signals(-code).name if code < 0 else code}"


@lru_cache(maxsize=1)
def shared_engine() -> Engine:
    """Give the engine that all callers of this process share; its child starts with the first question."""
    return Engine()
