"""The language model: one file of rows, heads and cues, loaded in milliseconds and compiled with a taxonomy."""

from __future__ import annotations

import io
import json
import math
import mmap
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from touchstone.core.errors import Stop
from touchstone.core.taxonomy import Taxonomy, parse, write

if TYPE_CHECKING:
    from touchstone.language.compiled import Compiled

SHIPPED = Path(__file__).parent / "model.npz"
FORM = 2
"""Raised whenever a file that was taught before would read otherwise: a new `network.npz` is such a change."""
_LONGEST = 1 << 10  # bytes in which the header of an array ends
_STORED = 0  # the method of a member that is not compressed
_MEMBER, _HEADER = b"PK\3\4", "<8xH8xIIHH"  # how a member of a zip file begins; its method and the lengths that follow
KINDS = (
    "problem", "suggestion", "request", "question", "praise", "recommendation", "thanks", "churn_threat",
    "promise_asked",
)  # fmt: skip
_FIRST = ("positive", "negative", "opinion", *KINDS, "disclosed")  # heads of models that do not name theirs
TURNED = -0.7
"""What a negated word's mood is worth where mood is taught."""
REASONS = ("disclosed", "coupon", "insider", "promotional")
"""Why a text may be promoted: a reward is named, an offer made, the seller speaks, the style is that of paid praise."""
FEELINGS = ("anger", "sadness", "joy", "fear", "surprise", "trust")
"""Plutchik's (1980) without anticipation, which is a plan, and with disgust counted as anger."""
HEADS = ("positive", "negative", "opinion", "promotional", *KINDS, *REASONS[:3], "urgency", "effort", "ease", *FEELINGS)
"""Columns every model has.

`positive` and `negative` are evidence of a mood, `opinion` of judging at all, `promotional` of a style,
the others cues that add up to 1."""
CLAUSE_HEADS = 4
"""So many of HEADS are of clauses; the others are of texts: the greatest sentence counts."""


@dataclass(frozen=True, eq=False)
class Model:
    """What was learned. `arrays` are the file's; `facts` say version, calibration, confusion and what was taught."""

    arrays: dict[str, npt.NDArray[Any]]
    facts: dict[str, Any]
    taxonomy: Taxonomy | None = None
    _compiled: dict[int, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def version(self) -> str:
        """What `maker` columns carry: a change of this means texts are to be read again."""
        return str(self.facts["version"])

    @property
    def confusion(self) -> dict[str, dict[str, float]]:
        """Share of each predicted polarity among mentions of each true polarity, on held-apart labels; `n` is how many.

        `{"positive": {"positive": .8, "negative": .1, …, "n": 812}, …}`: intervals of figures from text widen by it.
        """
        held: dict[str, dict[str, float]] = self.facts.get("confusion", {})
        return held

    @property
    def taught(self) -> dict[str, Any]:
        """What `teach` added: biases and columns by head; empty for the shipped model."""
        held: dict[str, Any] = self.facts.get("taught", {})
        return held

    @property
    def vectors(self) -> npt.NDArray[np.float32]:
        """The encoder's rows, one for each word: (words, dimensions)."""
        rows: npt.NDArray[np.float32] = self.arrays["word_vectors"].astype(np.float32)
        scaled: npt.NDArray[np.float32] = rows * self.arrays["word_scales"][:, None]
        return scaled

    @property
    def kinds(self) -> tuple[str, ...]:
        """The shipped kinds, then those that were taught."""
        return (*KINDS, *(name for name in self.taught.get("kinds", {}).get("names", ()) if name not in KINDS))

    def compile(self, taxonomy: Taxonomy | None = None) -> Compiled:
        """This model with the touchpoints of `taxonomy` (its own, if none is given) folded into one table."""
        from touchstone.language.compiled import compiled

        chosen = taxonomy or self.taxonomy
        if chosen is None:
            raise Stop("the model carries no taxonomy.", where="language", todo="Give one, by name or as a file.")
        if id(chosen) not in self._compiled:
            self._compiled[id(chosen)] = (chosen, compiled(self, chosen))
        made: Compiled = self._compiled[id(chosen)][1]
        return made

    def save(self, path: str | Path) -> None:
        """Writes the model as one file; nothing in it is code, and no example text is kept."""
        facts = {**self.facts, "form": FORM, "taxonomy": write(self.taxonomy) if self.taxonomy else None}
        text = np.frombuffer(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode("utf-8"), np.uint8)
        Path(path).write_bytes(_file({"facts": text, **self.arrays}))


def _file(arrays: dict[str, npt.NDArray[Any]]) -> bytes:
    """An npz file; an array is compressed where that saves half: what hardly shrinks is faster read as it is."""
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo  # dear to import, and for writing only

    held = io.BytesIO()
    with ZipFile(held, "w") as file:
        for name, array in arrays.items():
            own = io.BytesIO()
            np.lib.format.write_array(own, np.ascontiguousarray(array), allow_pickle=False)
            packed, whole = zlib.compress(own.getvalue(), 6), own.getvalue()
            how = ZIP_DEFLATED if len(packed) < 0.5 * len(whole) else _STORED
            file.writestr(ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), whole, how)
    return held.getvalue()


