"""How a bundle is made hostile: a function for each kind, named for it.

Each gets the bundle's folder, a folder outside that nothing may be read from, and a source of
chance. All but those of `HARMLESS` have to be refused.
"""

from __future__ import annotations

import json
import os
import pickle
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import yaml

Damage = Callable[[Path, Path, Random], None]

KINDS: dict[str, Damage] = {}
"""Kinds of damage to a bundle of weights."""

HARMLESS: set[str] = set()
"""Kinds that may be opened: nothing comes of them."""

UNSEALED: set[str] = set()
"""Kinds that write their own manifest."""


def kind(damage: Damage) -> Damage:
    """Count a function among the kinds."""
    KINDS[damage.__name__] = damage
    return damage


def harmless(damage: Damage) -> Damage:
    """Count a function among the kinds that may be opened."""
    HARMLESS.add(damage.__name__)
    return kind(damage)


def unsealed(damage: Damage) -> Damage:
    """Count a function among the kinds that write their own manifest."""
    UNSEALED.add(damage.__name__)
    return kind(damage)


def change(folder: Path, *path: str | int, to: Any) -> None:
    """Set one value of the configuration."""
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    node = config
    for name in path[:-1]:
        node = node[name]
    node[path[-1]] = to
    text = yaml.safe_dump(config, sort_keys=False, allow_unicode=True)
    (folder / "config.yaml").write_text(text, encoding="utf-8")


def write(name: str, make: Callable[[Random], str | bytes]) -> Damage:
    """A damage that replaces a file."""

    def damage(folder: Path, outside: Path, draw: Random) -> None:
        content = make(draw)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return damage


def add(name: str, damage: Damage, harmless: bool = False) -> None:
    """Count a damage among the kinds by a name."""
    KINDS[name] = damage
    if harmless:
        HARMLESS.add(name)


def depth(draw: Random) -> int:
    return draw.choice([70, 500, 5_000, 200_000])


def merges(draw: Random) -> str:
    lines = ["a0: &a0 {x: 1, y: 2}"]
    for level in range(1, 9 + draw.randrange(4)):
        same = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} {{<<: [{same}]}}")
    return "\n".join([*lines, "task: {}", "fields: {}"])


def aliases(draw: Random) -> str:
    wide = draw.choice([9, 10, 50])
    lines = [f"a0: &a0 [{', '.join(['1'] * wide)}]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * wide)}]" for n in range(1, 9)]
    return "\n".join([*lines, "task: {a: *a8}", "fields: {}"])


TEXTS: dict[str, Callable[[Random], str | bytes]] = {
    "merge_keys": merges,
    "alias_bomb": aliases,
    "nested_lists": lambda draw: f"task: {'[' * (n := depth(draw))}{']' * n}\nfields: {{}}",
    "nested_objects": lambda draw: f"task: {'{a: ' * (n := depth(draw))}1{'}' * n}\nfields: {{}}",
    "never_closed": lambda draw: "task: " + "[" * depth(draw),
    "long_number": lambda draw: f"task: {{a: {'9' * draw.choice([20, 400, 6000])}}}\nfields: {{}}",
    "date": lambda draw: "task: {a: 2024-02-30}\nfields: {}",
    "python_tag": lambda draw: "task: !!python/object/apply:os.system ['touch ran']\nfields: {}",
    "unknown_tag": lambda draw: "task: !mine {a: 1}\nfields: {}",
    "name_twice": lambda draw: "task: {a: 1, a: 2}\nfields: {}",
    "list_as_name": lambda draw: "task: {? [a] : 1}\nfields: {}",
    "contains_itself": lambda draw: "task: &a {b: *a}\nfields: {}",
    "binary": lambda draw: "task: {a: !!binary aGk=}\nfields: {}",
    "set": lambda draw: "task: !!set {a, b}\nfields: {}",
    "control_character": lambda draw: "task: {a: \x07}\nfields: {}",
    "no_utf8": lambda draw: b"task: {a: \xff\xfe}\nfields: {}",
    "several_documents": lambda draw: "task: {}\n---\nfields: {}",
    "a_list": lambda draw: "[task, fields]",
    "nothing": lambda draw: draw.choice(["", "\n", "null", "3"]),
    "much": lambda draw: "task: {a: [" + "1, " * 400_000 + "1]}\nfields: {}",
}
for _name, _make in TEXTS.items():
    add(f"config_{_name}", write("config.yaml", _make))

