"""Fits the second tier in PyTorch: `python training/student.py SEEN.npz FITTED.npz`, in the teacher's environment.

The states are rounded to whole numbers as they will be at run time (straight-through), the weights in the last third.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import torch
from torch.nn import functional

WIDE, STATE, HEADS, SIGNS = 48, 96, 2, 8
EPOCHS, BATCH, RATE, SEED = 5, 128, 2e-3, 20261122
SOFT, WARM = 0.7, 1.5  # how much the teacher's word counts beside the label, and how much it is softened
DROPPED = 0.1
MENTIONED = 0.5  # how much a thing that is only mentioned counts: MAMS has many more of them than customers' words have
Tensors = dict[str, torch.Tensor]


def rounded(x: torch.Tensor) -> torch.Tensor:
    """Whole numbers, with the slope of the plain ones."""
    return x + (x.round() - x).detach()


class Student(torch.nn.Module):
    """Word rows of the encoder turned and moved, three convolutions, two attentions, four answers."""

    def __init__(self, vectors: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("vectors", torch.cat([vectors, torch.zeros(1, vectors.shape[1])]) * 4)
        self.turn = torch.nn.Parameter(torch.linalg.qr(torch.randn(vectors.shape[1], WIDE))[0])
        self.moved = torch.nn.Embedding(len(vectors) + 1, WIDE)
        torch.nn.init.zeros_(self.moved.weight)
        self.convolutions = torch.nn.ParameterDict(
            {
                name: torch.nn.Parameter(torch.randn(3, inputs, STATE) * (1.2 / (3 * inputs)) ** 0.5)
                for name, inputs in (("first", WIDE + SIGNS), ("second", STATE), ("third", STATE))
            }
        )
        self.biases = torch.nn.ParameterDict(
            {name: torch.nn.Parameter(torch.zeros(STATE)) for name in self.convolutions}
        )
        self.attention = torch.nn.Parameter(torch.randn(STATE, HEADS) * 0.05)
        self.attention_signs = torch.nn.Parameter(torch.zeros(SIGNS, HEADS))
        with torch.no_grad():
            self.attention_signs[5, 0], self.attention_signs[6, 0] = 2.0, 1.0
        self.answer = torch.nn.Parameter(torch.randn(STATE * HEADS, 4) * 0.05)
        self.answer_bias = torch.nn.Parameter(torch.zeros(4))
        self.whole = False

    def weight(self, values: torch.Tensor) -> torch.Tensor:
        """Weights as they will be: one scale for each output."""
        if not self.whole:
            return values
        scale = values.abs().amax(dim=tuple(range(values.dim() - 1)), keepdim=True).clamp_min(1e-8) / 127
        return rounded(values / scale) * scale

    def table(self) -> torch.Tensor:
        """Rows of words, one unit being 64 steps."""
        return self.vectors @ self.turn + self.moved.weight

    def forward(self, rows: torch.Tensor, signs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Four logits and the pooled features of padded windows; a row beyond the last word is empty."""
        filled = (rows >= 0).float()[..., None]
        chosen = functional.embedding(rows.clamp_min(0), self.vectors) @ self.turn + self.moved(rows.clamp_min(0))
        known = (rows >= 0) & (rows < len(self.vectors) - 1)
        if self.training:
            known = known & (torch.rand(rows.shape) > DROPPED)
        steps = rounded((chosen * known[..., None] * 64).clamp(-127, 127))
        states = torch.cat([steps, signs], -1) / 64
        states = self._layer(states, "first") * filled
        for name in ("second", "third"):
            states = torch.clamp(self._layer(states, name) + states, max=127 / 32) * filled
        raw = states @ self.weight(self.attention) + (signs / 64) @ self.weight(self.attention_signs)
        weight = torch.softmax(rounded((raw * 8).clamp(-127, 127)) / 8 + torch.where(filled > 0, 0.0, -1e4), dim=1)
        means = rounded(torch.einsum("blh,bls->bhs", weight, states).flatten(1) * 32) / 32
        held = functional.dropout(means, 0.2, self.training)
        return held @ self.weight(self.answer) + self.answer_bias, means

    def _layer(self, states: torch.Tensor, name: str) -> torch.Tensor:
        weights = self.weight(self.convolutions[name])
        sums = functional.conv1d(states.transpose(1, 2), weights.permute(2, 1, 0), padding=1).transpose(1, 2)
        return rounded(((sums + self.biases[name]) * 32).clamp(0, 127)) / 32


