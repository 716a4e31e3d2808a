from __future__ import annotations

import pytest

from informality.errors import UserError
from informality.estimate.requests import Request


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
        ({"statistic": "mean", "interval": "logit"}, "is for shares"),
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


def test_requests_can_be_kept_in_a_set() -> None:
    assert len({Request("share", "y", by=["sex"]), Request("share", "y", by=("sex",))}) == 1  # type: ignore[arg-type]
