"""A small law for tests, to be changed at will, and a folder of laws."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from unit.survey.small_family import put

from informality.coverage.laws import load_laws
from informality.errors import UserError

TEXT = """
law: toy_2010
title: Toy law
country: TOY
source: Act 1
verified: no
from: 2010-01-01
to: 2014-12-31
acts:
  act_1: {title: Act 1, day: 2009-05-01, changes: The fund is founded., source: gazette}
pensionable_age: {male: 60, female: 55, source: Act 1, verified: no}
minimum_wage:
  - {from: 2010-01-01, amount: 100, source: notice, verified: no}
  - {from: 2012-01-01, amount: 150, source: notice, verified: no}
to_verify: inst_sector = 'government'
schemes:
  fund:
    title: Fund
    branches: [old_age, unemployment]
    source: Act 1
    rules:
      - {id: casual, if: status = 'employee' AND contract = 'temporary', then: mandatory, narrow: unknown, source: Act 1}
      - {id: employees, if: status = 'employee', then: mandatory, source: Act 1}
      - {id: no_unemployment, if: status IS NOT NULL, then: excluded, branches: [unemployment], source: Act 1}
      - {id: independent, if: "status IN ('employer', 'own_account')", then: voluntary, source: Act 1}
      - {id: rest, if: "TRUE", then: unknown, source: Act 1}
    rates: {employer: 0.06, employee: 0.04, voluntary: 0.1, source: Act 1, verified: no}
    insurable:
      floor: minimum_wage
      ceiling:
        - {from: 2010-01-01, amount: 1000, source: notice, verified: no}
  state:
    title: State scheme
    branches: [old_age]
    source: Act 1
    rules:
      - {id: soldiers, if: occupation = 'armed_forces', then: mandatory, source: Act 1}
      - {id: rest, if: "TRUE", then: excluded, source: Act 1}
"""


def content(**changes: object) -> dict[str, Any]:
    """The law as YAML gives it, with changes by key path, `__` for the point; Ellipsis takes a key away."""
    law = deepcopy(yaml.safe_load(TEXT))
    for key, value in changes.items():
        put(law, key.replace("__", "."), value)
    return law


def save(folder: Path, *laws: dict[str, Any]) -> Path:
    """A folder with these laws, each in the file of its name."""
    folder.mkdir(exist_ok=True)
    for law in laws:
        text = yaml.safe_dump(law, sort_keys=False, allow_unicode=True)
        (folder / f"{law['law']}.yaml").write_text(text, encoding="utf-8")
    return folder


def refusal(folder: Path, *laws: dict[str, Any]) -> UserError:
    """What loading these laws is refused with."""
    with pytest.raises(UserError) as error:
        load_laws(save(folder, *laws))
    return error.value
