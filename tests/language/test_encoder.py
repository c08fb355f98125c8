"""A sentence encoder as teacher of texts without labels."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from touchstone.core.errors import Stop
from touchstone.language.encoder import FEWEST, labelled

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "soup", "room", "good", "bad", "was", "the", ":", "is"]


def lessons(count: int) -> list[dict[str, object]]:
    """Labelled texts on two touchpoints."""
    made = []
    for number in range(count):
        what, how = ("soup", "room")[number % 2], ("good", "bad")[number // 2 % 2]
        polarity = "positive" if how == "good" else "negative"
        made.append({"text": f"the {what} was {how}", "mentions": [{"touchpoint": what, "polarity": polarity}]})
    return made


@pytest.fixture
def folder(tmp_path):
    """A very small encoder that knows nothing yet."""
    pytest.importorskip("torch", reason="the extra [encoder] is not installed")
    import tokenizers
    from safetensors.numpy import save_file
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing

    tokenizer = tokenizers.Tokenizer(WordLevel({word: place for place, word in enumerate(WORDS)}, "[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    settings = {
        "model_type": "bert", "hidden_size": 32, "num_attention_heads": 2, "num_hidden_layers": 1,
        "layer_norm_eps": 1e-12,
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(settings))
    save_file(weights(), str(tmp_path / "model.safetensors"))
    return tmp_path


def weights() -> dict[str, np.ndarray]:
    """One layer of 32 numbers, at random."""
    random = np.random.default_rng(1)
    shapes = {"word_embeddings": (len(WORDS), 32), "position_embeddings": (64, 32), "token_type_embeddings": (2, 32)}
    held = {f"embeddings.{name}.weight": random.normal(0, 0.5, shape) for name, shape in shapes.items()}
    layer = "encoder.layer.0"
    for name, shape in {
        **{f"{layer}.attention.self.{part}": (32, 32) for part in ("query", "key", "value")},
        f"{layer}.attention.output.dense": (32, 32),
        f"{layer}.intermediate.dense": (64, 32),
        f"{layer}.output.dense": (32, 64),
    }.items():
        held[f"{name}.weight"], held[f"{name}.bias"] = random.normal(0, 0.2, shape), np.zeros(shape[0])
    for name in ("embeddings.LayerNorm", f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"):
        held[f"{name}.weight"], held[f"{name}.bias"] = np.ones(32), np.zeros(32)
    return {name: each.astype(np.float32) for name, each in held.items()}


def test_texts_without_labels_get_what_the_encoder_learned_from_the_others(folder):
    unlabelled = [{"text": "the soup was bad"}, {"text": "the room was good"}]
    made = labelled([*lessons(400), *unlabelled], folder=folder)
    assert made[:400] == lessons(400)
    assert made[400]["mentions"] == [{"touchpoint": "soup", "polarity": "negative"}]
    assert made[401]["mentions"] == [{"touchpoint": "room", "polarity": "positive"}]


def test_the_same_examples_give_the_same_labels(folder):
    asked = [*lessons(400), {"text": "the soup"}]
    assert labelled(asked, folder=folder) == labelled(asked, folder=folder)


def test_a_folder_that_holds_no_encoder_says_what_is_missing(folder):
    (folder / "tokenizer.json").unlink()
    with pytest.raises(Stop, match=r"tokenizer\.json"):
        labelled([*lessons(80), {"text": "the soup"}], folder=folder)


@pytest.mark.parametrize("examples", [lessons(FEWEST), [*lessons(FEWEST - 1), {"text": "the soup"}]])
def test_too_little_to_learn_from_says_so(examples):
    with pytest.raises(Stop, match="64 labelled"):
        labelled(examples)


def test_without_the_extra_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "touchstone.language.transformer", None)
    with pytest.raises(Stop, match="encoder"):
        labelled([*lessons(80), {"text": "the soup"}], folder=tmp_path)


def test_an_encoder_that_knows_less_than_the_table_stops(folder):
    with pytest.raises(Stop, match="less than the table"):
        labelled([*lessons(80), {"text": "the soup"}], folder=folder)
