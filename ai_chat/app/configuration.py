"""The settings in force, changed one option at a time: written to config.toml, read anew, taken back.

Takes the Settings that the program began with; what was given as flags stays. A reader of `settings` gets those of now.
"""

from __future__ import annotations

from dataclasses import dataclass

from ai_chat.config import Settings, environment_name, load_settings, raw_option, write_option


@dataclass(frozen=True, slots=True)
class Change:
    """`before` and `after` as they stand in config.toml; None: the option does not stand there."""

    name: str
    before: str | None
    after: str | None

    def back(self) -> Change:
        return Change(self.name, self.after, self.before)


class Configuration:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._flags = {name: getattr(settings, name) for name, source in settings.sources.items() if source == "flag"}
        self._flags["home"] = settings.home

    @property
    def settings(self) -> Settings:
        return self._settings

    def fixed_by(self, name: str) -> str | None:
        """What sets this option above config.toml: the environment variable's name, or the flag's."""
        source = self._settings.sources.get(name)
        if source == "environment":
            return environment_name(name)
        return f"--{name.replace('_', '-')}" if source == "flag" else None

    def change(self, name: str, value: str | None) -> Change:
        """InputError where the value is none for this option, or the file cannot be written: then nothing has changed."""
        change = Change(name, raw_option(self._settings.config_file, name), value)
        self.apply(change)
        return change

    def apply(self, change: Change) -> None:
        write_option(self._settings.config_file, change.name, change.after)
        self._settings = load_settings(self._flags)
