"""Models by name: where the files are, whether they are all there, what they hash to, which layer to use."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from bench.errors import InputError
from bench.paths import user_path

WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
_TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "sentencepiece.bpe.model")
# What a download fetches: no other framework's weights, nothing pickled, no code.
_FILES = ("*.json", "*.txt", "*.model", "model*.safetensors")
_OTHERWISE = ", or use encoder=minilm, which needs no download"


def locate(name: str, *, option: str = "encoder.name", download: bool = True, otherwise: str = _OTHERWISE) -> Path:
    """The folder that holds the model: a folder of that name, or Hugging Face's cache, or a download.

    A folder wins over a hub name. A hub name that isn't cached is downloaded under Hugging Face's own
    rules (``HF_HUB_OFFLINE``, ``HF_HOME``, ``HF_TOKEN``), unless ``download`` is false; this happens when a model is
    loaded, before any text is scored. Raises InputError when there is no such folder or model; ``option`` is what
    it blames, ``otherwise`` what it proposes instead.
    """
    if not name.strip():
        raise InputError(f"{option} is empty: give a model folder or a Hugging Face name")
    folder = user_path(name)
    if folder.is_dir():
        return folder.resolve()
    if folder.exists():
        raise InputError(f"{option}={name!r} is a file; give the folder that holds config.json and {WEIGHTS}")
    if name.startswith((".", "~")) or folder.is_absolute() or name.count("/") > 1 or "\\" in name:
        raise InputError(f"{option}={name!r}: there is no such folder; give a model folder or a Hugging Face name")
    return _from_hub(name, option, download, otherwise)


def _from_hub(name: str, option: str, download: bool, otherwise: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        cached = Path(snapshot_download(name, local_files_only=True))
        if missing(cached) is None:
            return cached
    except HFValidationError as error:
        raise InputError(f"{option}={name!r} is neither a folder nor a Hugging Face name: {error}") from None
    except OSError:
        cached = None  # not cached: the download below says what is wrong
    if not download and cached is not None:
        return cached  # not whole: the caller says what it lacks
    reason = ""
    if download:
        try:
            return Path(snapshot_download(name, allow_patterns=list(_FILES)))
        except Exception as error:  # every kind of network, permission and hub error means the same to the user
            reason = f" and could not be downloaded ({(str(error).splitlines() or [type(error).__name__])[0]})"
    raise InputError(
        f"{option}={name!r} is not in Hugging Face's cache{reason}. Where there is a network, run: {command(name)}; "
        f"or give a model folder{otherwise}"
    )


def command(name: str) -> str:
    """The shell command that downloads what we load of a model.

    >>> command("roberta-large")
    "hf download roberta-large --include '*.json' --include '*.txt' --include '*.model' --include 'model*.safetensors'"
    """
    return " ".join([f"hf download {name}", *(f"--include '{pattern}'" for pattern in _FILES)])


def short_name(name: str) -> str:
    """The last part of a hub name or folder: what a model is called in signatures, on every machine alike.

    >>> short_name("FacebookAI/roberta-large"), short_name("~/models/mine/")
    ('roberta-large', 'mine')
    """
    last = Path(name).name
    return last if last not in ("", "..") else Path(name).resolve().name


def table_layer(name: str) -> int:
    """The layer that bert-score's table gives for a model, by its name or the name's last part.

    >>> table_layer("FacebookAI/roberta-large")
    17
    """
    from bert_score.utils import model2layers

    by_last_part = {short_name(key): number for key, number in model2layers.items()}
    found = model2layers.get(name, by_last_part.get(short_name(name)))
    if found is None:
        raise InputError(
            f"encoder.name={name!r} is not in bert-score's table of layers; give the layer to use as encoder.layer=N"
        )
    return int(found)


def missing(folder: Path, auto: str = "AutoModel") -> str | None:
    """What the folder lacks to be a model that we load; ``None`` if nothing. ``auto``: the class that converts it."""
    if not (folder / "config.json").is_file():
        return "it has no config.json"
    if not (folder / WEIGHTS).is_file() and not (folder / INDEX).is_file():
        pickled = sorted(path.name for path in folder.glob("pytorch_model*.bin"))
        if pickled:
            return (
                f"its weights are pickled ({pickled[0]}), and unpickling runs code: only {WEIGHTS} is loaded. "
                "Convert it once, on a machine where you trust the file: "
                f"{auto}.from_pretrained(FOLDER).save_pretrained(FOLDER)"
            )
        return f"it has no {WEIGHTS}"
    if not any((folder / file).is_file() for file in _TOKENIZERS):
        return f"it has no tokenizer (none of {', '.join(_TOKENIZERS)})"
    lost = [path.name for path in weight_files(folder) if not path.is_file()]
    return f"{INDEX} names {lost[0]}, which is not there" if lost else None


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files that make up the model, in the order of their names."""
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    try:
        shards = json.loads((folder / INDEX).read_text(encoding="utf-8"))["weight_map"].values()
        return [folder / Path(shard).name for shard in sorted(set(shards))]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{folder / INDEX} is not an index of weights: {error!r}") from None


def fingerprint(folder: Path) -> str:
    """First 12 hex digits of the weights' sha256; of several files, the sha256 of their sha256s in order.

    For a model in one file this is the beginning of the checksum that the Hugging Face hub shows.
    """
    digests = [digest(path) for path in weight_files(folder)]
    whole = digests[0] if len(digests) == 1 else sha256("".join(digests).encode()).hexdigest()
    return whole[:12]


def digest(path: Path) -> str:
    """The sha256 of a file, in hex."""
    found = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()