def padded(data: dict[str, Any], chosen: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows and signs of the chosen windows."""
    size = data["size"][chosen]
    rows = np.full((len(chosen), int(size.max(initial=1)) + 1), -1, np.int64)
    signs = np.zeros((*rows.shape, SIGNS), np.float32)
    for place, (begin, count) in enumerate(zip(data["begin"][chosen].tolist(), size.tolist(), strict=True)):
        rows[place, :count] = data["rows"][begin : begin + count]
        signs[place, :count] = data["signs"][begin : begin + count]
    return torch.from_numpy(rows), torch.from_numpy(signs)


def prepared(path: str) -> dict[str, Any]:
    """The file of `network show`, one window for each line."""
    with np.load(path) as file:
        data = {name: file[name] for name in file.files}
    unknown = len(data["vectors"])
    data["rows"] = np.where((data["rows"] < 0) & ~data["blank"], unknown, data["rows"]).astype(np.int64)
    data["begin"] = np.cumsum(data["size"] + 1) - data["size"]
    lone = np.bincount(data["line"], minlength=len(data["label"]))
    twice = np.isin(data["source"], ["categories"])
    data["alone"] = (lone[data["line"]] <= 1 + twice[data["line"]]) & (data["size"] > 0)
    return data


def scored(student: Student, data: dict[str, Any], windows: np.ndarray) -> np.ndarray:
    """Logits of the windows."""
    student.eval()
    found = np.zeros((len(windows), 4), np.float32)
    order = np.argsort(data["size"][windows], kind="stable")
    with torch.inference_mode():
        for begin in range(0, len(order), 512):
            part = order[begin : begin + 512]
            found[part] = student(*padded(data, windows[part]))[0].numpy()
    student.train()
    return found


def report(student: Student, data: dict[str, Any]) -> str:
    """Accuracy by source on what is held apart; a line read in several windows counts by their mean."""
    own = np.flatnonzero(data["part"][data["line"]] == "val")
    logits, line = scored(student, data, own), data["line"][own]
    total = np.zeros((len(data["label"]), 4))
    np.add.at(total, line, logits)
    told, said = total.argmax(1), []
    for source in np.unique(data["source"][line]):
        rows = np.unique(line[data["source"][line] == source])
        said.append(f"{source} {(told[rows] == data['label'][rows]).mean():.3f}")
    return ", ".join(said)


def fit(student: Student, data: dict[str, Any]) -> None:
    """Cross-entropy against labels mixed with the teacher's softened word."""
    part, line = data["part"][data["line"]], data["line"]
    train = np.flatnonzero((part != "val") & data["alone"] & ((data["label"][line] >= 0) | data["soft"][line].any(1)))
    truth = np.eye(4, dtype=np.float32)[np.maximum(data["label"], 0)]
    soft = torch.softmax(torch.from_numpy(data["soft"].astype(np.float32)) / WARM, 1).numpy()
    taught = data["soft"].any(1)
    share = np.where(data["label"] < 0, 1.0, np.where(taught, SOFT, 0.0))[:, None]
    wanted = (share * soft + (1 - share) * truth).astype(np.float32)
    wanted *= np.where(np.isin(data["source"], ("categories", "terms")) & (data["label"] == 1), MENTIONED, 1)[:, None]
    steps = EPOCHS * -(-len(train) // BATCH)
    optimiser = torch.optim.AdamW(student.parameters(), lr=RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps + 1, pct_start=0.1)
    chance, began = np.random.default_rng(SEED), time.process_time()
    for epoch in range(EPOCHS):
        student.whole = epoch >= EPOCHS * 2 // 3
        order, total = chance.permutation(train), 0.0
        blocks = [
            sorted(order[b : b + BATCH * 16], key=lambda each: data["size"][each])
            for b in range(0, len(order), BATCH * 16)
        ]
        batches = [np.array(block[b : b + BATCH]) for block in blocks for b in range(0, len(block), BATCH)]
        for place in chance.permutation(len(batches)).tolist():
            chosen = batches[place]
            logits, _ = student(*padded(data, chosen))
            loss = functional.cross_entropy(logits, torch.from_numpy(wanted[line[chosen]]))
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(
            f"{epoch} {total / len(batches):.3f} {report(student, data)} {time.process_time() - began:.0f} s",
            flush=True,
        )


def whole(student: Student, data: dict[str, Any]) -> dict[str, np.ndarray]:
    """The arrays of touchstone/language/network.py."""
    with torch.inference_mode():
        table = (student.table() * 64).round().clamp(-127, 127)[:-1].numpy().astype(np.int8)
    held: dict[str, np.ndarray] = {"word_keys": data["keys"], "word_rows": table}

    def split(values: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
        array = values.detach().numpy()
        scale = np.maximum(np.abs(array).max(axis=tuple(range(array.ndim - 1))), 1e-8) / 127
        return np.rint(array / scale).astype(np.int8), scale.astype(np.float32)

    for name in ("first", "second", "third"):
        held[name], scale = split(student.convolutions[name])
        step = 64 if name == "first" else 32
        held[f"{name}_scale"] = (scale * 32 / step).astype(np.float32)
        held[f"{name}_bias"] = (student.biases[name].detach().numpy() * 32).astype(np.float32)
    held["attention"], scale = split(student.attention)
    held["attention_scale"] = scale / 32
    held["attention_signs"], scale = split(student.attention_signs)
    held["attention_signs_scale"] = scale / 64
    held["answer"], scale = split(student.answer)
    held["answer_scale"] = scale / 32
    held["answer_bias"] = student.answer_bias.detach().numpy()
    return held


def main() -> None:
    """Fits and writes."""
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    data = prepared(sys.argv[1])
    student = Student(torch.from_numpy(data["vectors"]))
    fit(student, data)
    train = np.flatnonzero((data["part"][data["line"]] == "train") & data["alone"])
    told = torch.softmax(torch.from_numpy(scored(student, data, train)), 1).mean(0).numpy()
    np.savez(sys.argv[2], told=told, **whole(student, data))


if __name__ == "__main__":
    main()
