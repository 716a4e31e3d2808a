from __future__ import annotations

import pytest
from unit.publish.conftest import REPORT

from informality.publish.card import Card
from informality.publish.catalogue import Catalogue
from informality.publish.drawers import drawers
from informality.publish.figures import figure_item
from informality.publish.select import Estimates
from informality.publish.text import Texts
from informality.settings import Thresholds


def test_figures_drawn_beside_the_rest_are_the_same(
    estimates: Estimates, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    items = [figure_item(name, estimates, card, texts, catalogue, limits) for name in ("F01", "F02", "F12")]
    made = []
    for processes in (1, 2):
        with drawers(REPORT / "fonts", processes) as draw:
            waiting = [draw(item) for item in items]
            made.append([pictures() for pictures in waiting])
    assert made[0] == made[1]
    assert [sorted(name.rpartition(".")[2] for name in pictures) for pictures in made[0]] == [["pdf", "png", "svg"]] * 3


def test_a_figure_that_cannot_be_drawn_is_told_where_its_pictures_are_asked_for(
    estimates: Estimates, card: Card, texts: Texts, catalogue: Catalogue, limits: Thresholds
) -> None:
    from dataclasses import replace

    broken = replace(figure_item("F02", estimates, card, texts, catalogue, limits), kind="no such kind")
    with drawers(REPORT / "fonts", 2) as draw:
        pictures = draw(broken)
        with pytest.raises(KeyError, match="no such kind"):
            pictures()