def _arrays(held: bytes | mmap.mmap) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a file that `save` wrote; those that are not compressed are read where they stand, uncopied."""
    view, arrays, at = memoryview(held), {}, 0
    while view[at : at + len(_MEMBER)] == _MEMBER:
        how, packed, size, *lengths = struct.unpack_from(_HEADER, view, at)  # (APPNOTE 4.3.7)
        name = at + struct.calcsize(_HEADER)
        begin = name + sum(lengths)
        content, at = view[begin : begin + packed], begin + packed
        if how != _STORED:
            content = memoryview(zlib.decompress(content, -zlib.MAX_WBITS, size))
        start = io.BytesIO(content[:_LONGEST])
        np.lib.format.read_magic(start)
        shape, by_column, kind = np.lib.format.read_array_header_1_0(start)
        aligned = np.require(np.frombuffer(content, kind, math.prod(shape), start.tell()), requirements="A")
        own = bytes(view[name : name + lengths[0]]).decode().removesuffix(".npy")
        arrays[own] = aligned.reshape(shape, order="F" if by_column else "C")
    return arrays


def _bytes(path: Path) -> bytes | mmap.mmap:
    """What a file holds; of the model that ships, which nobody writes to while it is used, without a copy."""
    if path != SHIPPED:
        return path.read_bytes()
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def load(path: str | Path | None = None) -> Model:
    """The model in a file, or the one that ships with the package. A file of another kind is a `Stop`."""
    chosen = Path(path) if path else SHIPPED
    try:
        arrays = _arrays(_bytes(chosen))
        facts = json.loads(arrays.pop("facts").tobytes())
    except FileNotFoundError as error:
        raise Stop("no such model file.", where=str(chosen), todo="Make one with `touchstone teach`.") from error
    except (OSError, ValueError, KeyError, EOFError, struct.error, zlib.error) as error:
        raise Stop("not a model file.", where=str(chosen), todo="Make one with `touchstone teach`.") from error
    if facts.get("form") != FORM:
        raise Stop(f"a model of form {facts.get('form')}.", where=str(chosen), todo="Teach it again.")
    text = facts.pop("taxonomy", None)
    _widen(arrays, facts)
    return Model(arrays, facts, parse(text, where=str(chosen)) if text else None)


def _widen(arrays: dict[str, npt.NDArray[Any]], facts: dict[str, Any]) -> None:
    """Gives a model built before a head was added an empty column for it, and the order of HEADS."""
    held = facts.get("heads", _FIRST)
    if tuple(held) == HEADS:
        return
    facts["heads"] = list(HEADS)
    columns = [HEADS.index(name) for name in held]
    for name in ("head_words", "head_negated", "head_grams"):
        table = np.zeros((len(arrays[name]), len(HEADS)), arrays[name].dtype)
        table[:, columns] = arrays[name]
        scale = np.ones(len(HEADS), np.float32)
        scale[columns] = arrays[f"{name}_scale"]
        arrays[name], arrays[f"{name}_scale"] = table, scale
