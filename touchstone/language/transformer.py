"""Sentence encoders of the BERT family in plain PyTorch: fine-tuned end to end on labelled texts or pairs.

Only `encoder.py` imports this, and only where the extra `[encoder]` is installed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from touchstone.core.errors import Stop

Pairs = Sequence[tuple[str, str]]
Numbers = npt.NDArray[np.float64]
_BATCH, _LONGEST, _RATE, _DROPPED = 16, 96, 1e-4, 0.1


class Transformer(nn.Module):  # type: ignore[misc]  # types are checked without torch
    """The encoder of a folder with `config.json`, `model.safetensors` and `tokenizer.json`, and one linear head."""

    def __init__(self, folder: Path, classes: int) -> None:
        super().__init__()
        self.settings = _settings(folder)
        held = {name.removeprefix("bert."): value for name, value in load_file(folder / "model.safetensors").items()}
        kept = {name: value.float() for name, value in held.items() if value.is_floating_point()}
        self.weights = nn.ParameterDict({name.replace(".", "/"): nn.Parameter(value) for name, value in kept.items()})
        self.head = nn.Linear(self.settings["hidden_size"], classes)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(_LONGEST)
        self.tokenizer.no_padding()

    def _weight(self, name: str) -> torch.Tensor:
        return self.weights[name.replace(".", "/")]

    def _linear(self, x: torch.Tensor, name: str) -> torch.Tensor:
        return functional.linear(x, self._weight(f"{name}.weight"), self._weight(f"{name}.bias"))

    def _norm(self, x: torch.Tensor, name: str) -> torch.Tensor:
        weight, bias = self._weight(f"{name}.weight"), self._weight(f"{name}.bias")
        return functional.layer_norm(x, weight.shape, weight, bias, self.settings["layer_norm_eps"])

    def _dropped(self, x: torch.Tensor) -> torch.Tensor:
        return functional.dropout(x, _DROPPED, self.training)

    def forward(self, ids: torch.Tensor, kinds: torch.Tensor, held: torch.Tensor) -> torch.Tensor:
        """Logits (n, classes) from token ids, segment ids and a mask, each (n, length)."""
        states = (
            self._weight("embeddings.word_embeddings.weight")[ids]
            + self._weight("embeddings.position_embeddings.weight")[: ids.shape[1]]
            + self._weight("embeddings.token_type_embeddings.weight")[kinds]
        )
        states = self._dropped(self._norm(states, "embeddings.LayerNorm"))
        mask = held[:, None, None, :]
        for number in range(self.settings["num_hidden_layers"]):
            states = self._layer(states, mask, f"encoder.layer.{number}")
        mean = (states * held[..., None]).sum(1) / held.sum(1, keepdim=True)
        logits: torch.Tensor = self.head(self._dropped(mean))
        return logits

    def _layer(self, states: torch.Tensor, mask: torch.Tensor, name: str) -> torch.Tensor:
        count, length, width = states.shape
        heads = self.settings["num_attention_heads"]
        query, key, value = (
            self._linear(states, f"{name}.attention.self.{part}")
            .view(count, length, heads, width // heads)
            .transpose(1, 2)
            for part in ("query", "key", "value")
        )
        seen = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, dropout_p=_DROPPED if self.training else 0.0
        )
        seen = self._linear(seen.transpose(1, 2).reshape(count, length, width), f"{name}.attention.output.dense")
        states = self._norm(states + self._dropped(seen), f"{name}.attention.output.LayerNorm")
        inner = functional.gelu(self._linear(states, f"{name}.intermediate.dense"))
        out = self._dropped(self._linear(inner, f"{name}.output.dense"))
        return self._norm(states + out, f"{name}.output.LayerNorm")

    def batch(self, texts: Pairs) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Token ids, segment ids and mask of texts, or of pairs where the second is not empty."""
        encoded = self.tokenizer.encode_batch([pair if pair[1] else pair[0] for pair in texts])
        length = max(len(each.ids) for each in encoded)
        rows: list[list[list[int]]] = [
            [row + [0] * (length - len(row)) for row in (each.ids, each.type_ids, each.attention_mask)]
            for each in encoded
        ]
        ids, kinds, held = torch.tensor(rows).unbind(1)
        device = self.head.weight.device
        return ids.to(device), kinds.to(device), held.bool().to(device)


