"""The pictures of an edition in other formats than a page: a folder each, beside the figures, with the same names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from informality.publish.drawers import Drawer, Pictures
from informality.publish.files import Shelf
from informality.publish.fitting import Unfit
from informality.publish.formats import Format
from informality.publish.item import FigureItem
from informality.publish.left import Left
from informality.publish.text import Texts

# Numbers and words are the same in every format and lie beside the page's picture only.
PICTURES = ("png", "svg", "pdf")
# Before the names of these pictures in the record of a run.
RECORD = "formats/"
# In the record of a picture that has no room in its format, before the width that it needs.
UNFIT = ":unfit:"


@dataclass(frozen=True)
class InFormat:
    """A picture in another format, as the page leads to it."""

    label: str
    folder: str


class OtherFormats:
    """Pictures that are being drawn; those of which nothing has changed are kept."""

    def __init__(
        self, wanted: Sequence[tuple[FigureItem, Sequence[str]]], formats: Mapping[str, Format], shelf: Shelf, code: str, draw: Drawer
    ) -> None:  # fmt: skip
        """Begin to draw each figure in the formats (by name) that are asked for."""
        self.formats, self.shelf = formats, shelf
        self.pending: list[tuple[str, FigureItem, str, Callable[[], Pictures]]] = []
        self.unfit: list[tuple[str, FigureItem, str, Unfit]] = []
        for figure, names in wanted:
            for name in names:
                item = replace(figure, format=formats[name])
                digest = item.digest(code)
                files = [f"{name}/{item.stem}.{suffix}" for suffix in PICTURES]
                if (known := _unfit(shelf.previous.get(f"{RECORD}{name}/{item.item}", ""), digest)) is not None:
                    self.unfit.append((name, item, digest, known))
                elif not shelf.keeps(f"{RECORD}{name}/{item.item}", digest, files):
                    self.pending.append((name, item, digest, draw(item)))

    def finish(self, texts: Texts) -> list[Left]:
        """Put the pictures on the shelf; those for which a format has no room."""
        for name, item, digest, pictures in self.pending:
            try:
                made = {f"{name}/{file}": content for file, content in pictures().items()}
            except Unfit as unfit:
                self.unfit.append((name, item, digest, unfit))
            else:
                self.shelf.put(f"{RECORD}{name}/{item.item}", digest, made)
        left = []
        for name, item, digest, problem in sorted(
            self.unfit, key=lambda one: (one[1].item, list(self.formats).index(one[0]))
        ):
            # Recorded like a picture, so that it is not tried again.
            self.shelf.items[f"{RECORD}{name}/{item.item}"] = f"{digest}{UNFIT}{problem.width or ''}"
            left.append(Left(item.item, item.caption.title, _reason(problem, name, self.formats[name], texts)))
        return left


def _unfit(record: str, digest: str) -> Unfit | None:
    """What the last run found out about a picture for which there is no room."""
    of, unfit, width = record.partition(UNFIT)
    return Unfit(float(width) if width else None) if unfit and of == digest else None


def _reason(problem: Unfit, name: str, form: Format, texts: Texts) -> str:
    label = label_of(name, form, texts)
    if problem.width is not None:
        return texts.t("format.too_narrow", format=label, width=texts.numbers.count(ceil(problem.width)))
    return texts.t("format.too_low", format=label, text=f"{form.least_text:g}".replace(".", texts.numbers.decimal))


def label_of(name: str, form: Format, texts: Texts) -> str:
    """A format by its name and size."""
    sides = [side for side in (form.width, form.height) if side is not None]
    size = texts.t("format.size", size=" × ".join(texts.numbers.count(side) for side in sides))
    return f"{texts.t(f'format_name.{name}')}, {size}"


def in_formats(shelf: Shelf, formats: Mapping[str, Format], texts: Texts) -> dict[str, list[InFormat]]:
    """Stem of a figure → the other formats in which it is there."""
    found: dict[str, list[InFormat]] = {}
    there = {*shelf.made, *shelf.kept}
    for name, form in formats.items():
        for file in sorted(there):
            folder, _, stem = file.removesuffix(f".{PICTURES[0]}").partition("/")
            if folder == name and file.endswith(f".{PICTURES[0]}"):
                found.setdefault(stem, []).append(InFormat(label_of(name, form, texts), name))
    return found


def folders(shelf: Shelf, formats: Iterable[str]) -> list[str]:
    """Where this run or the last may have put pictures: known formats, and those of the last run that are known no more."""
    records = [item.removeprefix(RECORD) for item in shelf.previous if item.startswith(RECORD)]
    before = {item.partition("/")[0] for item in records}
    return sorted({*formats, *before})
