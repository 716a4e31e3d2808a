"""`ilostat.csv` on the shelf of one survey and language: the same bytes in every language."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

from informality.publish.card import Card
from informality.publish.exchange.mapping import load_mapping
from informality.publish.exchange.observations import observations
from informality.publish.exchange.sdmx import sdmx_csv
from informality.publish.files import Shelf, files_digest
from informality.publish.requests import Declared
from informality.publish.select import Estimates

EXCHANGE = "ilostat.csv"


def put_exchange(shelf: Shelf, hub: Estimates, card: Card, folder: Path, declared: Declared, agency: str) -> None:
    """Write the file, or keep it where nothing in it has changed; ``folder``: that of ilostat.yaml.

    Raises NotMade where the survey yields no observation, or its reference period has no code.
    """
    exchange = load_mapping(folder, declared)
    found = observations(exchange, hub, card)
    parts = [found, agency, exchange.version, version("pysdmx"), files_digest(Path(__file__).parent.glob("*.py"))]
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    if not shelf.keeps(EXCHANGE, digest, [EXCHANGE]):
        shelf.put(EXCHANGE, digest, {EXCHANGE: sdmx_csv(exchange, found, agency)})
