"""From sums of answers to what each touchpoint weighs: the computation that file and home share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from touchstone.science.covariance import Pooling, Sums, correlations, percentiles, pooling, proper
from touchstone.science.importance import EXACT, johnson, latent_factor, lmg, sampled_lmg, slopes
from touchstone.science.order import Ranks, ranks

Floats = NDArray[np.float64]
DRAWS, FEWEST_DRAWS = 400, 100
SUBSETS = 8_000_000  # subsets looked at over all draws; beyond, orders are sampled
STEADY = 0.2  # least variance of a direction that is told from those who rated two touchpoints of many
SIDE = 10  # fewest answers below, above and at the middle then
FEW_ORDERS = 100  # orders sampled for each draw: the same for all, so that what they miss cancels out
MANY = 8  # groups
ORDERS = 25_000  # orders sampled where there are too many touchpoints for every subset


@dataclass(frozen=True)
class Effort:
    """How much is drawn and looked at for a group of answers: beyond `MANY` groups they share what these had."""

    draws: int = DRAWS
    subsets: int = SUBSETS
    few_orders: int = FEW_ORDERS
    orders: int = ORDERS

    @classmethod
    def of(cls, groups: int) -> Effort:
        """For each of so many groups."""
        share = min(1.0, MANY / max(groups, 1))
        draws = max(FEWEST_DRAWS, round(DRAWS * share))
        return cls(draws, round(SUBSETS * share), round(FEW_ORDERS * share), round(ORDERS * share))


@dataclass(frozen=True)
class Answers:
    """One group's answers: sums over [ratings…, whether below the middle…, whether above it…, outcome].

    `estimated` replaces the correlations of ratings and outcome where they were estimated another way (draws below
    the first row).
    """

    names: tuple[str, ...]
    sums: Sums
    outcome: tuple[Floats, Floats] | None = None  # its values, and how often each was given
    gaps: bool = False  # not everyone rated everything
    estimated: Floats | None = None
    notes: Mapping[str, object] = field(default_factory=dict)  # what else its rows' detail says

    @property
    def size(self) -> int:
        """How many touchpoints there are."""
        return len(self.names)

    @property
    def rated(self) -> Floats:
        """Per touchpoint the answers that rate it and say the outcome."""
        return np.asarray(self.sums.n.sum(axis=0)[-1, : self.size], float)

    @property
    def answered(self) -> float:
        """Answers that say the outcome."""
        return float(self.sums.n[:, -1, -1].sum())

    @property
    def spread(self) -> Floats:
        """Standard deviation of each rating and of the outcome, last."""
        return np.asarray(correlations(self.sums.total().of([*range(self.size), 3 * self.size]))[1][0], float)

    def without(self, dropped: Sequence[int]) -> Answers:
        """The same without some touchpoints."""
        kept = [each for each in range(self.size) if each not in set(dropped)]
        places = [*kept, *(self.size + at for at in kept), *(2 * self.size + at for at in kept), 3 * self.size]
        estimated = self.estimated
        if estimated is not None:
            inner = [*kept, self.size]
            estimated = estimated[:, inner][:, :, inner]
        names = tuple(self.names[each] for each in kept)
        return Answers(names, self.sums.of(places), self.outcome, self.gaps, estimated, self.notes)


@dataclass(frozen=True)
class Weighed:
    """Per player (touchpoint or group of them) its share with limits and ranks; `exact` unless orders were sampled."""

    value: Floats
    low: Floats
    high: Floats
    order: Ranks
    r_squared: tuple[float, float, float]
    flattery: float  # by how much R squared of the draws lies above the estimate's, and the estimate above the truth
    exact: bool


@dataclass(frozen=True)
class Asymmetry:
    """Per touchpoint the fall and the rise of the outcome below and above its middle, each value, low, high."""

    penalty: Floats  # 3 x touchpoints
    reward: Floats


def weigh(
    answers: Answers, players: Sequence[Sequence[int]], *, method: str, ordinal: bool, seed: int, effort: Effort
) -> Weighed:
    """The shares of R squared of each player, with percentile limits of the bootstrap, widened for few blocks."""
    tables = _tables(answers, seed=seed, draws=effort.draws)
    if ordinal and answers.outcome is not None:
        tables[:, :-1, -1] *= (factor := latent_factor(*answers.outcome))
        tables[:, -1, :-1] *= factor
    tables = proper(tables)
    if method == "johnson":
        each = johnson(tables)
        shares = np.stack([each[:, list(player)].sum(axis=1) for player in players], axis=1)
    else:
        shares = _shapley(tables, players, effort, seed=seed)
    value, drawn = shares[0], shares[1:]
    together = np.column_stack([shares, shares.sum(axis=1)])
    low, high = _reached(together[0], together[1:], answers.sums.n.shape[0])
    fit = float(value.sum())
    return Weighed(
        value,
        low[:-1],
        high[:-1],
        ranks(value, drawn),
        (fit, float(low[-1]), float(high[-1])),
        flattery=float(drawn.sum(axis=1).mean()) - fit,
        exact=method == "johnson" or len(players) <= EXACT,
    )


def _reached(value: Floats, drawn: Floats, blocks: int) -> tuple[Floats, Floats]:
    """Limits of shares, lower by what the draws lie too high: a share is never below nought, and nor are its draws,
    so that without this the limits of a touchpoint that does nothing would never reach it (Efron 1987 on bias).
    """
    low, high = _limits(drawn, blocks)
    bias = np.fmax(drawn.mean(axis=0) - value, 0.0)
    return np.fmin(np.fmax(low - bias, 0.0), value), np.fmax(high, value)


def asymmetry(answers: Answers, *, seed: int, draws: int) -> Asymmetry:
    """Coefficients of "below the middle" and "above" of every touchpoint at once, in points of the outcome.

    Source: Brandt 1987; Mikulic & Prebezac 2011. NaN where nobody (with gaps: fewer than `SIDE`) rated below, above,
    or at the middle.
    """
    size = answers.size
    chosen = answers.sums.of(range(size, 3 * size + 1))
    kind = np.zeros((2 * size + 1, 2 * size + 1), np.int64)
    if answers.gaps:
        kind[:size, :size], kind[size:-1, size:-1] = 1, 2
        kind[:size, size:-1] = kind[size:-1, :size] = 3
        own = np.tile(np.eye(size, dtype=bool), (2, 2))
        kind[:-1, :-1][own] = 0
    tables, deviation = _pooled(chosen, kind, seed=seed, draws=draws)
    with np.errstate(divide="ignore", invalid="ignore"):
        steady = slopes(proper(tables, least=STEADY if answers.gaps else 0.0), apart=answers.gaps)
        effect = steady * deviation[:, -1:] / deviation[:, :-1]
    count, of = (np.diagonal(each.sum(axis=0))[:-1] for each in (chosen.product, chosen.n))
    below, above, middle = count[:size], count[size:], of[:size] - count[:size] - count[size:]
    known = np.fmin(np.fmin(below, above), middle) >= (SIDE if answers.gaps else 1)
    effect = np.where(np.tile(known, 2), effect, np.nan)
    fall, rise = np.fmin(effect[:, :size], 0), np.fmax(effect[:, size:], 0)
    return Asymmetry(_three(np.where(known, fall, np.nan)), _three(np.where(known, rise, np.nan)))


def _three(effect: Floats) -> Floats:
    """Value and limits of an effect whose first row is the estimate."""
    low, high = np.quantile(np.nan_to_num(effect[1:]), (0.025, 0.975), axis=0)
    unknown = np.isnan(effect[0])
    limits = [effect[0], np.fmin(low, effect[0]), np.fmax(high, effect[0])]
    return np.stack([np.where(unknown, np.nan, each) for each in limits])


def _tables(answers: Answers, *, seed: int, draws: int) -> Floats:
    """Correlations of ratings and outcome: the estimate, then its draws."""
    if answers.estimated is not None:
        return answers.estimated.copy()
    size = answers.size
    chosen = answers.sums.of([*range(size), 3 * size])
    kind = np.zeros((size + 1, size + 1), np.int64)
    if answers.gaps:
        kind[:-1, :-1] = 1 - np.eye(size, dtype=np.int64)
    return _pooled(chosen, kind, seed=seed, draws=draws)[0]


def _pooled(chosen: Sums, kind: NDArray[np.int64], *, seed: int, draws: int) -> tuple[Floats, Floats]:
    """Correlations and deviations, the estimate first; where kinds are given, drawn towards the mean of their kind."""
    whole = chosen.total()
    point, deviation = correlations(whole)
    drawn, spread = correlations(chosen.resampled(draws, seed=seed))
    if kind.any():
        how: Pooling = pooling(point[0], whole.n[0], kind)
        point, drawn = how.apply(point), how.apply(drawn, seed=seed + 1)
    return np.concatenate([point, drawn]), np.concatenate([deviation, spread])


def _shapley(tables: Floats, players: Sequence[Sequence[int]], effort: Effort, *, seed: int) -> Floats:
    """Exact for the estimate up to `EXACT` players; draws by the same few orders where subsets are too many."""
    size = len(players)
    few = {"rounds": max(1, effort.few_orders // (2 * size)), "seed": seed}
    many = {"rounds": max(2, effort.orders // (2 * size)), "seed": seed}
    value = lmg(tables[:1], players) if size <= EXACT else sampled_lmg(tables[:1], players, **many)
    if 2**size * len(tables) <= effort.subsets:
        return np.concatenate([value, lmg(tables[1:], players)])
    drawn = sampled_lmg(tables, players, **few)
    return np.concatenate([value, drawn[1:] + value - drawn[0]])  # what the few orders miss is common to all


def _limits(drawn: Floats, blocks: int) -> tuple[Floats, Floats]:
    """95 % limits of shares, within 0 to 1."""
    low, high = percentiles(drawn, blocks)
    return np.fmax(low, 0.0), np.fmin(high, 1.0)
