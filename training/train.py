"""Train the adapter: samples made anew each epoch, a checkpoint every few minutes, resumed where it stopped.

    python -m training.train --data FOLDER --out FOLDER [--epochs 6] [--rank 16] [--rate 4e-4]

FOLDER of the data is what training.prepare wrote. The same command goes on after a stop, at the step of the last
checkpoint; with a GPU it is used. Writes OUT/checkpoint.pt and OUT/log.jsonl. The loss is on the answers alone.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from training.base import base_file
from training.compose import Sample
from training.model import add_lora, load_base, weights
from training.packing import Packed, pack
from training.records import Prepared, Split, read_prepared
from training.samples import EVALUATION, make_samples

CHECKPOINT_STEPS = 40
DEVELOPMENT_SEED = 20_000
_LONGEST = 2_600  # tokens of one sample: 16 GB of memory suffice


@dataclass(frozen=True, slots=True)
class Recipe:
    """`batch` samples a step, each with several questions; `texts`: how often the texts are seen in one epoch."""

    epochs: int = 6
    rank: int = 16
    alpha: float = 32.0
    rate: float = 4e-4
    dropout: float = 0.0
    batch: int = 2
    warmup: int = 30
    texts: int = 2
    seed: int = 1


class Trainer:
    """`start`: a checkpoint of another recipe whose weights it begins with; `compiled`: faster, needs a C++ compiler."""

    def __init__(
        self, recipe: Recipe, data: Path, base: Path, out: Path, start: Path | None = None, compiled: bool = False
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.out = recipe, out
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model, tokenizer = load_base(base, out.parent / "base")
        add_lora(self.model, recipe.rank, recipe.alpha, recipe.dropout)
        self.model.to(self.device)
        if compiled:
            for layer in self.model.model.layers:
                layer.forward = torch.compile(layer.forward, dynamic=True)
        self.begin = int(tokenizer.bos_token_id)
        self.encode = lambda text: list(tokenizer(text, add_special_tokens=False).input_ids)
        self.trained = weights(self.model)
        if start:
            self._put(torch.load(start, map_location=self.device, weights_only=True)["weights"])
        self.optimizer = torch.optim.AdamW(self.trained.values(), lr=recipe.rate, weight_decay=0.0)
        self.prepared = [one for name in ("korquad", "texts") for one in read_prepared(data / f"{name}.jsonl")]
        self.step = 0
        self.steps = self._count_steps()

    def run(self, until: float | None = None) -> bool:
        """Whether it has come to its end; `until`: a time.monotonic() at which it stops in good order."""
        self.resume()
        self.model.train()
        while self.step < self.steps:
            self._train_step(self._batch(self.step))
            self.step += 1
            late = until is not None and time.monotonic() > until
            if self.step % CHECKPOINT_STEPS == 0 or self.step == self.steps or late:
                self.save()
            if late:
                break
        return self.step == self.steps

    def resume(self) -> None:
        path = self.out / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location=self.device, weights_only=True)
        if state["recipe"] != asdict(self.recipe):
            raise SystemExit(f"{path} was made with another recipe: {state['recipe']}. Choose another --out.")
        self._put(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]
        print(f"goes on at step {self.step} of {self.steps}", flush=True)

    def _put(self, stored: Mapping[str, Tensor]) -> None:
        for name, weight in self.trained.items():
            weight.data.copy_(stored[name])

    def save(self) -> None:
        state = {
            "recipe": asdict(self.recipe),
            "step": self.step,
            "weights": {name: weight.data for name, weight in self.trained.items()},
            "optimizer": self.optimizer.state_dict(),
        }
        temporary = self.out / "checkpoint.tmp"
        torch.save(state, temporary)
        os.replace(temporary, self.out / "checkpoint.pt")

    def measure(self, samples: Sequence[Sample]) -> dict[str, float]:
        """By kind: the part of the answers that greedy decoding would write letter by letter."""
        right: dict[str, list[bool]] = {}
        self.model.eval()
        with torch.no_grad():
            for sample in samples:
                packed = self.packed(sample)
                guessed = self._logits(packed).argmax(-1).cpu().numpy() == packed.wanted
                for number, one in enumerate(sample.asked):
                    right.setdefault(one.kind, []).append(bool(guessed[packed.of == number].all()))
        return {kind: round(sum(found) / len(found), 3) for kind, found in sorted(right.items())}

    def development(self) -> list[Sample]:
        return make_samples(self.split("development"), DEVELOPMENT_SEED, EVALUATION)

    def split(self, split: Split) -> list[Prepared]:
        return [one for one in self.prepared if one.split == split]

    def packed(self, sample: Sample) -> Packed:
        return pack(sample, self.encode, self.begin, self.model.config.sliding_window)

    def _epoch(self, number: int) -> list[Sample]:
        """The samples of an epoch; the texts, which are fewer, are arranged several times."""
        train = self.split("train")
        made = make_samples(train, self.recipe.seed * 1000 + number)
        texts = [one for one in train if one.kind != "span"]
        for again in range(1, self.recipe.texts):
            extra = make_samples(texts, self.recipe.seed * 1000 + number + again * 100)
            step = max(1, len(made) // max(1, len(extra)))
            for place, sample in enumerate(extra):
                made.insert(min(len(made), place * (step + 1)), sample)
        return made

    def _count_steps(self) -> int:
        self._epochs = [self._epoch(number) for number in range(self.recipe.epochs)]
        return sum(math.ceil(len(epoch) / self.recipe.batch) for epoch in self._epochs)

    def _batch(self, step: int) -> list[Sample]:
        for epoch in self._epochs:
            length = math.ceil(len(epoch) / self.recipe.batch)
            if step < length:
                return list(islice(epoch, step * self.recipe.batch, (step + 1) * self.recipe.batch))
            step -= length
        raise IndexError(step)

    def _train_step(self, samples: Sequence[Sample]) -> None:
        started = time.perf_counter()
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate()
        packs = [packed for packed in map(self.packed, samples) if len(packed.ids) <= _LONGEST]
        answers = sum(len(packed.wanted) for packed in packs)
        total = 0.0
        for packed in packs:
            loss = torch.nn.functional.cross_entropy(
                self._logits(packed).float(), self._tensor(packed.wanted), reduction="sum"
            )
            loss = loss / answers
            loss.backward()
            total += loss.item()
        norm = torch.nn.utils.clip_grad_norm_(self.trained.values(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        tokens = sum(len(packed.ids) for packed in packs)
        self._log(total, float(norm), tokens, time.perf_counter() - started)

    def _rate(self) -> float:
        recipe = self.recipe
        if self.step < recipe.warmup:
            return recipe.rate * (self.step + 1) / recipe.warmup
        done = (self.step - recipe.warmup) / max(1, self.steps - recipe.warmup)
        return recipe.rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))

    def _logits(self, packed: Packed) -> Tensor:
        """Only where an answer's token is to be written: the vocabulary is larger than all layers together."""
        hidden = self.model.model(
            input_ids=self._tensor(packed.ids[None]),
            position_ids=self._tensor(packed.positions[None]),
            attention_mask={
                "full_attention": self._tensor(packed.full[None, None]),
                "sliding_attention": self._tensor(packed.sliding[None, None]),
            },
            use_cache=False,
        ).last_hidden_state[0]
        logits: Tensor = self.model.lm_head(hidden[self._tensor(packed.at)])
        return logits

    def _tensor(self, array: Any) -> Tensor:
        return torch.from_numpy(array).to(self.device)

    def _log(self, loss: float, norm: float, tokens: int, seconds: float) -> None:
        row = {
            "step": self.step,
            "of": self.steps,
            "loss": round(loss, 4),
            "norm": round(norm, 3),
            "tokens": tokens,
            "seconds": round(seconds, 2),
        }
        with (self.out / "log.jsonl").open("a", encoding="utf-8") as log:
            print(json.dumps(row), file=log)
        if self.step % 10 == 0:
            print(row, flush=True)


def main() -> None:
    options = _arguments()
    recipe = Recipe(**{field.name: getattr(options, field.name) for field in fields(Recipe)})
    options.out.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(recipe, options.data, options.base, options.out, options.start, options.compile)
    until = None if options.minutes is None else time.monotonic() + options.minutes * 60
    if trainer.run(until):
        print(json.dumps(trainer.measure(trainer.development()), ensure_ascii=False), flush=True)


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description="Train the starter model's adapter.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", type=Path, default=base_file())
    parser.add_argument("--out", type=Path, required=True)
    for field in fields(Recipe):
        parser.add_argument(f"--{field.name}", type=type(field.default), default=field.default)
    parser.add_argument("--start", type=Path, help="a checkpoint to begin with")
    parser.add_argument(
        "--compile", action="store_true", help="with torch.compile: faster on a CPU, needs a C++ compiler"
    )
    parser.add_argument("--minutes", type=float, help="stop in good order after so long")
    return parser.parse_args()


if __name__ == "__main__":
    main()
