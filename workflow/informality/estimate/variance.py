"""Variance of a total over a stratified sample of PSUs, for many domains at once.

With z_hi the sum over PSU i of stratum h (0 where the PSU holds no row of the domain) and n_h **all** PSUs of the stratum in
the file:  V = sum_h (1 - f_h) n_h / (n_h - 1) sum_i (z_hi - zbar_h)^2  (ultimate cluster; Särndal, Swensson and Wretman 1992;
domains as in R survey 4.1, `svyrecvar`). Squares are taken after centring, never as a difference of
large sums. What a lonely stratum adds is the policy of the design (`design.LONELY_POLICIES`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from informality.estimate.codes import Bools, Floats, Ints, compress, group_sums
from informality.estimate.design import Design


@dataclass(frozen=True, eq=False)
class Layout:
    """Where entries (pairs of a PSU and a domain) lie in the strata: ``psu`` and ``domain`` have one value an entry."""

    design: Design
    psu: Ints
    domain: Ints
    n_domains: int

    @cached_property
    def _groups(self) -> tuple[Ints, Ints, Ints]:
        """Pairs of a stratum and a domain that hold an entry: group of each entry; domain and stratum of each group."""
        strata = len(self.design.stratum_psus)
        key = self.domain * strata + self.design.psu_stratum[self.psu]
        present, group = compress(key, self.n_domains * strata)
        domain, stratum = np.divmod(present, strata)
        return group, domain, stratum

    @cached_property
    def _terms(self) -> tuple[Bools, Floats, Floats, Floats]:
        """By group: lonely; n_h; PSUs of the stratum without an entry; factor of the sum of squares."""
        group, _, stratum = self._groups
        lonely = self.design.stratum_lonely[stratum]
        psus = self.design.stratum_psus[stratum].astype(np.float64)
        absent = psus - np.bincount(group, minlength=len(stratum))
        factor = self.design.stratum_left_out[stratum] * psus / np.maximum(psus - 1, 1)
        if self.design.lonely in ("certainty", "average"):
            factor = np.where(lonely, 0.0, factor)
        return lonely, psus, absent, factor

    def variance(self, z: Floats, known: Bools) -> Floats:
        """Variance of the sum of ``z`` over the entries of each domain.

        ``known``: entries with a row that enters the estimate (the others must be 0 in ``z``); they say which strata the
        policy ``average`` counts. NaN where that policy finds no stratum with two PSUs.
        """
        group, group_domain, _ = self._groups
        lonely, psus, absent, factor = self._terms
        centre = np.where(lonely, 0.0, group_sums(z, group, len(psus)) / psus)
        grand = None
        if self.design.lonely == "grand_mean":
            grand = group_sums(z, self.domain, self.n_domains) / self.design.n_psu
            centre = np.where(lonely, grand[group_domain], centre)
        squares = group_sums(np.square(z - centre[group]), group, len(psus)) + absent * np.square(centre)
        total = group_sums(factor * squares, group_domain, self.n_domains)
        if grand is not None:
            # A lonely stratum without a row of the domain has the sum 0, which the grand mean does not equal.
            left_out = self.design.stratum_left_out
            elsewhere = left_out[self.design.stratum_lonely].sum() - group_sums(
                np.where(lonely, factor, 0.0), group_domain, self.n_domains
            )
            total += np.maximum(elsewhere, 0.0) * np.square(grand)
        if self.design.lonely == "average":
            total *= self._average(known)
        return total

    def contrast(self, z: Floats, known: Bools, coefficient: Floats) -> float:
        """Variance of the sum over domains of ``coefficient`` times the sum of ``z``: covariances between domains included.

        With coefficients 1 and -1 it is the variance of a difference, with 1 and 1 that of a union.
        """
        used = coefficient[self.domain] != 0
        psus, position = compress(self.psu[used], len(self.design.psu_stratum))
        sums = group_sums((coefficient[self.domain] * z)[used], position, len(psus))
        any_known = np.bincount(position, known[used], len(psus)) > 0
        return float(Layout(self.design, psus, np.zeros_like(psus), 1).variance(sums, any_known)[0])

    def psus(self, chosen: Bools) -> Ints:
        """Number of PSUs with an entry among the chosen, by domain."""
        return self._all_psus if chosen.all() else _count(self.domain, chosen, self.n_domains)

    def strata(self, chosen: Bools) -> Ints:
        """Number of strata with an entry among the chosen, by domain."""
        group, group_domain, _ = self._groups
        if chosen.all():
            return self._all_strata
        return _count(group_domain, _count(group, chosen, len(group_domain)) > 0, self.n_domains)

    def degrees_of_freedom(self, used: Bools) -> Ints:
        """PSUs with an entry in ``used`` minus their strata, by domain (R's degf of the domain)."""
        return self.psus(used) - self.strata(used)

    @cached_property
    def _all_psus(self) -> Ints:
        return np.bincount(self.domain, minlength=self.n_domains)

    @cached_property
    def _all_strata(self) -> Ints:
        return np.bincount(self._groups[1], minlength=self.n_domains)

    def _average(self, known: Bools) -> Floats:
        """Strata of the domain over those of them that are not lonely (rows of weight 0 and certainty strata counted)."""
        group, group_domain, _ = self._groups
        lonely = self._terms[0]
        there = np.bincount(group[known], minlength=len(group_domain)) > 0
        strata = np.bincount(group_domain[there], minlength=self.n_domains)
        usable = np.bincount(group_domain[there & ~lonely], minlength=self.n_domains)
        return np.divide(strata, usable, out=np.full(self.n_domains, np.nan), where=usable > 0)


def _count(group: Ints, chosen: Bools, size: int) -> Ints:
    """Number of the chosen in each group; adding zeros is faster than picking."""
    return np.bincount(group, chosen, size).astype(np.intp) if len(group) else np.zeros(size, dtype=np.intp)