VALUES: dict[str, tuple[tuple[str | int, ...], Callable[[Random], Any]]] = {
    "billion_layers": (("encoder", "num_layers"), lambda draw: 10 ** draw.choice([9, 12, 18])),
    "many_layers": (("encoder", "num_layers"), lambda draw: draw.choice([999, 1000])),
    "wide_layers": (("encoder", "hidden_size"), lambda draw: 10 ** draw.choice([5, 6, 9, 17])),
    "negative_width": (("encoder", "hidden_size"), lambda draw: -draw.randrange(1, 9)),
    "no_number": (("encoder", "hidden_size"), lambda draw: float("nan")),
    "infinite_dropout": (("encoder", "dropout"), lambda draw: float("inf")),
    "width_of_text": (("encoder", "hidden_size"), lambda draw: "9" * 9),
    "width_of_list": (("encoder", "hidden_size"), lambda draw: [1, [2]]),
    "options_of_list": (("encoder", "cell_options"), lambda draw: [1, 2]),
    "encoder_of_text": (("encoder",), lambda draw: "lstm"),
    "encoder_of_nothing": (("encoder",), lambda draw: None),
    "weight_of_list": (("head", "scheme"), lambda draw: [["BIO"]]),
    "wide_filters": (
        ("embedding", "spelling"),
        lambda draw: {
            "_target_": "seqtasks.embedding.ConvolutionalSpelling",
            "_partial_": True,
            "widths": [2 * 10**9, 10**6],
        },
    ),
    "many_filters": (
        ("embedding", "spelling"),
        lambda draw: {
            "_target_": "seqtasks.embedding.ConvolutionalSpelling",
            "_partial_": True,
            "widths": [1] * 90_000,
        },
    ),
    "code_of_the_system": (
        ("head",),
        lambda draw: {"_target_": draw.choice(["os.system", "subprocess.Popen", "builtins.eval"])},
    ),
    "code_beside": (("head",), lambda draw: {"_target_": "evil.Evil", "_partial_": True}),
    "code_of_a_file": (
        ("head",),
        lambda draw: {"_target_": "seqtasks.graphs.session.Session", "path": "secret"},
    ),
    "code_of_data": (
        ("head",),
        lambda draw: {"_target_": "seqtasks.data.store.cache.Cache", "folder": "made"},
    ),
    "target_of_a_number": (("head",), lambda draw: {"_target_": 7}),
    "other_part": (("head",), lambda draw: {"_target_": "seqtasks.encoder.RecurrentEncoder"}),
    "unknown_option": (("padding",), lambda draw: 2 * 10**9),
    "name_of_a_number": (("encoder", 7), lambda draw: 1),
    "task_of_nothing": ((), lambda draw: {}),
}


def valued(path: tuple[str | int, ...], make: Callable[[Random], Any]) -> Damage:
    """A damage of one value of the task."""

    def damage(folder: Path, outside: Path, draw: Random) -> None:
        change(folder, "task", *path, to=make(draw))

    return damage


for _name, (_path, _value) in VALUES.items():
    add(f"task_{_name}", valued(_path, _value))


@kind
def nested_encoders(folder: Path, outside: Path, draw: Random) -> None:
    """An encoder for a cell of an encoder, and so on."""
    node: Any = "lstm"
    for _ in range(draw.choice([30, 300])):
        node = {"_target_": "seqtasks.encoder.RecurrentEncoder", "_partial_": True, "cell": node}
    change(folder, "task", "encoder", "cell", to=node)


@kind
def field_left_out(folder: Path, outside: Path, draw: Random) -> None:
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    del config["fields"][draw.choice(["tokens", "tags", "characters"])]
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")


@harmless
def field_of_another_kind(folder: Path, outside: Path, draw: Random) -> None:
    other = draw.choice(["NumberField", "VectorField", "CaseField", "LabelSetField"])
    change(folder, "fields", "tags", to={"_target_": f"seqtasks.data.fields.{other}"})


