"""What is typed wrongly, told in the language a person reads; and the words of the command line's own help."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any

import typer
import typer.core
from typer.core import TyperCommand, TyperGroup

from expectations.language.catalogue import Language, both, catalogue, text
from flows.errors import DONE, FAULTY, USAGE, language_asked


class CommandLine(typer.Typer):
    """Commands whose help and refusals are told as everything else is."""

    def __init__(self, **settings: Any) -> None:
        # The library's coloured help loads a reader of Markdown, which takes longer than all else.
        super().__init__(cls=_Group, no_args_is_help=True, add_completion=False, rich_markup_mode=None, **settings)

    def command(self, name: str | None = None, **settings: Any) -> Callable[..., Any]:
        return super().command(name, cls=_Command, **settings)


class _Spoken:
    """What a command and a group of commands show in the same way."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), f"{both('help.usage.called')}: ")

    def format_help(self, ctx: Any, formatter: Any) -> None:
        typer.core._ = _in_our_words  # type: ignore[assignment, attr-defined]
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        option.help = both("help.usage.help")
        return option


class _Command(_Spoken, TyperCommand):
    def __init__(self, name: str | None, **settings: Any) -> None:
        super().__init__(name, **_worded(settings))


class _Group(_Spoken, TyperGroup):
    def __init__(self, **settings: Any) -> None:
        settings["subcommand_metavar"] = text("help.word.command", language_asked())
        super().__init__(**_worded(settings))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Every command with all that its help begins with; the library would cut it off."""
        with formatter.section(both("help.usage.commands")):
            formatter.write_dl([(name, (self.commands[name].help or "").strip()) for name in _shown(self)])

    def main(self, args: Sequence[str] | None = None, *positional: Any, **settings: Any) -> Any:
        """Run what was typed; a wrong word is told and ends with code 2."""
        typed = list(sys.argv[1:] if args is None else args)
        try:
            code = super().main(typed, *positional, **{**settings, "standalone_mode": False})
        except typer.TyperException as error:
            if type(error).__name__ != "NoArgsIsHelpError":  # its help has been shown
                print(_told(error, self, typed, language_asked()), file=sys.stderr)
            sys.exit(USAGE)
        except typer.Abort:
            print(text("error.stopped", language_asked()), file=sys.stderr)
            sys.exit(FAULTY)
        sys.exit(code if isinstance(code, int) else DONE)


def _worded(settings: dict[str, Any]) -> dict[str, Any]:
    """What stands for a value is a word of the catalogue: by its key, the parameter's name, or its type."""
    language = language_asked()
    known = catalogue(language, "help")
    for param in settings.get("params") or ():
        annotation = param.type_descriptor.annotation
        if param.type_descriptor.is_choice or annotation is bool:
            continue
        keys = (f"help.word.{one}" for one in (param.metavar, param.name, _kind(annotation)))
        param.metavar = next((known[key] for key in keys if key in known), param.metavar)
    return {**settings, "options_metavar": text("help.word.options", language)}


def _kind(annotation: Any) -> str:
    return str(getattr(annotation, "__name__", "")).lower()


_LIBRARYS_WORDS = {
    "Arguments": "help.usage.arguments",
    "Options": "help.usage.options",
    "required": "help.usage.required",
    "default: {default}": "help.usage.default",
}


def _in_our_words(words: str) -> str:
    """What the library's help says, in place of its gettext."""
    key = _LIBRARYS_WORDS.get(words)
    told = both(key) if key else words
    return f"{told}: {{default}}" if key == "help.usage.default" else told


def _told(error: typer.TyperException, group: _Group, typed: Sequence[str], language: Language) -> str:
    """What is wrong, how the command is called, and where all of it stands."""
    command, path = _meant(group, typed)
    ctx = getattr(error, "ctx", None) or command.context_class(command, info_name=path)
    pieces = " ".join([path, *command.collect_usage_pieces(ctx)])
    what = _REASONS.get(type(error).__name__, _other)(error, command, language)
    return text("help.usage.wrong", language, what=what, usage=pieces, help=f"{path} --help")


