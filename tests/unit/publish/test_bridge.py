from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from unit.publish import fake_hub
from unit.publish.extents import sound
from unit.publish.released import release

from informality.publish import style
from informality.publish.bridge import bridge_table
from informality.publish.card import read_card
from informality.publish.catalogue import Catalogue
from informality.publish.charts import draw
from informality.publish.figure_data import written
from informality.publish.figure_entries import BridgeFigure
from informality.publish.figures import figure_item
from informality.publish.item import FigureItem
from informality.publish.select import NotMade, prepared
from informality.publish.tables import TableItem
from informality.publish.text import Texts
from informality.settings import Thresholds
from informality.vocabulary import DIMENSIONS, TOTAL

FONTS = Path(__file__).parents[3] / "workflow" / "report" / "fonts"
LAO = "ຜູ້ຢູ່ຊົນນະບົດທີ່ບໍ່ມີທາງເຂົ້າເຖິງໄດ້ຕະຫຼອດປີແລະກຳມະກອນໜ້າທີ່"
ONE = [{"variant": "icls17", "concept": "icls19"}]
Built = Callable[..., FigureItem]


@pytest.fixture(autouse=True)
def _drawing() -> Iterator[None]:
    with style.drawing(FONTS):
        yield


@pytest.fixture
def built(texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Built:
    def make(hub: pd.DataFrame | None = None, words: Texts = texts, **card: object) -> FigureItem:
        rows = prepared(release(fake_hub.hub() if hub is None else hub, limits))
        return figure_item("F41", rows, read_card(fake_hub.card(**card)), words, catalogue, limits)

    return make


@pytest.fixture
def tabled(texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Callable[..., TableItem]:
    def make(**card: object) -> TableItem:
        entry = catalogue.figures[catalogue.bridges["T95"].figure]
        assert isinstance(entry, BridgeFigure)
        hub = prepared(release(fake_hub.hub(), limits))
        return bridge_table("T95", entry, hub, read_card(fake_hub.card(**card)), texts, catalogue.declared, limits)

    return make


def test_each_step_goes_from_one_published_rate_to_another(built: Built) -> None:
    rows = built().rows.set_index(["row", "series"])["estimate"]
    assert rows["concept", "before"] == pytest.approx(87.0)
    assert rows["concept", "after"] == rows["registration", "before"] == pytest.approx(82.7)
    assert rows["registration", "after"] == pytest.approx(83.5)
    assert rows["dont_know", "after"] == pytest.approx(82.9)
    assert rows["standard", "after"] == pytest.approx(81.0)


def test_where_fewer_than_ten_persons_differ_no_number_says_how_many(built: Built, texts: Texts, catalogue: Catalogue, limits: Thresholds) -> None:  # fmt: skip
    hub = fake_hub.hub()
    whole = (hub["indicator"] == "informal") & (hub[list(DIMENSIONS)] == TOTAL).all(axis=1) & (hub["assumption"] == "")
    first = hub[whole & (hub["variant"] == "icls17") & (hub["concept"] == "icls19")].iloc[0]
    strict = whole & (hub["variant"] == "icls17_strict")
    hub = hub.assign(n_missing=0.0, n_event=hub["n_event"].mask(strict, first["n_event"] + 4))
    item = built(hub)
    rows = item.rows.set_index(["row", "series"])
    assert rows.loc[("registration", "after"), "flag_reason"] == "few_differ"
    assert rows.loc[("registration", "after"), "estimate"] == rows.loc[("registration", "before"), "estimate"]
    words = sound(item)
    assert texts.t("bridge.few_differ") in words
    assert "fewer than 10 persons in the sample are counted otherwise" in item.caption.note
    entry = catalogue.figures[catalogue.bridges["T95"].figure]
    assert isinstance(entry, BridgeFigure)
    table = bridge_table(
        "T95", entry, prepared(release(hub, limits)), read_card(fake_hub.card()), texts, catalogue.declared, limits
    )
    assert next(row for row in table.rows if row[0] == "Unit not registered")[-2] == texts.t("bridge.few_differ")


def test_steps_that_the_survey_does_not_yield_are_named_with_the_reason(
    built: Built, tabled: Callable[..., TableItem]
) -> None:
    note = built().caption.note
    assert "Not shown: Age range (the survey declares no national age range of its own)." in note
    assert "Not shown: Definition (the survey has only one of what is to be compared)." in note
    rows = {row[0]: row for row in tabled().rows}
    assert rows["Definition"][-1] == "the survey has only one of what is to be compared"
    assert rows["Definition"][3] is None
    assert list(rows) == ["Employment concept", "Unit not registered", "Does not know of social security", "Age range", "Standard", "Definition"]  # fmt: skip


def test_the_table_has_both_rates_with_their_intervals_and_the_change_without_one(
    tabled: Callable[..., TableItem],
) -> None:
    table = tabled()
    heads = [column.head for column in table.columns]
    row = dict(zip(heads, table.rows[0], strict=True))
    assert row["Rate before (per cent)"] == pytest.approx(87.0)
    assert row["Rate after (per cent)"] == pytest.approx(82.7)
    assert row["Change (percentage points)"] == pytest.approx(-4.3)
    assert row["Lower limit (Before, per cent)"] < 87.0 < row["Upper limit (Before, per cent)"]
    assert not [head for head in heads if "imit" in head and "hange" in head]
    assert "covariance between them is not estimated" in table.caption.note


def test_marks_and_data_file_say_of_which_standard_and_concept_a_rate_is(built: Built) -> None:
    item = built()
    assert item.caption.marks == ("SIMULATED DATA", "PROVISIONAL")
    assert "ICLS" not in item.caption.subtitle
    rows = list(csv.DictReader(io.StringIO(written(item, read_card(fake_hub.card()))[f"{item.stem}.csv"].decode())))
    told = {(row["row"], row["series"]): (row["variant"], row["concept"]) for row in rows}
    assert told["concept", "before"] == ("icls17", "icls13")
    assert told["registration", "after"] == ("icls17_strict", "icls19")
    assert told["standard", "after"] == ("icls21", "icls19")


def test_without_any_step_there_is_no_figure_and_no_table(built: Built, tabled: Callable[..., TableItem]) -> None:
    for make in (built, tabled):
        with pytest.raises(NotMade, match="nothing_to_compare"):
            make(pairs=ONE)


def test_one_step_is_enough(built: Built) -> None:
    item = built(pairs=[*ONE, {"variant": "icls17_strict", "concept": "icls19"}])
    assert set(item.rows["row"]) == {"registration"}
    assert item.caption.marks == ("SIMULATED DATA",)
    sound(item)


def test_nothing_is_clipped_overlapping_or_rotated(built: Built, lao: Texts) -> None:
    sound(built())
    sound(built(words=lao))


def test_long_lao_labels_are_wrapped(built: Built) -> None:
    item = built()
    sound(replace(item, rows=item.rows.assign(row_label=LAO, series_label=LAO)))
    sound(replace(item, labels={**item.labels, "change": LAO, "before": LAO}))


@pytest.mark.parametrize("rates", [(0.0, 100.0), (0.0, 0.0), (100.0, 100.0), (99.9, 100.0), (54.2, 54.2)])
def test_rates_at_the_ends_and_without_a_change_are_drawn(rates: tuple[float, float], built: Built) -> None:
    item = built()
    estimate = np.where(item.rows["series"] == "before", *rates)
    drawn = replace(item, rows=item.rows.assign(estimate=estimate))
    sound(drawn)
    (ax,) = draw(drawn).axes
    assert 0 <= ax.get_xlim()[0] <= min(rates)
    assert max(rates) <= ax.get_xlim()[1] <= 100


def test_the_change_has_its_sign(built: Built) -> None:
    words = [text.get_text() for text in draw(built()).texts]
    assert {"−4.3", "+0.8", "+0.2", "−1.7"} <= set(words)


def test_unreliable_rates_are_hollow_and_marked(built: Built) -> None:
    item = built()
    words = [text.get_text() for text in draw(replace(item, rows=item.rows.assign(flag="u"))).texts]
    assert "82.7 u" in words


def test_a_hidden_rate_takes_its_step_away(built: Built) -> None:
    hub = fake_hub.hub()
    hub.loc[hub["variant"] == "icls17_strict", "n"] = 12.0
    item = built(hub)
    assert "registration" not in set(item.rows["row"])
    assert "Not shown: Unit not registered" in item.caption.note
