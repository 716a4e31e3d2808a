"""Observations as SDMX-CSV 2.0, written by pysdmx."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pandas import DataFrame

from informality.publish.exchange.mapping import Exchange
from informality.publish.exchange.observations import ATTRIBUTES, CONSTANT, NUMBERS, Observation

if TYPE_CHECKING:
    from pysdmx.model import Schema


def sdmx_csv(exchange: Exchange, found: Mapping[str, Sequence[Observation]], agency: str) -> bytes:
    """SDMX-CSV 2.0 in UTF-8 of several dataflows, each the ``agency``'s own; an empty cell is a component that a dataflow has not."""
    from pysdmx.io import write_sdmx
    from pysdmx.io.format import Format
    from pysdmx.io.pd import PandasDataset

    all_concepts = list(dict.fromkeys(c for name in found for c in exchange.concepts(exchange.dataflows[name])))
    sets = []
    for name, rows in found.items():
        own = exchange.concepts(exchange.dataflows[name])
        varying = [*own, "OBS_VALUE", *(attribute for attribute in ATTRIBUTES if attribute not in CONSTANT)]
        # The writer looks at every cell of a column, but sets what is constant in a dataset at once: half of the time. The empty
        # columns of other dataflows' concepts stand there too, so that all datasets have one head.
        constant = {**{c: "" for c in all_concepts if c not in own}, **{name: rows[0][name] for name in CONSTANT}}
        sets.append(
            PandasDataset(
                structure=_schema(exchange, name, all_concepts, agency),
                data=DataFrame(rows, columns=varying),
                attributes=constant,
            )
        )
    return str(write_sdmx(sets, Format.DATA_SDMX_CSV_2_0_0)).encode()


def _schema(exchange: Exchange, name: str, all_concepts: Sequence[str], agency: str) -> Schema:
    """The structure of one dataflow. It also lists the concepts of the others, which it does not require, so that all share one head."""
    from pysdmx.model import Component, Components, Concept, DataType, Role, Schema

    own = exchange.concepts(exchange.dataflows[name])

    def part(column: str, role: Role, required: bool) -> Component:
        dtype = DataType.DOUBLE if column in NUMBERS else DataType.STRING
        level = "O" if role == Role.ATTRIBUTE else None
        return Component(column, required, role, Concept(column), local_dtype=dtype, attachment_level=level)

    dimensions = ["REF_AREA", "FREQ", "MEASURE", *all_concepts, "TIME_PERIOD"]
    return Schema(
        "dataflow",
        agency,
        f"DF_{name}",
        Components([
            *(part(column, Role.DIMENSION, column not in all_concepts or column in own) for column in dimensions),
            part("OBS_VALUE", Role.MEASURE, False),
            *(part(column, Role.ATTRIBUTE, False) for column in ATTRIBUTES),
        ]),
        exchange.version,
    )  # fmt: skip
