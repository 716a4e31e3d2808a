"""The publishing room's job."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from informality import frames
from informality.decisions import FOLDER
from informality.files import write_bytes
from informality.job import PROCESSED, Job
from informality.publish.catalogue import load_catalogue
from informality.publish.edition import Report
from informality.publish.publish import publish
from informality.publish.text import load_texts
from informality.settings import Thresholds


def publish_job(job: Job) -> None:
    """Write figures, workbook, page and report draft of one survey in one language; keep those of which nothing has changed."""
    folder = FOLDER / "report"
    record = PROCESSED / job.survey / f"publish_{job.language}_items.json"
    report = publish(
        frames.read(job.inputs["published.parquet"]),
        frames.read(job.inputs["published_models.parquet"]),
        json.loads(job.inputs["published_card.json"].read_text(encoding="utf-8")),
        load_texts(folder, job.language),
        load_catalogue(folder),
        job.folder,
        thresholds=Thresholds(**job.settings["thresholds"]),
        agency=job.settings["agency"],
        previous=previous_items(record),
        home=job.home,
        languages=job.settings["languages"],
        threads=job.threads,
        formats=job.settings["figure_formats"],
    )
    finish(report, record)


def finish(report: Report, record: Path) -> None:
    """Say what could not be made, and write the record of items for the next run."""
    for left in report.not_made:
        print(f"not made: {left.item} {left.title}: {left.reason}")
    # Written before the files are in their place; a record whose files are not there or differ keeps nothing.
    write_bytes(record, json.dumps(dict(report.items), indent=1, sort_keys=True).encode())


def previous_items(record: Path) -> Mapping[str, str]:
    """What the last run made; nothing where it is not known, so that everything is made."""
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