@kind
def field_of_text(folder: Path, outside: Path, draw: Random) -> None:
    change(folder, "fields", "tags", to=draw.choice(["tags", 3, None, [1]]))


@kind
def field_named_like_a_path(folder: Path, outside: Path, draw: Random) -> None:
    change(folder, "fields", "../outside/secret", to={"_target_": "seqtasks.data.fields.TagField"})


@kind
def another_task(folder: Path, outside: Path, draw: Random) -> None:
    change(folder, "task", "_target_", to="seqtasks.tasks.classification.SequenceClassifier")


@unsealed
def manifest_nested(folder: Path, outside: Path, draw: Random) -> None:
    (folder / "manifest.json").write_text("[" * (n := depth(draw)) + "]" * n, encoding="utf-8")


@unsealed
def manifest_of_many(folder: Path, outside: Path, draw: Random) -> None:
    sums = {f"file{number}": "0" * 64 for number in range(5_000)}
    (folder / "manifest.json").write_text(json.dumps({"format": 3, "sha256": sums}))


@unsealed
def manifest_of_other_types(folder: Path, outside: Path, draw: Random) -> None:
    wrong = draw.choice([[], 3, None, {"format": 3}, {"format": 3, "sha256": []}, {"format": [3]}])
    (folder / "manifest.json").write_text(json.dumps(wrong))


@unsealed
def manifest_that_leads_out(folder: Path, outside: Path, draw: Random) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    name = draw.choice(["../outside/secret", str(outside / "secret"), "..", ".", "", "a\0b"])
    manifest["sha256"][name] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(manifest))


@unsealed
def manifest_without_weights(folder: Path, outside: Path, draw: Random) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["sha256"][draw.choice(["model.safetensors", "config.yaml", "README.md"])]
    (folder / "manifest.json").write_text(json.dumps(manifest))


@unsealed
def manifest_large(folder: Path, outside: Path, draw: Random) -> None:
    (folder / "manifest.json").write_text(" " * (5 << 20) + "{}")


FILES = ["README.md", "metrics.json", "config.yaml", "tags.vocabulary.json", "model.safetensors"]


@unsealed
def file_is_a_pipe(folder: Path, outside: Path, draw: Random) -> None:
    path = folder / draw.choice([*FILES, "manifest.json"])
    path.unlink()
    os.mkfifo(path)


@unsealed
def file_is_a_device(folder: Path, outside: Path, draw: Random) -> None:
    path = folder / draw.choice([*FILES, "manifest.json"])
    path.unlink()
    path.symlink_to(draw.choice(["/dev/zero", "/dev/urandom", "/dev/tty"]))


@unsealed
def file_is_a_link_out(folder: Path, outside: Path, draw: Random) -> None:
    path = folder / draw.choice(FILES)
    path.replace(outside / "secret")
    path.symlink_to(outside / "secret")


@unsealed
def file_is_a_link_to_itself(folder: Path, outside: Path, draw: Random) -> None:
    path = folder / draw.choice(FILES)
    path.unlink()
    path.symlink_to(path.name)


@unsealed
def file_is_a_folder(folder: Path, outside: Path, draw: Random) -> None:
    path = folder / draw.choice(FILES)
    path.unlink()
    path.mkdir()


@unsealed
def file_is_a_socket(folder: Path, outside: Path, draw: Random) -> None:
    name = draw.choice(FILES)
    (folder / name).unlink()
    here = os.getcwd()
    os.chdir(folder)  # the names of sockets are short
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(name)
    finally:
        os.chdir(here)


@unsealed
def file_of_holes(folder: Path, outside: Path, draw: Random) -> None:
    with (folder / draw.choice(FILES)).open("r+b") as file:
        file.truncate(1 << draw.choice([33, 40]))


METRICS: dict[str, Callable[[Random], str]] = {
    "nested": lambda draw: '{"a": ' * (n := depth(draw)) + "1" + "}" * n,
    "of_no_numbers": lambda draw: draw.choice(['{"a": NaN}', '{"a": Infinity}', '{"a": 1e999}']),
    "of_a_long_number": lambda draw: '{"a": ' + "9" * draw.choice([30, 5000]) + "}",
    "of_a_list": lambda draw: draw.choice(["[]", "3", '"a"', "null"]),
    "cut_off": lambda draw: '{"test": {"a": 1',
    "name_twice": lambda draw: '{"test": {}, "test": {}}',
    "of_brackets": lambda draw: "[" + "[]," * 20_000_000 + "[]]",
}
for _name, _metrics in METRICS.items():
    add(f"metrics_{_name}", write("metrics.json", _metrics))

