"""The ladder walked on masks: the same tests as `creditrules.ladder`, each an *any* over bits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from creditrules.trace import Truth, all_hold, any_holds, opposite

from .matter import MatterDriver, NeedBits
from .tables import Mask

_UNTOLD: Mask = -1  # every bit: nobody told which papers there are, and any may be fit for anything


class PaperMasks(NamedTuple):
    """A paper as the masks see it."""

    id: str
    sure: Mask
    open: Mask


class Answer:
    """What was found: the possible outcomes, the masks they follow from, and how to tell what else they hang on."""

    __slots__ = ("driver", "on", "open", "papers", "possible", "sure", "told")

    def __init__(
        self,
        driver: MatterDriver,
        on: dt.date,
        possible: tuple[str, ...],
        sure: Mask,
        open_: Mask,
        papers: tuple[PaperMasks, ...],
        told: Callable[[], tuple[object, ...]],
    ) -> None:
        self.driver, self.on, self.possible = driver, on, possible
        self.sure, self.open, self.papers, self.told = sure, open_, papers, told

    @property
    def key(self) -> object:
        """Give what tells requests apart that have different decisions; the same key, the same decision."""
        return self.on, self.sure, self.open, self.papers, self.told()


def truth(sure: Mask, open_: Mask, bits: Mask) -> Truth:
    """Say how a cell came out: it holds if one of its bits does, and fails if all have failed."""
    if sure & bits:
        return True
    return None if open_ & bits else False


def walk(
    driver: MatterDriver, sure: Mask, open_: Mask, papers: tuple[PaperMasks, ...], untold: bool
) -> tuple[str, ...]:
    """Give the possible outcomes; `untold` says that nobody told which papers were handed in."""
    of_papers = driver.of_papers
    if of_papers:
        sure &= ~of_papers
        open_ &= ~of_papers
        for paper in papers:
            sure |= paper.sure & of_papers
            open_ |= paper.open & of_papers
    possible: tuple[str, ...] = ()
    if not sure & driver.scope:
        if not open_ & driver.scope:
            return ("not_applicable",)
        possible = ("not_applicable",)
    if open_ & driver.excluding:
        possible += ("excluded",)
        if sure & driver.excluding:
            return possible
    undecided = truth(sure, open_, driver.open)
    if open_ & driver.needing:
        unmet, unclean = _needs(driver, sure, open_, papers, untold)
        if unmet is not False:
            possible += ("pending",)
            if unmet:
                return possible
        undecided = any_holds((undecided, unclean))
    for favours, burdens in driver.conflicts:
        if open_ & favours and open_ & burdens:
            both = all_hold((truth(sure, open_, favours), truth(sure, open_, burdens)))
            undecided = any_holds((undecided, both))
    if undecided is not False:
        possible += ("discretionary",)
        if undecided:
            return possible
    return (*possible, driver.last)


def _needs(
    driver: MatterDriver, sure: Mask, open_: Mask, papers: tuple[PaperMasks, ...], untold: bool
) -> tuple[Truth, Truth]:
    """Say whether a requirement that holds is not met, and whether one is not cleanly met."""
    usable_sure = clean_sure = usable_open = clean_open = 0
    if untold:
        usable_open = clean_open = _UNTOLD
    for paper in papers:
        usable = opposite(truth(paper.sure, paper.open, driver.barred))
        clean = all_hold((usable, opposite(truth(paper.sure, paper.open, driver.declined))))
        if usable is not False:
            usable_open |= paper.open
            if usable:
                usable_sure |= paper.sure
        if clean is not False:
            clean_open |= paper.open
            if clean:
                clean_sure |= paper.sure
    unmet: Truth = False
    unclean: Truth = False
    for need in driver.needs:
        views = [(paper.sure, paper.open) for paper in papers] if need.each else ((sure, open_),)
        for here_sure, here_open in views:
            if not here_open & need.rules:
                continue
            met = _met(need, here_sure, here_open, usable_sure, usable_open)
            clean = _met(need, here_sure, here_open, clean_sure, clean_open)
            held = True if here_sure & need.rules else None
            if met is not True:
                unmet = any_holds((unmet, all_hold((held, opposite(met)))))
            if clean is not True:
                unclean = any_holds((unclean, all_hold((held, opposite(clean)))))
    return unmet, unclean


def _met(need: NeedBits, sure: Mask, open_: Mask, fit_sure: Mask, fit_open: Mask) -> Truth:
    """Say whether a requirement is met: by papers fit for it, or by steps that are done."""
    if not need.all_of:
        if fit_sure & need.papers or sure & need.steps:
            return True
        untold = need.by_paper and fit_open == _UNTOLD
        return None if untold or fit_open & need.papers or open_ & need.steps else False
    return all_hold(_way_met(*way, sure, open_, fit_sure, fit_open) for way in need.ways)


def _way_met(of_paper: bool, bits: Mask, sure: Mask, open_: Mask, fit_sure: Mask, fit_open: Mask) -> Truth:
    if not of_paper:
        return truth(sure, open_, bits)
    return None if fit_open == _UNTOLD else truth(fit_sure, fit_open, bits)
