"""Choosing rows of the published models: those of one model on the survey's primary standard and concept."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from pandas import DataFrame

from informality.errors import UserError, nearest
from informality.govern.flags import CONFIDENTIAL, NOT_AVAILABLE
from informality.govern.models import ADDED, COUNTS, HIDDEN_VALUES
from informality.publish.card import Card
from informality.publish.select import NotMade
from informality.vocabulary import MODEL_KEYS, MODEL_TEXT_VALUES

NUMBERS = (*HIDDEN_VALUES, *COUNTS)
TEXTS = (*MODEL_KEYS, *MODEL_TEXT_VALUES, *(name for name in ADDED if name not in COUNTS))


def prepared_models(published: DataFrame) -> DataFrame:
    """The published models with plain text and numbers; UserError where govern's columns are not there."""
    for name in (*TEXTS, *NUMBERS):
        if name not in published.columns:
            raise UserError(
                f"the published models lack the column '{name}'",
                where="published_models.parquet",
                todo=f"run govern again; {nearest(name, map(str, published.columns))}",
            )
    texts = {name: published[name].astype("object").fillna("").to_numpy(dtype=object) for name in TEXTS}
    numbers = {name: published[name].to_numpy(dtype="float64", na_value=np.nan) for name in NUMBERS}
    return DataFrame({**texts, **numbers}).sort_values(list(MODEL_KEYS), ignore_index=True)


def rows_of_model(models: DataFrame, model: str, card: Card) -> DataFrame:
    """Rows of ``model``; raises NotMade, with the reason, where it was not fitted or may not be shown."""
    primary = card.primary
    mine = (models["model"] == model) & (models["variant"] == primary.variant) & (models["concept"] == primary.concept)
    rows = models[mine].reset_index(drop=True)
    whole = rows[(rows["part"] == "fit") & (rows["statistic"] == "n")]
    if whole.empty:
        raise NotMade("no_model")
    fit = whole.iloc[0]
    if fit["flag"] == NOT_AVAILABLE:
        reason, _, about = str(fit["reason"]).partition(":")
        # What a law decides was not asked either, but is not a question of the survey.
        known = {"not_asked": "not_in_data"}.get(reason, reason)
        raise NotMade(known, [name.strip() for name in about.split(",") if name.strip()])
    if fit["flag"] == CONFIDENTIAL:
        raise NotMade(str(fit["flag_reason"]))
    if rows.loc[rows["part"] != "fit", "estimate"].isna().all():
        raise NotMade("all_hidden")
    return rows


def term_order(terms: Iterable[str], declared: tuple[str, ...]) -> list[str]:
    """Each of the ``terms`` once, as models.yaml declares them; others after them."""
    present = list(dict.fromkeys(terms))
    return [*(t for t in declared if t in present), *(t for t in present if t not in declared)]
