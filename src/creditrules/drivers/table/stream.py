"""A table decided from file to file: chunk by chunk, in memory that does not grow, on several cores, taken up again
where it was interrupted."""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow as pa

from creditrules.diagnostics import Finding
from creditrules.drivers.table import duck
from creditrules.drivers.table.chunk import Asking, Front, decide_chunk
from creditrules.drivers.table.deciding import (
    DecidedTable,
    Told,
    paper_table,
    readable,
    result_table,
)
from creditrules.drivers.table.papers import PaperTable
from creditrules.drivers.table.parts import (
    Counts,
    Part,
    Run,
    digest_of,
    write_part,
)
from creditrules.drivers.table.refused import Refused, as_csv, refused_beside
from creditrules.drivers.table.source import Source, open_table
from creditrules.drivers.table.summary import summary
from creditrules.version import __version__

SMALLEST, LARGEST = 8_192, 524_288  # rows of a chunk: few while rows are slow, many while they are fast
ENOUGH_SECONDS = 4.0
Again = tuple[Callable[[str], Front], str]


def decide_to_file(
    asking: Asking,
    table: object,
    out: Path,
    documents: object = None,
    *,
    again: Again | None = None,
    workers: int = 1,
    told: Told | None = None,
) -> DecidedTable:
    """Decide a table into a Parquet or CSV file; rows refused go to `NAME.refused.csv` beside it.

    Parts lie in `NAME.parts` until all are there. Where the run is interrupted, the same call goes on from them, if
    table and papers are files; raises `RequestError` where they are parts of another run. `again` is how another
    process gets the same policy, `workers` how many processes decide.
    """
    duck.kind_of_file(out)
    source = open_table(table)
    run = Run(out.with_name(f"{out.name}.parts"), _identity(asking, table, documents, out))
    with run.alone():
        run.begin()
        papers = paper_table(documents)
        with _pool(asking, again, workers, source.total) as pool:
            _run_chunks(_Chunks(source, papers, run), run, pool, told)
        left = papers.left_over() if papers is not None else []
        _finish(asking, run, source, papers, out, left)
        counts: Counts = sum((part.counts for part in run.in_order()), Counter())
        run.end()
    return DecidedTable(None, (), summary(counts), out, asking, _row_reader(table, documents))


def _identity(asking: Asking, table: object, documents: object, out: Path) -> Mapping[str, object] | None:
    """Say whose parts these are; `None` where a table is no file, so that it cannot be known to be the same again."""
    told = [one for one in (table, documents) if one is not None]
    if not all(isinstance(one, str | Path) for one in told):
        return None
    options = {
        "columns": [column.name for column in asking.columns],
        "on": str(asking.on),
        "fixed": {key: str(value) for key, value in asking.fixed.items()},
        "kept": list(asking.kept),
        "out": out.suffix,
    }
    files = [digest_of(Path(str(one))) for one in told]
    return {"policy": asking.front.digests(), "input": files, "options": options, "version": __version__}


class _Chunks:
    """The rows still to be decided, in chunks as large as asked for; finished parts are passed over."""

    def __init__(self, source: Source, papers: PaperTable | None, run: Run) -> None:
        self.source, self.papers, self.run = source, papers, run
        self.total = source.total
        self.row = 0
        self._batches: deque[pa.RecordBatch] = deque()

    def next(self, size: int) -> tuple[int, pa.Table, dict[int, tuple[Finding, ...]]] | None:
        """Give the next chunk with the number of its first row, and findings already made of its rows."""
        while True:
            done = self.run.parts.get(self.row)
            following = self.run.next_after(self.row)
            wanted = done.rows if done is not None else min(size, (following or self.row + size) - self.row)
            start, table = self.row, self._take(wanted)
            if not len(table):
                return None
            self.row += len(table)
            whole, wrong = self.papers.beside(table) if self.papers is not None else (table, {})
            if done is None:
                return start, whole, {**wrong, **self.source.wrong_in(start, len(table))}

    def _take(self, rows: int) -> pa.Table:
        taken: list[pa.RecordBatch] = []
        while rows:
            if not self._batches:
                batch = next(self.source.reader, None)
                if batch is None:
                    break
                self._batches.append(batch)
                continue
            batch = self._batches.popleft()
            taken.append(batch.slice(0, rows))
            if len(batch) > rows:
                self._batches.appendleft(batch.slice(rows))
            rows -= len(taken[-1])
        return pa.Table.from_batches(taken, self.source.reader.schema)