def _settings(folder: Path) -> dict[str, Any]:
    missing = [name for name in ("config.json", "model.safetensors", "tokenizer.json") if not (folder / name).exists()]
    settings: dict[str, Any] = {} if missing else json.loads((folder / "config.json").read_text("utf-8"))
    if missing or settings.get("model_type") != "bert":
        why = (
            f"it has no {', '.join(missing)}" if missing else f"its type is {settings.get('model_type')!r}, not 'bert'"
        )
        raise Stop(f"not a sentence encoder: {why}.", where=str(folder), todo="Give the folder of a BERT encoder.")
    return settings


def tuned(folder: Path, texts: Pairs, labels: Numbers, *, exclusive: bool, epochs: int, seed: int) -> Transformer:
    """The encoder fitted to labels (n, classes): one true class if `exclusive`, else each class on its own.

    AdamW with a rate that rises over a tenth of the steps and falls to nothing; on a GPU where there is one.
    """
    torch.manual_seed(seed)
    model = Transformer(folder, labels.shape[1])
    model.to("cuda" if torch.cuda.is_available() else "cpu").train()
    share = torch.tensor(labels.mean(axis=0)).clamp(1e-3, 1 - 1e-3)
    with torch.no_grad():  # begins at what is common, so that no step is spent on learning it
        model.head.bias.copy_(share.log() if exclusive else share.logit())
    wanted = torch.tensor(labels, dtype=torch.float32, device=model.head.weight.device)
    steps = epochs * -(-len(texts) // _BATCH)
    head = list(model.head.parameters())
    optimizer = torch.optim.AdamW(
        [{"params": list(model.weights.values()), "lr": _RATE}, {"params": head, "lr": 10 * _RATE}], weight_decay=0.01
    )
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.1 * steps), (steps - step) / (0.9 * steps))
    )
    random = np.random.default_rng(seed)
    for _ in range(epochs):
        for chosen in _batches(texts, random):
            with torch.autocast(wanted.device.type, torch.bfloat16):
                logits = model(*model.batch([texts[place] for place in chosen])).float()
            loss = functional.cross_entropy if exclusive else functional.binary_cross_entropy_with_logits
            optimizer.zero_grad(set_to_none=True)
            loss(logits, wanted[chosen]).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            rate.step()
    model.eval()
    return model


def _batches(texts: Pairs, random: np.random.Generator) -> list[list[int]]:
    """Places of texts, in random order, those of like length together so that little is padded."""
    order = random.permutation(len(texts))
    long = 32 * _BATCH
    sorted_runs = [
        sorted(order[begin : begin + long].tolist(), key=lambda place: len(texts[place][0]))
        for begin in range(0, len(order), long)
    ]
    flat = [place for run in sorted_runs for place in run]
    batches = [flat[begin : begin + _BATCH] for begin in range(0, len(flat), _BATCH)]
    return [batches[number] for number in random.permutation(len(batches)).tolist()]


def probabilities(model: Transformer, texts: Pairs, *, exclusive: bool) -> Numbers:
    """The probability of each class: (n, classes)."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place][0]))
    answer = np.zeros((len(texts), model.head.out_features))
    with torch.inference_mode():
        for begin in range(0, len(order), 4 * _BATCH):
            chosen = order[begin : begin + 4 * _BATCH]
            with torch.autocast(model.head.weight.device.type, torch.bfloat16):
                logits = model(*model.batch([texts[place] for place in chosen])).float()
            made = logits.softmax(1) if exclusive else logits.sigmoid()
            answer[chosen] = made.cpu().numpy()
    return answer
