"""One file of `workflow/economy/`: the gross domestic product of a country, to which costs are held."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from informality.coverage.countries import OfCountry, by_country
from informality.decisions import Decision


class Product(Decision):
    """The gross domestic product of one year at current prices."""

    year: int = Field(ge=1900, le=2100)
    amount: float = Field(gt=0)
    source: str
    verified: bool


class Economy(OfCountry):
    """The product of one country. ``currency``: the word that its surveys use."""

    currency: str
    gdp: list[Product] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Economy:
        years = [product.year for product in self.gdp]
        if years != sorted(set(years)):
            raise ValueError("gdp: give each year once, in order")
        return self

    def of(self, year: int, currency: str | None) -> Product | None:
        """The product of a year in a currency; None where it is not declared."""
        return next((p for p in self.gdp if p.year == year and currency == self.currency), None)


def load_economies(folder: Path) -> dict[str, Economy]:
    """Every country's file of a folder, by its three letters; UserError for one that is not called after its country."""
    return by_country(Economy, folder)
