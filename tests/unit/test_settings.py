from __future__ import annotations

from typing import Any

import pytest

from informality.errors import UserError
from informality.settings import Settings, load

VARIANTS = {"icls17": {"standard": "icls17"}, "national": {"standard": "national"}}


def settings(**given: Any) -> Settings:
    return load({"variants": VARIANTS, **given})


def refusal(**given: Any) -> str:
    with pytest.raises(UserError) as error:
        settings(**given)
    assert error.value.where == "workflow/config.yaml"
    return str(error.value)


def test_defaults() -> None:
    found = settings()
    assert (found.raw, found.surveys, found.languages, found.lonely) == ("raw", [], ["en"], "adjust")
    assert (found.thresholds.hide_below, found.thresholds.flag_below) == (30, 50)


def test_one_survey_on_the_command_line_is_a_list_of_one() -> None:
    assert settings(surveys="zaf_qlfs_2017q3").surveys == ["zaf_qlfs_2017q3"]


def test_formats_of_figures_are_the_page_alone_unless_asked_for() -> None:
    assert settings().figure_formats == ["page"]
    assert settings(figure_formats="slide").figure_formats == ["slide"]
    assert "figure_formats" in refusal(figure_formats=[85])


def test_true_and_false_on_the_command_line_are_what_they_say() -> None:
    found = settings(export="true", counterfactual_laws="false")
    assert (found.export, found.counterfactual_laws) == (True, False)
    assert settings().export is False
    assert "export: " in refusal(export="yes")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"survey": ["a"]}, "survey: unknown key; did you mean 'surveys'?"),
        ({"lonely": "ajust"}, "did you mean 'adjust'?"),
        ({"raw": 2017}, "put quotes around it"),
        ({"languages": ["french"]}, "languages: "),
        ({"languages": []}, "languages: "),
        ({"variants": {}}, "variants: "),
        (
            {"variants": {"icls17": {"standard": "icls17", "options": {"registration": False}}}},
            "options.registration: ",
        ),
        ({"variants": {"Strict 17": {"standard": "icls17"}}}, "'Strict 17'"),
        ({"variants": {"icls17__strict": {"standard": "icls17"}}}, "'icls17__strict'"),
        ({"thresholds": {"hide_below": 0, "flag_below": 50}}, "thresholds.hide_below: "),
        ({"thresholds": {"hide_below": 60, "flag_below": 50}}, "thresholds: flag_below must not be smaller"),
        ({"thresholds": {"width_narrow": 0.4}}, "width_wide must not be smaller than width_narrow"),
        ({"thresholds": {"sensitive_dimensions": ["disabilty"]}}, "did you mean 'disability'?"),
        ({"thresholds": {"hide_under": 30}}, "did you mean 'hide_below'?"),
    ],
)
def test_what_is_wrong_is_named(given: dict[str, Any], message: str) -> None:
    assert message in refusal(**given)


@pytest.mark.parametrize("variants", [{"national": {"standard": "icls17"}}, {"office": {"standard": "national"}}])
def test_the_national_rule_has_one_name(variants: dict[str, Any]) -> None:
    """Its columns come with the survey, as `unit__national`; another variant of that name would be taken for it."""
    assert "'national'" in refusal(variants=variants)