def _run_chunks(chunks: _Chunks, run: Run, pool: _Pool, told: Told | None) -> None:
    """Keep the workers busy, and note each part as it is finished."""
    waiting: dict[Future[tuple[int, Counts, float]], tuple[int, int]] = {}
    size = SMALLEST
    done = 0

    def report() -> None:
        if told is not None:
            told(done, chunks.total)

    while True:
        while len(waiting) < pool.workers + 1:
            found = chunks.next(size)
            if found is None:
                break
            start, table, wrong = found
            waiting[pool.submit(table, wrong, start, run.file(start))] = start, len(table)
        done = chunks.row - sum(rows for _, rows in waiting.values())
        report()
        if not waiting:
            return
        finished = next(iter(wait(waiting, return_when=FIRST_COMPLETED).done))
        bytes_, counts, seconds = finished.result()
        start, rows = waiting.pop(finished)
        run.note(Part(start, rows, bytes_, counts))
        if rows >= size and seconds * 2 < ENOUGH_SECONDS:
            size = min(LARGEST, size * 2)
        elif seconds > 2 * ENOUGH_SECONDS:
            size = max(SMALLEST, size // 2)


class _Pool:
    """Workers that decide chunks: processes where another process can load the same policy, else one thread."""

    def __init__(self, executor: Executor, workers: int, asking: Asking | None) -> None:
        self.executor, self.workers, self.asking = executor, workers, asking

    def submit(
        self, table: pa.Table, wrong: dict[int, tuple[Finding, ...]], start: int, path: Path
    ) -> Future[tuple[int, Counts, float]]:
        if self.asking is not None:
            return self.executor.submit(_decide_part, self.asking, table, wrong, start, path)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        return self.executor.submit(_in_worker, sink.getvalue().to_pybytes(), wrong, start, str(path))


@contextlib.contextmanager
def _pool(asking: Asking, again: Again | None, workers: int, total: int | None) -> Iterator[_Pool]:
    many = workers > 1 and again is not None and (total is None or total > 4 * SMALLEST)
    if many and again is not None:
        plain = (
            [column.name for column in asking.columns], asking.on, dict(asking.fixed), asking.kept,
            asking.front.digests(),
        )  # fmt: skip
        executor = ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (again, plain))
        try:
            if executor.submit(_ready).result():
                yield _Pool(executor, workers, None)
                return
        finally:
            executor.shutdown(cancel_futures=True)
    with ThreadPoolExecutor(1) as threads:
        yield _Pool(threads, 1, asking)


_worker: list[Asking] = []  # in a worker's process: what it was started for


def _start_worker(again: Again, plain: tuple[Any, ...]) -> None:
    from creditrules.drivers.table.deciding import ask

    _end_with_the_run()
    names, on, fixed, kept, digests = plain
    made, path = again
    with contextlib.suppress(Exception):
        front = made(path)
        if front.digests() == digests:
            _worker.append(ask(front, on, names, fixed, kept))


def _end_with_the_run() -> None:
    """End this process when the one that started it is gone, even killed: else it would wait for work for ever."""
    run = parent_process()
    if run is None:
        return

    def watch(sentinel: int) -> None:
        connection.wait([sentinel])
        os._exit(1)

    Thread(target=watch, args=(run.sentinel,), daemon=True).start()


def _ready() -> bool:
    """Say whether this process has the very policy it was started for."""
    return bool(_worker)


def _in_worker(
    content: bytes, wrong: dict[int, tuple[Finding, ...]], start: int, path: str
) -> tuple[int, Counts, float]:
    table = pa.ipc.open_stream(pa.py_buffer(content)).read_all()
    return _decide_part(_worker[0], table, wrong, start, Path(path))


def _decide_part(
    asking: Asking, table: pa.Table, wrong: dict[int, tuple[Finding, ...]], start: int, path: Path
) -> tuple[int, Counts, float]:
    began = time.monotonic()
    answers = decide_chunk(asking, table, wrong)
    result = result_table(table, answers, asking, start)
    bytes_ = write_part(path, result, [one.moved(start) for one in answers.refused])
    return bytes_, answers.counts, time.monotonic() - began


def _finish(
    asking: Asking, run: Run, source: Source, papers: PaperTable | None, out: Path, left: list[Refused]
) -> None:
    """Put the parts together: first the rows refused, then the answers."""
    if not run.parts:
        empty = source.reader.schema.empty_table()
        empty = papers.beside(empty)[0] if papers is not None else empty
        result = result_table(empty, decide_chunk(asking, empty), asking, 0)
        run.note(Part(0, 0, write_part(run.file(0), result, []), Counter()))
    files = [run.file(part.start) for part in run.in_order()]
    whole = refused_beside(out)
    temporary = whole.with_name(f"{whole.name}.tmp")
    with temporary.open("wb") as written:
        written.write(as_csv([]).encode())
        for file in files:
            written.write(refused_beside(file).read_bytes())
        written.write(as_csv(left, heading=False).encode())
    os.replace(temporary, whole)
    temporary = out.with_name(f"{out.stem}.tmp{out.suffix}")
    duck.write_file(files, temporary)
    os.replace(temporary, out)


def _row_reader(table: object, documents: object) -> Callable[[int], pa.Table]:
    """Give what reads one row of a table again, with its papers."""

    def read(row: int) -> pa.Table:
        parquet = isinstance(table, str | Path) and duck.kind_of_file(Path(table)) == "parquet"
        one = duck.one_row(Path(str(table)), row) if parquet else _row_of(table, row)
        papers = paper_table(documents)
        return papers.beside(one)[0] if papers is not None else one

    return read


def _row_of(table: object, row: int) -> pa.Table:
    source = open_table(table)
    start = 0
    for chunk in source.chunks(LARGEST):
        if row < start + len(chunk):
            return readable(chunk.slice(row - start, 1), source, row)
        start += len(chunk)
    return source.reader.schema.empty_table()
