"""While a library reads a survey's file: whatever it fails with means a damaged file, and is said in the same words for every format.

The libraries decode what programs of thirty years have written, and meet a damaged file with any exception of Python, with a wish for
all memory, or with the end of the process. The first two become a `UserError` here; for the last, whoever started the process
(`apart`) is told when reading begins and ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from informality.errors import UserError
from informality.survey.source import DataFile, count, damaged

GIB = 1024**3
# A value of a column takes eight bytes in the reader and eight in the frame.
_BYTES = 16
# Of the memory there is, what a reader takes several times over when it works.
_LARGE = 4


@dataclass(frozen=True)
class Begun:
    """A file that a library has begun to read: the file that the user knows, how messages call it, its format, what it promises."""

    origin: str
    where: str
    kind: str
    promised: str = ""

    def damaged(self) -> UserError:
        """The error where the library did not come to the end."""
        return damaged(Path(self.origin), self.where, self.kind, self.promised)


# Who is told what is being read, and with nothing that it has been read.
_listeners: list[Callable[[dict[str, str]], None]] = []


def listen(listener: Callable[[dict[str, str]], None]) -> None:
    """Have ``listener`` told of all reading of this process from now on."""
    _listeners.append(listener)


@contextmanager
def reading(file: DataFile, kind: str, *, rows: int | None = None, columns: int = 0) -> Iterator[None]:
    """A library reads ``columns`` columns of the ``rows`` that the file promises, both where they are known.

    UserError for whatever goes wrong, but for the `UserError` of a block that knows better what it is.
    """
    promised = f"it promises {count(rows, 'row')}" if rows is not None else ""
    begun = Begun(str(file.origin), file.where, kind, promised)
    need = (rows or 0) * columns * _BYTES
    if need > _room():
        raise _too_large(file, need)
    _tell(asdict(begun))
    try:
        yield
    except UserError:
        raise
    except OSError as error:
        # Arrow's errors of this kind have no number: they speak of what stands in the file.
        if error.errno is None:
            raise begun.damaged() from error
        what = f"the file cannot be read: {error.strerror}"
        raise UserError(what, where=file.where, todo="check the disk that it lies on, and who may read it") from error
    except MemoryError as error:
        # Only what is large can have been too much: a damaged small file asks for all the memory there is.
        large = max(need, file.path.stat().st_size)
        raise (_too_large(file, large) if _LARGE * large > _room() else begun.damaged()) from error
    except Exception as error:
        raise begun.damaged() from error
    finally:
        _tell({})


def _tell(what: dict[str, str]) -> None:
    for listener in _listeners:
        listener(what)


def _room() -> int:
    """The memory that this process may take, in bytes."""
    import psutil

    room = int(psutil.virtual_memory().total)
    with suppress(ImportError):
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        room = room if limit == resource.RLIM_INFINITY else min(room, limit)
    return room


def _too_large(file: DataFile, need: int) -> UserError:
    """The error for rows that the file was found to have: what a damaged header promises does not come so far."""
    return UserError(
        f"what is to be read takes {need / GIB:,.1f} GiB or more; there are {_room() / GIB:,.1f} GiB of memory",
        where=file.where,
        todo="use a machine or a job with more memory, or a file with fewer rows",
    )
