"""All outputs of one survey in one language, from published estimates, the survey card, the texts and the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pandas import DataFrame, option_context

from informality.publish import charts
from informality.publish.card import read_card
from informality.publish.catalogue import Catalogue
from informality.publish.drawers import drawers
from informality.publish.edition import Edition, Report, law_title
from informality.publish.models import prepared_models
from informality.publish.own_names import renamed
from informality.publish.select import prepared
from informality.publish.text import Texts, names_of
from informality.settings import AGENCY, Thresholds

# Where outputs under laws that were not in force lie, a folder a law.
COUNTERFACTUAL = "counterfactual"
# The frames of a page are small and read cell by cell: plain Python strings cost a fraction of those of Arrow.
PLAIN_STRINGS = ("mode.string_storage", "python")


@option_context(*PLAIN_STRINGS)
def publish(
    published: DataFrame,
    models: DataFrame,
    card: Mapping[str, Any],
    texts: Texts,
    catalogue: Catalogue,
    out: Path,
    *,
    thresholds: Thresholds,
    agency: str = AGENCY,
    previous: Mapping[str, str] | None = None,
    home: Path | None = None,
    languages: Sequence[str] = (),
    threads: int = 1,
    formats: Sequence[str] = (),
) -> Report:
    """Write figures, `tables.xlsx`, `findings.json`, `ilostat.csv`, `index.html` and the report draft of one survey into ``out``, in the language of ``texts``.

    ``published``: what `govern.release.release` made; ``models``: what `govern.models.release_models` made; ``card``: card.json; ``thresholds``: those of the release, for the notes.
    ``agency``: of the SDMX file. ``languages``: codes of all languages of the run, between which the pages lead; ``threads``: processors to draw with.
    ``formats``: those in which all figures are made beside that of a page, each in a folder of its name.
    ``previous``: `Report.items` of the last run, whose files lie in ``home`` (default: ``out``); an item of which nothing has
    changed is kept, not made again. Figures of former runs that are no longer made are removed from ``out``. What the catalogue
    also asks for under other laws is made in ``out``/counterfactual/<law>/.
    """
    catalogue.check(texts)
    given, hub = read_card(card), prepared(published)
    survey = renamed(given, texts)
    code = charts.code_digest(catalogue.folder)
    edition = Edition(
        hub,
        prepared_models(models),
        survey,
        texts,
        catalogue,
        thresholds,
        code,
        agency=agency,
        given=given,
        formats=formats,
        languages=names_of(catalogue.folder, languages),
    )
    laws = survey.coverage.others if survey.coverage is not None else ()
    home = home or out
    with drawers(catalogue.folder / "fonts", threads) as draw:
        begun = [
            edition.under(law).begin(
                out / COUNTERFACTUAL / law, home / COUNTERFACTUAL / law, _of(previous, f"{law}/"), draw
            )
            for law in laws
        ]
        whole = edition.begin(out, home, previous or {}, draw)
        reports = [one.finish() for one in begun]
        others = [
            (f"{COUNTERFACTUAL}/{law}", law_title(survey, law))
            for law, report in zip(laws, reports, strict=True)
            if report.made or report.kept
        ]
        main = whole.finish(others)
    for law, report in zip(laws, reports, strict=True):
        main = main.with_part(f"{COUNTERFACTUAL}/{law}/", f"{law}/", report)
    return main


def _of(previous: Mapping[str, str] | None, prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): record for name, record in (previous or {}).items() if name.startswith(prefix)}
