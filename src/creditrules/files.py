"""Files on disk: where policies, vocabularies and outlines lie, and how they are read."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from creditrules.diagnostics import Finding, Findings, advice, errors_in, nearest
from creditrules.errors import PolicyError
from creditrules.source import Source
from creditrules.vocabulary import Vocabulary

_BESIDE = ("vocabulary.yaml",)


def shipped_folder() -> Path:
    """Give the folder of the shipped policies: inside the installed package, or beside its source."""
    inside = Path(__file__).parent / "policies"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / "policies"


def shipped_policies() -> tuple[str, ...]:
    """Name the shipped policies."""
    return tuple(path.stem for path in policy_files(shipped_folder()))


def policy_files(folder: Path) -> tuple[Path, ...]:
    """Give the policy files of a folder, by name."""
    return tuple(sorted(path for path in folder.glob("*.yaml") if path.name not in _BESIDE))


def read_source(path: Path) -> tuple[Source | None, tuple[Finding, ...]]:
    """Read a file as UTF-8; a missing or otherwise encoded one is a finding."""
    try:
        return decoded(str(path), path.read_bytes())
    except OSError:
        findings = Findings(Source(str(path), ""))
        findings.report("CR114", None, name=path)
        return None, tuple(findings.found)


def decoded(name: str, data: bytes) -> tuple[Source | None, tuple[Finding, ...]]:
    """Read bytes as UTF-8; anything else is a finding."""
    try:
        return Source(name, data.decode("utf-8")), ()
    except UnicodeDecodeError as wrong:
        findings = Findings(Source(name, ""))
        findings.report("CR111", None, advice("save-utf8"), offset=wrong.start)
        return None, tuple(findings.found)


def find_policy(name: str | Path) -> tuple[Path, tuple[Finding, ...]]:
    """Give the file of a shipped policy or of a path; a name nobody knows is a finding."""
    path = Path(name)
    if isinstance(name, Path) or path.suffix or len(path.parts) > 1:
        return path, ()
    shipped = shipped_folder() / f"{name}.yaml"
    if name in shipped_policies():
        return shipped, ()
    findings = Findings()
    findings.report("CR508", None, nearest(str(name), shipped_policies()), spot=str(name), name=name)
    return path, tuple(findings.found)


def beside(path: Path, name: str) -> Path:
    """Give a file beside a policy, or the shipped one."""
    beside = path.parent / name
    return beside if beside.is_file() else shipped_folder() / name


def read_text(path: Path) -> str:
    """Read a file that must be there; raises `PolicyError`."""
    source, found = read_source(path)
    if source is None:
        raise PolicyError(found)
    return source.text


@lru_cache(maxsize=8)
def load_vocabulary(name: str, text: str) -> tuple[Vocabulary | None, tuple[Finding, ...]]:
    """Read and check a vocabulary; the same text gives the same object."""
    from creditrules.checker import check_vocabulary  # here, for nothing is checked that comes from the cache
    from creditrules.vocabulary_reader import read_vocabulary

    source = Source(name, text)
    vocabulary, found = read_vocabulary(source)
    if vocabulary is None or errors_in(found):
        return None, found
    return vocabulary, (*found, *check_vocabulary(vocabulary, source))


def outline_of(path: Path, policy: str) -> tuple[Source | None, tuple[Finding, ...]]:
    """Read the text of the outline that goes with a policy, if there is one."""
    outline_path = beside(path, f"outlines/{policy}.yaml")
    return read_source(outline_path) if outline_path.is_file() else (None, ())
