"""Compiled policies on disk: what a load worked out, kept for the next start. Never needed, never trusted blindly.

An entry is text: a line of JSON that says what it is of, then a line for each part. It counts only if it was made by
this version of the library from the very same texts, and not a byte of it has changed since; anything else is as if
it were not there. So is a folder that cannot be read or written, or that others may write to.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from creditrules.frozen import dataclass
from creditrules.version import __version__

FORMAT = "creditrules-cache-1"
VARIABLE = "CREDITRULES_CACHE"
_OFF, _ON = ("", "0", "off", "no", "false"), ("1", "on", "yes", "true")


def cache_folder(cache: str | os.PathLike[str] | bool | None) -> Path | None:
    """Give the folder to keep compiled policies in, or `None` for no cache.

    `None` leaves it to the environment variable `CREDITRULES_CACHE`; without it there is no cache. `True` (`on` in
    the variable) is the user's own cache folder, `False` (`off`) is none, anything else is a folder.
    """
    if cache is None:
        told = os.environ.get(VARIABLE, "")
        cache = True if told.lower() in _ON else False if told.lower() in _OFF else told
    if isinstance(cache, bool):
        return user_folder() if cache else None
    if not isinstance(cache, str | os.PathLike):
        raise TypeError(f"cache={cache!r}: a folder, True, False or None is wanted, not {type(cache).__name__}")
    return Path(cache)


def user_folder() -> Path:
    """Give the folder in which this user's programs keep what they can make again."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "creditrules"


@dataclass(frozen=True, slots=True)
class Entry:
    """What was kept of one policy: the name it bears, the digest of the texts it was made from, its parts as text."""

    policy: str
    key: str
    parts: tuple[str, ...]


def key_of(texts: Iterable[str | None]) -> str:
    """Give the SHA-256 (hex) of the texts a policy is made from, in order, and of the library that reads them."""
    digest = hashlib.sha256(f"{FORMAT} {__version__} {_code()}".encode())
    for text in texts:
        data = b"" if text is None else text.encode("utf-8", "surrogatepass")
        digest.update(f"\n{'none' if text is None else len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _code() -> str:
    """Tell one state of the library's own files from another: whoever works on it must not meet old results."""
    try:
        here = os.scandir(Path(__file__).parent)
        found = sorted((one.name, one.stat()) for one in here if one.name.endswith(".py"))
    except OSError:
        return ""
    marks = [f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in found]
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()


def entry_path(folder: Path, policy: Path) -> Path:
    """Give the file that holds what is kept of a policy file: one for each path, written anew with a new text."""
    where = hashlib.sha256(os.fsencode(os.path.abspath(policy))).hexdigest()[:16]
    return folder / f"{policy.stem[:60]}-{where}.json"


def kept(path: Path) -> Entry | None:
    """Read an entry; `None` where there is none, or none that is whole and our own."""
    try:
        if not _ours(path):
            return None
        head, _, body = path.read_bytes().partition(b"\n")
        told = json.loads(head)
        if not isinstance(told, dict) or told.get("format") != FORMAT:
            return None
        if told.get("sha256") != hashlib.sha256(body).hexdigest():
            return None
        policy, key = told.get("policy"), told.get("key")
        if not (isinstance(policy, str) and isinstance(key, str)):
            return None
        return Entry(policy, key, tuple(body.decode("utf-8", "surrogatepass").split("\n")))
    except (OSError, ValueError, RecursionError):
        return None


def keep(path: Path, entry: Entry) -> bool:
    """Write an entry whole or not at all; say whether it could be written."""
    body = "\n".join(entry.parts).encode("utf-8", "surrogatepass")
    told = {"format": FORMAT, "policy": entry.policy, "key": entry.key, "sha256": hashlib.sha256(body).hexdigest()}
    temporary = None
    import tempfile  # here, for it brings in much and only writing needs it

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps(told).encode() + b"\n" + body)
        os.replace(temporary, path)
    except (OSError, ValueError):
        if temporary is not None:
            _remove(temporary)
        return False
    return True


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return


def _ours(path: Path) -> bool:
    """Say whether a file and its folder are this user's, and nobody else may write to them (where a system knows)."""
    if not hasattr(os, "getuid"):
        return True
    return all(stat.st_uid == os.getuid() and not stat.st_mode & 0o022 for stat in (path.stat(), path.parent.stat()))
