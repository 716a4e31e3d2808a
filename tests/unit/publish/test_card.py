from __future__ import annotations

import pytest
from unit.publish import fake_hub

from informality.errors import UserError
from informality.publish.card import read_card


def test_a_card_may_grow_and_what_is_needed_must_be_there() -> None:
    card = read_card(fake_hub.card(something_new={"a": 1}))
    assert card.primary.variant == "icls17"
    broken = fake_hub.card()
    del broken["producer"]
    with pytest.raises(UserError, match="producer: this key is required"):
        read_card(broken)


def test_levels_may_be_pairs_so_that_their_order_survives() -> None:
    card = read_card(fake_hub.card(levels={"settlement": [["urban", "Urban"], ["farms", "Farms"]]}))
    assert list(card.levels["settlement"].items()) == [("urban", "Urban"), ("farms", "Farms")]
    same = read_card(fake_hub.card(levels={"settlement": {"urban": "Urban", "farms": "Farms"}}))
    assert same.levels == card.levels


def test_the_reason_of_what_is_missing() -> None:
    card = read_card(fake_hub.card())
    assert card.why_missing("education") == "not asked"
    assert card.why_missing("sex") is None
    assert card.concepts_of("icls17") == ("icls19", "icls13")
