"""A run that may be interrupted: finished parts on disk, each complete or not there, and a manifest that tells whose.

A part is written beside its name and renamed when it is whole; only then the manifest names it. So whatever is cut
off in the middle is done again, and nothing is there twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from creditrules.diagnostics import Findings, advice
from creditrules.drivers.table.answers import COLUMNS
from creditrules.drivers.table.refused import Refused, as_csv, refused_beside
from creditrules.errors import RequestError

try:
    import fcntl
except ImportError:  # pragma: no cover - another system: two runs at once are not told apart there
    fcntl = None  # type: ignore[assignment]  # not there, and asked for before use

Counts = Counter[tuple[str | None, str | None]]
_MANIFEST = "manifest.json"
_WHAT = {"policy": "@the-policy", "input": "@the-input", "options": "@the-options", "version": "@the-version"}


@dataclass(frozen=True, slots=True)
class Part:
    """A finished part: its first row, how many rows it has, its size on disk, and what came of the rows."""

    start: int
    rows: int
    bytes: int
    counts: Counts

    @property
    def end(self) -> int:
        """Give the row after its last."""
        return self.start + self.rows


class Run:
    """The folder of a run: its manifest, its parts. `identity` says whose they are, key by key."""

    def __init__(self, folder: Path, identity: Mapping[str, object] | None) -> None:
        self.folder = folder
        self.identity = json.loads(json.dumps(identity)) if identity is not None else None
        self.parts: dict[int, Part] = {}

    def begin(self) -> None:
        """Take up what an interrupted run of the same left; raises `RequestError` where it was another one.

        Without an identity nothing can be taken up, and the folder is emptied.
        """
        there = self._manifest()
        if self.identity is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        elif there is not None:
            for key, what in _WHAT.items():
                if there["identity"].get(key) != self.identity.get(key):
                    findings = Findings()
                    help_ = advice("start-anew", name=self.folder)
                    findings.report("CR545", None, help_, spot=str(self.folder), name=self.folder.name, what=what)
                    raise RequestError(tuple(findings.found))
            for one in there["parts"]:
                counts = Counter({(outcome, matter): count for outcome, matter, count in one["counts"]})
                part = Part(one["start"], one["rows"], one["bytes"], counts)
                path = self.file(part.start)
                if path.exists() and path.stat().st_size == part.bytes:
                    self.parts[part.start] = part
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.glob("*.tmp"):
            left.unlink()
        self._write()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other runs out of the folder for a while; raises `RequestError` where one is at it."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        lock = self.folder.with_suffix(".lock")
        with lock.open("w") as held:
            if fcntl is not None:
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    findings = Findings()
                    findings.report("CR547", None, spot=str(self.folder), name=self.folder.stem)
                    raise RequestError(tuple(findings.found)) from None
            yield
            lock.unlink(missing_ok=True)

    def _manifest(self) -> dict[str, Any] | None:
        try:
            found = json.loads((self.folder / _MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) and "identity" in found and "parts" in found else None

    def file(self, start: int) -> Path:
        """Name the file of the part that begins with a row."""
        return self.folder / f"part-{start:012d}.parquet"

    def note(self, part: Part) -> None:
        """Put a finished part on record."""
        self.parts[part.start] = part
        self._write()

    def _write(self) -> None:
        parts = [
            {
                "start": part.start,
                "rows": part.rows,
                "bytes": part.bytes,
                "counts": [[outcome, matter, count] for (outcome, matter), count in part.counts.items()],
            }
            for _, part in sorted(self.parts.items())
        ]
        text = json.dumps({"identity": self.identity, "parts": parts}, ensure_ascii=False)
        write_whole(self.folder / _MANIFEST, text.encode())

    def in_order(self) -> list[Part]:
        """Give the parts in the order of their rows."""
        return [part for _, part in sorted(self.parts.items())]

    def next_after(self, row: int) -> int | None:
        """Give the first row of the next finished part from a row on."""
        return min((start for start in self.parts if start >= row), default=None)

    def end(self) -> None:
        """Remove the folder: the result is written."""
        shutil.rmtree(self.folder, ignore_errors=True)


def write_part(path: Path, table: pa.Table, refused: list[Refused]) -> int:
    """Write the answers and the refused rows of a part, whole or not at all; gives the size of the answers."""
    write_whole(refused_beside(path), as_csv(refused, heading=False).encode())
    temporary = path.with_suffix(".tmp")
    lists = [name for name in table.column_names if name in COLUMNS and name != "decision"]
    pq.write_table(table, temporary, compression="zstd", compression_level=1, use_dictionary=lists)
    _settle(temporary, path)
    return path.stat().st_size


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or as it was."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(content)
    _settle(temporary, path)


def _settle(temporary: Path, path: Path) -> None:
    with temporary.open("rb") as written:
        os.fsync(written.fileno())
    os.replace(temporary, path)


def digest_of(path: Path) -> dict[str, object]:
    """Give what tells a file from another: its size, and the SHA-256 of its content."""
    with path.open("rb") as content:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(content, "sha256").hexdigest()}
