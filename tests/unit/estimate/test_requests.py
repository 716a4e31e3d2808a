from __future__ import annotations

import pytest

from informality.errors import UserError
from informality.estimate.requests import Request

DIFFERENCE = {"statistic": "difference", "of": "share", "by": ("sex",), "between": ("sex", "female", "male")}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"statistic": "shore"}, "did you mean 'share'"),
        ({"statistic": "share", "by": ("sexx",)}, "did you mean 'sex'"),
        ({"statistic": "share", "by": ("sex", "sex")}, "twice"),
        ({"statistic": "share", "keys": {"variante": "x"}}, "did you mean 'variant'"),
        ({"statistic": "share", "keys": {"sex": "male"}}, "no key of the hub"),
        ({"statistic": "share", "measure": "percent"}, "unit of measure"),
        ({"statistic": "ratio"}, "denominator"),
        ({"statistic": "mean", "x": "hours"}, "denominator"),
        ({"statistic": "mean", "interval": "logit"}, "no logit interval"),
        ({"statistic": "quantile", "p": 0.5, "interval": "t"}, "no t interval"),
        ({"statistic": "quantile"}, "needs p"),
        ({"statistic": "mean", "p": 0.5}, "needs p"),
        ({"statistic": "quantile", "p": 1.0}, "not between 0 and 1"),
        ({"statistic": "difference"}, "needs 'of' and 'between'"),
        ({"statistic": "difference", "of": "share", "by": ("sex",)}, "needs 'of' and 'between'"),
        ({"statistic": "share", "of": "share"}, "needs 'of' and 'between'"),
        ({**DIFFERENCE, "by": ("area",)}, "dimension of the breakdown"),
        ({**DIFFERENCE, "of": "quantile"}, "statistic to compare"),
        ({**DIFFERENCE, "of": "ratio"}, "denominator"),
        ({**DIFFERENCE, "between": ("sex", "male", "male")}, "no difference"),
        ({**DIFFERENCE, "between": ("sex", "_T", "male")}, "no difference"),
        ({**DIFFERENCE, "interval": "logit"}, "no logit interval"),
        ({"statistic": "share", "by": ("wave",), "keys": {"wave": "2017"}}, "key and a dimension"),
        ({"statistic": "share", "df_rule": "none"}, "degrees of freedom"),
    ],
)
def test_words_that_are_not_known(arguments: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        Request(y="y", **arguments)


def test_default_interval() -> None:
    assert Request("share", "y").method == "logit"
    assert Request("total", "y").method == "t"
    assert Request("share", "y", interval="wilson").method == "wilson"
    assert Request("quantile", "y", p=0.5).method == "woodruff"
    assert Request(y="y", **DIFFERENCE).method == "t"  # type: ignore[arg-type]


def test_keys_of_quantiles() -> None:
    assert Request("quantile", "y", p=0.5).key("category") == "p50"
    assert Request("quantile", "y", p=0.125).key("category") == "p12.5"
    assert Request("quantile", "y", p=0.5, keys={"category": "median"}).key("category") == "median"
    assert Request("share", "y").key("category") == ""


def test_requests_can_be_kept_in_a_set() -> None:
    assert len({Request("share", "y", by=["sex"]), Request("share", "y", by=("sex",))}) == 1  # type: ignore[arg-type]
