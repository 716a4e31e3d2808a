"""Logistic regression with 40 parameters on made-up persons: the engine beside statsmodels, and beside R survey where R is installed.

    python tests/benchmarks/logit.py                    # 115,200 and 1,152,000 persons
    python tests/benchmarks/logit.py 115200 --repeats 5

Each engine runs in a process of its own, so that its peak memory is its own; medians of the repeats after one run to warm up.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

SIZES = (115_200, 1_152_000)
STRATA, PSUS = 40, 2_880
# Levels of the factors, and the parameters with age and the constant: 40.
FACTORS = {"sex": 2, "education": 4, "region": 12, "industry": 21, "area": 2, "marital": 3}
FORMULA = "sex + education + region + industry + area + marital + age"
# statsmodels needs the whole matrix several times over, R much time: the engine alone runs at every size.
LARGEST = {"engine": 10**9, "statsmodels": 200_000, "r": 200_000}


def persons(n: int) -> pd.DataFrame:
    """Persons in PSUs in strata, weights that differ, and an outcome that depends on everything and on the PSU."""
    random = np.random.default_rng(20170704)
    psu = np.sort(random.integers(0, PSUS, n))
    frame = pd.DataFrame(
        {
            name: pd.Categorical.from_codes(random.integers(0, size, n), [f"l{i:02d}" for i in range(size)])
            for name, size in FACTORS.items()
        }
    )
    frame["age"] = random.integers(15, 80, n).astype(float)
    eta = -1.0 + 0.02 * (frame["age"].to_numpy() - 40) + random.normal(0, 0.5, PSUS)[psu]
    for size, name in zip(FACTORS.values(), FACTORS, strict=True):
        eta += np.linspace(-0.8, 0.8, size)[frame[name].cat.codes]
    return frame.assign(
        stratum=psu % STRATA,
        psu=psu,
        weight=random.uniform(20, 400, n),
        informal=(random.random(n) < 1 / (1 + np.exp(-eta))).astype(float),
    )


def engine(frame: pd.DataFrame) -> Callable[[], np.ndarray]:
    """Coefficients and standard errors by the package."""
    from informality.estimate.design import Design
    from informality.estimate.models import logit
    from informality.estimate.models.terms import parse_terms

    terms = parse_terms(FORMULA.split(" + "))
    design = Design.from_frame(frame)
    y = frame["informal"].to_numpy()

    def run() -> np.ndarray:
        fitted = logit.fit(frame, y, terms, design)
        assert isinstance(fitted, logit.Fit)
        assert len(fitted.coefficients) == 40
        return np.array([fitted.coefficients, fitted.se])

    return run


def effects(frame: pd.DataFrame) -> Callable[[], np.ndarray]:
    """Average marginal effects of a fit that is there already."""
    from informality.estimate.design import Design
    from informality.estimate.models import logit
    from informality.estimate.models.marginal_effects import average_marginal_effects
    from informality.estimate.models.terms import parse_terms

    fitted = logit.fit(frame, frame["informal"].to_numpy(), parse_terms(FORMULA.split(" + ")), Design.from_frame(frame))
    assert isinstance(fitted, logit.Fit)

    def run() -> np.ndarray:
        return np.array([[e.estimate, e.se] for e in average_marginal_effects(fitted)]).T

    return run


def statsmodels(frame: pd.DataFrame) -> Callable[[], np.ndarray]:
    """The same coefficients, with model-based standard errors: the package has no covariance of a design."""
    import statsmodels.api as sm
    from formulaic import Formula

    def run() -> np.ndarray:
        weight = frame["weight"] / frame["weight"].mean()
        x = Formula(FORMULA).get_model_matrix(frame, output="pandas").astype(float)
        found = sm.GLM(frame["informal"], x, family=sm.families.Binomial(), var_weights=weight).fit()
        return np.array([found.params, found.bse])

    return run


def r(frame: pd.DataFrame) -> Callable[[], np.ndarray]:
    """svyglm of R's survey package; its time is that of the fit alone."""
    folder = Path(tempfile.mkdtemp())
    frame.to_csv(folder / "persons.csv", index=False)
    script = f"""
    suppressMessages(library(survey))
    d <- read.csv("{folder / "persons.csv"}", stringsAsFactors = TRUE)
    t <- system.time({{
      s <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = d)
      m <- svyglm(informal ~ {FORMULA}, s, family = quasibinomial(), epsilon = 1e-12)
    }})
    write.csv(data.frame(b = coef(m), se = SE(m)), "{folder / "found.csv"}", row.names = FALSE)
    cat(t[["elapsed"]])
    """

    def run() -> np.ndarray:
        done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True)
        found = pd.read_csv(folder / "found.csv").to_numpy().T
        return np.vstack([found, np.full(found.shape[1], float(done.stdout))])

    return run


ENGINES = {"engine": engine, "effects": effects, "statsmodels": statsmodels, "r": r}


def measure(name: str, rows: int, repeats: int) -> None:
    """Time one engine in this process and print what it took as JSON."""
    frame = persons(rows)
    run = ENGINES[name](frame)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found, times = run(), []
    for _ in range(repeats):
        start = time.perf_counter()
        found = run()
        times.append(time.perf_counter() - start)
    if name == "r":
        times = [float(found[2, 0])]
    kind = resource.RUSAGE_CHILDREN if name == "r" else resource.RUSAGE_SELF
    peak = resource.getrusage(kind).ru_maxrss / 1024
    print(json.dumps({"seconds": statistics.median(times), "peak": peak, "base": base, "found": found[:2].tolist()}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", type=int, default=SIZES)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", choices=ENGINES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        measure(given.only, given.rows[0], given.repeats)
        return
    print(f"Python {platform.python_version()}, numpy {np.__version__}; medians of {given.repeats}\n")
    print("| persons | engine | seconds | peak MiB (of which before) | coefficients | standard errors |")
    print("|---|---|---|---|---|---|")
    for rows in given.rows:
        reference: np.ndarray | None = None
        for name in ENGINES:
            if rows > LARGEST.get(name, 10**9) or (name == "r" and shutil.which("Rscript") is None):
                continue
            command = [sys.executable, __file__, str(rows), "--only", name, "--repeats", str(given.repeats)]
            result = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
            found = np.array(result["found"])
            agree = "" if reference is None or name == "effects" else f"{np.abs(found[0] / reference[0] - 1).max():.0e}"
            errors = "" if agree == "" else f"{np.median(found[1] / reference[1]):.2f} of the design's"
            reference = found if reference is None else reference
            memory = f"{result['peak']:,.0f} ({result['base']:,.0f})"
            print(f"| {rows:,} | {name} | {result['seconds']:.2f} | {memory} | {agree} | {errors} |")


if __name__ == "__main__":
    main()
