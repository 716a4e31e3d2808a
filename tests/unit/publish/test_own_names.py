"""What a survey's description names in English has its name in the language of the page, where the language has one."""

from __future__ import annotations

from dataclasses import replace

from unit.publish import fake_hub

from informality.publish.card import read_card
from informality.publish.own_names import renamed
from informality.publish.text import Texts


def test_only_what_the_language_names_is_renamed(texts: Texts) -> None:
    card = read_card({**fake_hub.card(), "iso3": "LAO"})
    region = next(iter(card.levels["region"]))
    own = replace(texts, words={**texts.words, "own.country.LAO": "ສປປ ລາວ", f"own.region.{region}": "ບ່ອນນີ້"})
    found = renamed(card, own)
    assert found.country == "ສປປ ລາວ"
    assert found.levels["region"][region] == "ບ່ອນນີ້"
    assert list(found.levels["region"]) == list(card.levels["region"])
    assert {k: v for k, v in found.levels["region"].items() if k != region} == {
        k: v for k, v in card.levels["region"].items() if k != region
    }
    assert renamed(card, texts) == card