def _meant(group: _Group, typed: Sequence[str]) -> tuple[Any, str]:
    """The command that was typed, or the group where its name is missing; and its name from the first word on."""
    command: Any = group
    path = ["mobility"]
    for word in typed:
        if word.startswith("-") or not isinstance(command, TyperGroup):
            break
        if word not in command.commands:
            break
        command = command.commands[word]
        path.append(word)
    return command, " ".join(path)


def _missing(error: Any, command: Any, language: Language) -> str:
    return text("help.usage.missing", language, name=_name(error.param))


def _no_option(error: Any, command: Any, language: Language) -> str:
    near = error.possibilities or ()
    key = "help.usage.no-option-near" if near else "help.usage.no-option"
    return text(key, language, name=_legible(error.option_name), near=", ".join(sorted(near)))


def _no_value(error: Any, command: Any, language: Language) -> str:
    """An option without the value it needs, or with one it does not take."""
    param = _options(command).get(error.option_name)
    takes_one = param is not None and not param.is_flag
    key = "help.usage.needs-value" if takes_one else "help.usage.takes-none"
    return text(key, language, name=error.option_name, value=_shape(param) if takes_one else None)


def _bad_value(error: Any, command: Any, language: Language) -> str:
    found: dict[str, Any] = error.__cause__.errors()[0] if error.__cause__ else {"type": "", "input": ""}
    kind, value = str(found["type"]), _legible(str(found["input"]))
    described = error.param.type_descriptor
    name = error.param.opts[0] if error.param.param_type_name == "option" else _name(error.param)
    if described.is_choice:
        return text("help.usage.one-of", language, name=name, value=value, known=", ".join(map(str, described.choices)))
    if described.annotation is datetime:
        return text("help.usage.day", language, name=name, value=value)
    if kind == "greater_than_equal":
        return text("help.usage.least", language, name=name, value=value, least=str(found["ctx"]["ge"]))
    key = "help.usage.number" if kind.startswith("int_") else "help.usage.unfit"
    return text(key, language, name=name, value=value)


def _words(error: Any, command: Any, language: Language) -> str:
    """A command that is none, one that is missing, or words too many."""
    if not isinstance(command, TyperGroup):
        return text("help.usage.extra", language, words=_legible(error.message.partition(" (")[2].removesuffix(")")))
    _, quote, rest = error.message.partition("'")
    if not quote:
        return text("help.usage.which", language, names=", ".join(_shown(command)))
    typed = rest.partition("'")[0]
    near = get_close_matches(typed, _shown(command), 2)
    key = "help.usage.no-command-near" if near else "help.usage.no-command"
    return text(key, language, name=_legible(typed), near=", ".join(near or _shown(command)))


def _other(error: typer.TyperException, command: Any, language: Language) -> str:
    return error.format_message()


_REASONS: dict[str, Callable[[Any, Any, Language], str]] = {
    "MissingParameter": _missing,
    "NoSuchOption": _no_option,
    "BadOptionUsage": _no_value,
    "BadParameter": _bad_value,
    "UsageError": _words,
}
"""By the class's name: the classes themselves stand in a module that the library keeps to itself."""


def _shown(group: Any) -> list[str]:
    return [name for name, one in group.commands.items() if not one.hidden]


def _options(command: Any) -> dict[str, Any]:
    return {name: param for param in command.params for name in (*param.opts, *param.secondary_opts) if name[:1] == "-"}


def _name(param: Any) -> str:
    """An argument by the word that stands for it, an option with what comes after it."""
    return f"{param.opts[0]} {_shape(param)}" if param.param_type_name == "option" else _shape(param)


def _shape(param: Any) -> str:
    if param.type_descriptor.is_choice:
        return "|".join(map(str, param.type_descriptor.choices))
    return str(param.metavar or param.name.upper())


def _legible(typed: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in typed)
