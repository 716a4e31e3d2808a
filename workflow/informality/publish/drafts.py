"""The words of a language beside the English ones, for a native reader to confirm or to mend.

    python -m informality.publish.drafts lo processed/review

The terms that decide the meaning (`glossary` in the texts) come first: whoever reads "informal sector" where "informal job" is meant
misreads every figure. In a spreadsheet the reader fills the last column; `confirmed` in the head of the text file says who did, and when.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from informality.decisions import FOLDER
from informality.errors import UserError
from informality.files import write_bytes
from informality.publish.files import csv_bytes
from informality.publish.text import REFERENCE, load_texts

GLOSSARY = "glossary."


def drafts(folder: Path, language: str) -> bytes:
    """CSV for spreadsheets: key, English, the language, state (draft or confirmed by whom and when), and room for a better wording."""
    english, other = load_texts(folder, REFERENCE), load_texts(folder, language)
    state = other.meta.confirmed or "draft"
    keys = [*english.words, *(key for key in other.words if key not in english.words)]
    keys.sort(key=lambda key: not key.startswith(GLOSSARY))
    rows = [[key, english.words.get(key, ""), other.words[key], state, ""] for key in keys]
    # With a byte order mark spreadsheets know that it is UTF-8.
    return b"\xef\xbb\xbf" + csv_bytes(["key", english.meta.language, other.meta.language, "state", "better"], rows)


def main(argv: Sequence[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description="The words of a language, for a native reader.")
    parser.add_argument("language", help="code of the language, as in text.<code>.yaml")
    parser.add_argument("out", type=Path, help="folder to write to")
    arguments = parser.parse_args(argv)
    try:
        content = drafts(FOLDER / "report", arguments.language)
    except UserError as error:
        sys.exit(str(error))
    path = arguments.out / f"text.{arguments.language}.csv"
    write_bytes(path, content)
    print(path)


if __name__ == "__main__":
    main()