add(
    "metrics_of_other_types",
    write(
        "metrics.json",
        lambda draw: json.dumps(
            {
                "test": draw.choice([[], 3, {"a": []}, {"a": "b"}, None]),
                "report": draw.choice([[], 3, {"classes": [1]}, {"confusion": [[{}]]}, None]),
                "history": draw.choice([{}, 3, [1], [{"step": []}]]),
                "examples": draw.choice([3, {"a": 1}, [[1]], None]),
                "seconds": draw.choice(["long", [], -1]),
                "parameters": draw.choice(["many", {}, None]),
                "tested_on": [],
            }
        ),
    ),
    harmless=True,
)

LABELS: dict[str, Callable[[Random], str]] = {
    "of_numbers": lambda draw: "[1, 2, 3]",
    "of_lists": lambda draw: '[["a"], {"b": 1}]',
    "twice": lambda draw: '["A", "A"]',
    "nested": lambda draw: "[" * (n := depth(draw)) + "]" * n,
    "of_a_number": lambda draw: draw.choice(["3", "null", '"a"', "true"]),
    "of_no_scheme": lambda draw: '{"labels": ["a", "b"], "scheme": [], "learnt": {}}',
    "fewer": lambda draw: '["A"]',
    "more": lambda draw: json.dumps([f"L{number}" for number in range(100_000)]),
    "none": lambda draw: "[]",
    "too_many": lambda draw: "[" + '"a",' * 8_500_000 + '"a"]',
}
for _name, _labels in LABELS.items():
    add(f"labels_{_name}", write("tags.vocabulary.json", _labels))


@kind
def symbols_without_unknown(folder: Path, outside: Path, draw: Random) -> None:
    path = folder / draw.choice(["tokens.vocabulary.json", "characters.vocabulary.json"])
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["specials"]["<unk>"]
    path.write_text(json.dumps(content))


@kind
def symbols_of_wrong_specials(folder: Path, outside: Path, draw: Random) -> None:
    path = folder / "tokens.vocabulary.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["specials"] = draw.choice([[], 3, {"<unk>": -1}, {"<unk>": "1"}, {"<unk>": 10**30}])
    path.write_text(json.dumps(content))


@harmless
def symbols_of_half_characters(folder: Path, outside: Path, draw: Random) -> None:
    path = folder / "tags.vocabulary.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    listed = content["labels"] if isinstance(content, dict) else content
    listed[:] = [f"{label}\ud800" for label in listed]
    path.write_text(json.dumps(content))


