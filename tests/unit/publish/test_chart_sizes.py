"""Every kind of chart in every format: nothing clipped, overlapping or rotated, also where labels are long Lao words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from unit.publish import fake_compared, fake_coverage, fake_distribution, fake_hub
from unit.publish.extents import sound
from unit.publish.released import release
from unit.publish.test_trends import item as trend_item
from unit.publish.test_trends import two_samples

from informality.publish import style
from informality.publish.card import read_card
from informality.publish.catalogue import Catalogue
from informality.publish.charts import KINDS, draw
from informality.publish.figures import figure_item
from informality.publish.fitting import Unfit
from informality.publish.formats import load_formats
from informality.publish.item import FigureItem
from informality.publish.models import prepared_models
from informality.publish.select import prepared
from informality.publish.text import Texts
from informality.settings import Thresholds

REPORT = Path(__file__).parents[3] / "workflow" / "report"
LAO = "ຜູ້ຢູ່ຊົນນະບົດທີ່ບໍ່ມີທາງເຂົ້າເຖິງໄດ້ຕະຫຼອດປີແລະກຳມະກອນໜ້າທີ່"
# A figure of each kind, and of those that draw it in two ways another; by the data that yield it.
OF = {
    fake_hub: ["F01", "F04", "F06", "F08", "F41"],
    fake_distribution: ["F07", "F09", "F11", "F15", "F19"],
    fake_coverage: ["F24", "F25", "F26", "F27", "F28", "F29", "F33", "F34", "F35"],
    fake_compared: ["F20", "F22", "F23", "F31", "F38"],
}
ITEMS = [*(name for names in OF.values() for name in names), "F37"]
# Lists of many rows have no room on a slide, and are listed as not made.
TOO_LONG = {"F09", "F20", "F26", "F28", "F29"}
Made = dict[str, FigureItem]


@pytest.fixture(autouse=True)
def _drawing() -> Iterator[None]:
    with style.drawing(REPORT / "fonts"):
        yield


def made(texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Made:
    models = prepared_models(fake_compared.models(limits))
    found = {"F37": trend_item(texts, two_samples())}
    for source, names in OF.items():
        hub, card = prepared(release(source.hub(), limits)), read_card(source.card())
        found |= {
            n: figure_item(n, hub, card, texts, catalogue, limits, None, models)
            for n in names
            if n in catalogue.figures
        }
    return found


@pytest.fixture(scope="module")
def items(texts: Texts, catalogue: Catalogue, limits: Thresholds) -> Made:
    return made(texts, catalogue, limits)


@pytest.fixture(scope="module")
def in_lao(lao: Texts, catalogue: Catalogue, limits: Thresholds) -> Made:
    return made(lao, catalogue, limits)


def test_a_figure_of_every_kind_is_looked_at(items: Made) -> None:
    assert {item.kind for item in items.values()} == set(KINDS)


@pytest.mark.parametrize("name", ITEMS)
@pytest.mark.parametrize("form", ["narrow", "slide"])
def test_nothing_is_clipped_overlapping_or_rotated(form: str, name: str, items: Made) -> None:
    item = replace(items[name], format=load_formats(REPORT)[form])
    if form == "slide" and name in TOO_LONG:
        with pytest.raises(Unfit):
            draw(item)
    else:
        sound(item)


@pytest.mark.parametrize("name", ["F06", "F11", "F25", "F31", "F34", "F37"])
def test_a_wide_sheet_is_used(name: str, items: Made) -> None:
    sound(replace(items[name], format=load_formats(REPORT)["wide"]))


@pytest.mark.parametrize("name", ["F01", "F04", "F07", "F09", "F11", "F23", "F25", "F38", "F41"])
def test_lao_fits_into_a_column(name: str, in_lao: Made) -> None:
    sound(replace(in_lao[name], format=load_formats(REPORT)["narrow"]))


@pytest.mark.parametrize("name", ["F06", "F07", "F25", "F26", "F28"])
def test_long_lao_labels_are_wrapped_in_a_column(name: str, items: Made) -> None:
    item = items[name]
    named = {row: f"{LAO} {at}"[:70] for at, row in enumerate(dict.fromkeys(item.rows["row"]))}
    rows = item.rows.assign(row_label=item.rows["row"].map(named))
    sound(replace(item, rows=rows, format=load_formats(REPORT)["narrow"]))
