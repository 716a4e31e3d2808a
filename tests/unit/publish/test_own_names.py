"""What a survey's description names in English has its name in the language of the page, where the language has one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from unit.publish import fake_coverage, fake_hub

from informality.decisions import FOLDER, read_yaml
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


def test_a_survey_its_questions_and_upper_bounds_have_names_too(texts: Texts) -> None:
    card = read_card({**fake_coverage.card(), "family": "lao_lfs"})
    assert card.coverage is not None
    question, scenario = (
        next(iter(card.questions)),
        card.coverage.scenarios[0].model_copy(update={"upper_bound": "much"}),
    )
    scenarios = (scenario, *card.coverage.scenarios[1:])
    card = card.model_copy(update={"coverage": card.coverage.model_copy(update={"scenarios": scenarios})})
    words = {
        "own.title.lao_lfs": "ຊື່", "own.producer.lao_lfs": "ຜູ້ຜະລິດ", f"own.question.lao_lfs.{question}": "ຄຳຖາມ",
        f"own.upper_bound.{scenario.scenario}": "ຂອບ",
    }  # fmt: skip
    found = renamed(card, replace(texts, words={**texts.words, **words}))
    assert (found.title, found.producer, found.questions[question].label) == ("ຊື່", "ຜູ້ຜະລິດ", "ຄຳຖາມ")
    assert found.citation == card.citation
    assert found.coverage is not None
    bounds = {one.scenario: one.upper_bound for one in found.coverage.scenarios}
    assert bounds == {one.scenario: "ຂອບ" if one is scenario else one.upper_bound for one in scenarios}


def labelled(content: object, kinds: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Kind and name of all that carries a label in a survey's description."""
    for key, value in content.items() if isinstance(content, dict) else ():
        if key in kinds:
            yield from ((key, name) for name, one in value.items() if isinstance(one, dict) and "label" in one)
        yield from labelled(value, kinds)


@pytest.mark.parametrize("family", ["lao_lfs", "ecu_enemdu", "zaf_qlfs"])
def test_lao_has_a_name_for_what_figures_show_of_a_survey(family: str, lao: Texts) -> None:
    described = read_yaml(FOLDER / "surveys" / f"{family}.yaml")
    kinds = ("region", "settlement", "ethnicity", "industry_national", "social_security")
    needed = {
        f"own.question.{family}.{name}" if kind == "social_security" else f"own.{kind}.{name}"
        for kind, name in labelled(described, kinds)
    }
    assert len(needed) > 3
    needed |= {f"own.{word}.{family}" for word in ("title", "producer", "population")}
    assert sorted(key for key in needed if not lao.has(key)) == []
