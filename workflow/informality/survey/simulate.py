"""A simulated labour force survey with the questions of the Lao survey of 2017, for the demo, tests and benchmarks.

540 villages of 20 households are drawn from strata of province and type of village; villages and households share effects, so
that estimates have design effects. Persons are dealt to the cells of a joint table of jobs that satisfies the figures
published for 2017, answers are drawn that the classification rules read back as these cells, and household weights are raked
until the published totals are met, so all members of a household keep one weight. What was published, derived and assumed
stands in `workflow/surveys/simulation/lao_lfs_targets.yaml`.

Every published figure is met to its printed digit but three that others contradict (`contradicts:` in that file): public and
private employment (B08: men and women add to 0.001 thousand more) and the labour force of 1.9 million (B18: employment and
unemployment rate give 1.96). The 948 and 825 thousand employed of the 19th ICLS are 947.6 and 825.4: with these B20 is met too.

    python -m informality.survey.simulate --out FILE [--scale 100] [--seed 2017] [--format parquet]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from informality.errors import UserError
from informality.survey.simulation.files import FORMATS
from informality.survey.simulation.survey import simulate
from informality.survey.simulation.write import write_demo

__all__ = ["main", "simulate", "write_demo"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a simulated file from the command line; the exit code is 1 for an error that the message explains."""
    parser = argparse.ArgumentParser(prog="python -m informality.survey.simulate", description="Simulated Lao survey")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    parser.add_argument("--scale", type=float, default=1.0, help="times the 540 villages (default 1)")
    parser.add_argument("--seed", type=int, default=2017)
    parser.add_argument("--format", choices=sorted(FORMATS), help="default: by the ending of the file's name, else sav")
    given = parser.parse_args(arguments)
    ending = given.out.suffix.lstrip(".").lower()
    try:
        write_demo(
            given.out,
            seed=given.seed,
            scale=given.scale,
            format=given.format or (ending if ending in FORMATS else "sav"),
        )
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
