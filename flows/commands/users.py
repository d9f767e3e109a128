"""`mobility user …`: who may sign in to the portal."""

from __future__ import annotations

import getpass
import sys
from contextlib import AbstractContextManager

from rich.console import Console
from rich.table import Table

from expectations.language.catalogue import text
from flows.clock import now
from flows.commands.acts import who
from flows.errors import UserError
from flows.passwords import SHORTEST, hashed
from flows.registry_files import load_registry
from flows.settings import Settings, load_settings
from warehouse.board.accounts import LONGEST_NAME, Account, Accounts, account_name, open_accounts


def run_add(name: str, role: str, unit: str | None, is_without_password: bool) -> None:
    """Add an account; its password is asked for, or read from the standard input.

    Raises:
        UserError: a sender without its unit, a unit that is no reporter's, a name that is taken or blank, or a
            password that is too short.
    """
    settings = load_settings()
    name = account_name(name)
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise UserError("error.user.name")
    if (role == "sender") != (unit is not None):
        raise UserError("error.user.unit")
    if unit and not any(one.unit_code == unit for one in load_registry(settings.registry_dir).units):
        raise UserError("error.user.no-unit", unit=unit)
    with open_home_accounts(settings) as accounts:
        if accounts.named(name):
            raise UserError("error.user.taken", name=name)
        accounts.put(name, role, unit, None if is_without_password else hashed(_password()))
        _audit(accounts, settings, f"user add {name} {role} {unit or ''}")
    Console().print(text("user.added", settings.language, name=name), highlight=False)


def run_password(name: str) -> None:
    """Give an account another password; its sessions end."""
    settings, name = load_settings(), account_name(name)
    with open_home_accounts(settings) as accounts:
        _known(accounts, name)
        accounts.set_password(name, hashed(_password()))
        _audit(accounts, settings, f"user password {name}")
    Console().print(text("user.password", settings.language, name=name), highlight=False)


def run_disable(name: str) -> None:
    """Let an account sign in no more; its sessions end."""
    settings, name = load_settings(), account_name(name)
    with open_home_accounts(settings) as accounts:
        _known(accounts, name)
        accounts.disable(name)
        _audit(accounts, settings, f"user disable {name}")
    Console().print(text("user.disabled", settings.language, name=name), highlight=False)


def run_list() -> None:
    """Every account with its role and unit."""
    settings = load_settings()
    language = settings.language
    with open_home_accounts(settings) as accounts:
        every = accounts.all()
    table = Table(box=None, pad_edge=False)
    for key in ("name", "role", "unit", "state"):
        table.add_column(text(f"user.column.{key}", language))
    for one in every:
        state = text("user.state.disabled" if one.is_disabled else "user.state.enabled", language)
        table.add_row(one.name, text(f"user.role.{one.role}", language), one.unit_code or "", state)
    Console().print(table)


def open_home_accounts(settings: Settings) -> AbstractContextManager[Accounts]:
    """The home's accounts, the home made where there is none."""
    settings.home.mkdir(parents=True, exist_ok=True)
    return open_accounts(settings.board_path)


def _known(accounts: Accounts, name: str) -> Account:
    account = accounts.named(name)
    if account is None:
        raise UserError("error.user.unknown", name=name)
    return account


def _password() -> str:
    """As typed twice at a terminal, or a line of the standard input."""
    if sys.stdin.isatty():
        password = getpass.getpass()
        if password != getpass.getpass():
            raise UserError("error.user.differ")
    else:
        password = sys.stdin.readline().rstrip("\n")
    if len(password) < SHORTEST:
        raise UserError("error.user.short", shortest=SHORTEST)
    return password


def _audit(accounts: Accounts, settings: Settings, what: str) -> None:
    accounts.audit(now(settings.timezone), who(), "terminal", what.strip(), "done")