def tensors(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the header of the weights, whose numbers stay."""
    path = folder / "model.safetensors"
    content = path.read_bytes()
    [size] = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + size])
    change(header)
    changed = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(changed)) + changed + content[8 + size :])


def weights(value: float) -> Damage:
    """A damage that sets one number of the weights."""

    def damage(folder: Path, outside: Path, draw: Random) -> None:
        from safetensors.torch import load_file, save_file

        found = load_file(folder / "model.safetensors")
        chosen = found[draw.choice([n for n, t in found.items() if t.is_floating_point()])]
        chosen.view(-1)[draw.randrange(chosen.numel())] = value
        save_file(found, folder / "model.safetensors")

    return damage


add("weights_no_number", weights(float("nan")))
add("weights_infinite", weights(float("-inf")))


@kind
def weights_of_a_billion_rows(folder: Path, outside: Path, draw: Random) -> None:
    def change(header: dict[str, Any]) -> None:
        name = draw.choice([n for n, v in header.items() if len(v.get("shape", [])) == 2])
        header[name]["shape"][0] = 10 ** draw.choice([9, 18, 30])

    tensors(folder, change)


@kind
def weights_that_overlap(folder: Path, outside: Path, draw: Random) -> None:
    def change(header: dict[str, Any]) -> None:
        for value in header.values():
            if "data_offsets" in value:
                start, end = value["data_offsets"]
                value["data_offsets"] = [0, end - start]

    tensors(folder, change)


@kind
def weights_left_out(folder: Path, outside: Path, draw: Random) -> None:
    from safetensors.torch import load_file, save_file

    found = load_file(folder / "model.safetensors")
    del found[draw.choice(sorted(found))]
    save_file(found, folder / "model.safetensors")


@kind
def weights_with_a_long_header(folder: Path, outside: Path, draw: Random) -> None:
    size = draw.choice([2**63, 2**40, 10**9, 150 << 20])
    content = struct.pack("<Q", size) + b"{" + b" " * 1000
    (folder / "model.safetensors").write_bytes(content)


@kind
def weights_of_whole_numbers(folder: Path, outside: Path, draw: Random) -> None:
    def change(header: dict[str, Any]) -> None:
        for value in header.values():
            if value.get("dtype") == "F32":
                value["dtype"] = draw.choice(["I64", "BOOL", "C64", "none"])

    tensors(folder, change)


class _Evil:
    def __reduce__(self) -> Any:
        return open, ("ran", "w")


@kind
def weights_pickled(folder: Path, outside: Path, draw: Random) -> None:
    (folder / "model.safetensors").write_bytes(pickle.dumps(_Evil()))


TOKENIZERS: dict[str, Damage] = {}
"""Kinds of damage to a bundle that cuts raw texts and writes others."""


def tokenizer(name: str, change: Callable[[dict[str, Any], Random], Any]) -> None:
    """Count a change of a tokenizer among the kinds."""

    def damage(folder: Path, outside: Path, draw: Random) -> None:
        path = folder / "source.tokenizer.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        changed = change(content, draw)
        path.write_text(json.dumps(changed if changed is not None else content))

    TOKENIZERS[f"tokenizer_{name}"] = damage


def _padding(content: dict[str, Any], draw: Random) -> None:
    content["padding"] = {
        "strategy": {"Fixed": 2_000_000_000},
        **{"direction": "Right", "pad_to_multiple_of": None, "pad_id": 0},
        **{"pad_type_id": 0, "pad_token": "<pad>"},
    }


def _truncation(content: dict[str, Any], draw: Random) -> None:
    content["truncation"] = {
        **{"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 9}
    }


def _pattern(content: dict[str, Any], draw: Random) -> None:
    content["pre_tokenizer"]["pattern"] = {"Regex": draw.choice(["(a+)+$", "(x|x)*y", "("])}


def _vocabulary(content: dict[str, Any], draw: Random) -> None:
    content["model"]["vocab"] = draw.choice([{}, [], 3, {"a": -1}, {"a": "b"}, {"a": 10**12}])


tokenizer("padding", _padding)
tokenizer("truncation", _truncation)
tokenizer("pattern", _pattern)
tokenizer("vocabulary", _vocabulary)
tokenizer("number_beyond", lambda c, draw: c["model"]["vocab"].update(z=10**9))
tokenizer("without_unknown", lambda c, draw: c["model"].update(unk_token="nowhere"))
tokenizer("of_byte_pairs", lambda c, draw: c.update(model={"type": "BPE", "vocab": {"a": 0}}))
tokenizer("of_another_model", lambda c, draw: c.update(model={"type": "Unigram", "vocab": []}))
tokenizer("added", lambda c, draw: c.update(added_tokens=[{"id": 10**9, "content": "z"}]))
tokenizer("post_processor", lambda c, draw: c.update(post_processor={"type": "ByteLevel"}))
tokenizer("normalizer", lambda c, draw: c.update(normalizer={"type": "Precompiled", "a": "b"}))
tokenizer("of_a_number", lambda c, draw: draw.choice([3, "a", True, [1], {"version": "9"}]))


for _option in ("max_length", "min_length", "beam_size", "max_length_ratio", "no_repeat_ngram"):

    def _damage(folder: Path, outside: Path, draw: Random, option: str = _option) -> None:
        change(folder, "task", "search", option, to=10 ** draw.choice([9, 12]))

    TOKENIZERS[f"search_{_option}"] = _damage
