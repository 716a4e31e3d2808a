"""All decisions of a run, read and checked before any job starts.

Each stage reads its own decisions again when it runs; here a misspelt key, variable or level of any of them stops the run at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from informality.decisions import read_yaml
from informality.errors import UserError, nearest
from informality.settings import Settings


def check(folder: Path, settings: Settings, chosen: Iterable[Any], *, series: bool = False) -> None:
    """Read every file of decisions that a run over the ``chosen`` surveys uses; UserError names the first thing that is wrong.

    ``folder`` is `workflow/`; ``chosen`` are `informality.survey.description.Survey`; ``series``: several are waves of one family.
    """
    from informality.classify.standards import check_variants, load_standards
    from informality.coverage import options as coverage
    from informality.coverage import scenarios
    from informality.estimate.models.declared import load_models
    from informality.estimate.specifications import load_declared
    from informality.estimate.trends.declared import load_trends
    from informality.publish.catalogue import load_catalogue
    from informality.publish.exchange.mapping import load_mapping
    from informality.publish.formats import check_asked
    from informality.publish.text import load_texts
    from informality.publish.trend_entries import load_trend_catalogue
    from informality.survey.conditions import conditions

    # Snakemake has read the configuration already, but takes the last of two equal keys without a word.
    read_yaml(folder / "config.yaml")
    for survey in chosen:
        survey.require_design()
        conditions(survey)
    check_variants(settings.variants, load_standards(folder / "standards"))
    coverage.check(folder)
    scenarios.check(folder)
    declared = load_declared(folder / "estimates.yaml")
    for indicator in settings.thresholds.sensitive_indicators:
        if indicator not in declared.indicators:
            raise UserError(
                f"there is no indicator '{indicator}'",
                where="workflow/config.yaml, thresholds.sensitive_indicators",
                todo=nearest(indicator, declared.indicators),
            )
    load_models(folder / "models.yaml")
    catalogue = load_catalogue(folder / "report")
    check_asked(settings.figure_formats, catalogue.formats, "workflow/config.yaml, figure_formats")
    if series:
        load_trends(folder / "trends.yaml", declared)
        load_trend_catalogue(folder / "report")
    load_mapping(folder / "report", catalogue.declared)
    for language in settings.languages:
        catalogue.check(load_texts(folder / "report", language))
