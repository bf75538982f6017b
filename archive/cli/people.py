"""dangan user: add, list, disable."""

from __future__ import annotations

import secrets
import sys

import click

from archive.cli.common import emit, emit_all, json_option, open_archive
from archive.domain.people import OPERATOR, Person
from archive.services import people


@click.group()
def user() -> None:
    """People who may sign in."""


def _line(person: Person) -> dict[str, object]:
    return {
        "name": person.name,
        "display_name": person.display_name,
        "roles": list(person.roles),
        "state": person.state.value,
    }


@user.command()
@click.argument("name")
@click.option("--roles", required=True, help="Comma-separated role codes.")
@click.option("--display-name", default="")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@json_option
def add(name: str, roles: str, display_name: str, password_stdin: bool, as_json: bool) -> None:
    """Add a person. Without --password-stdin a password is made and printed once; it must be changed at sign-in."""
    archive = open_archive()
    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(12)
    codes = tuple(r.strip() for r in roles.split(",") if r.strip())
    person = people.add_person(
        archive,
        OPERATOR,
        name=name,
        display_name=display_name,
        roles=codes,
        password=password,
        temporary=not password_stdin,
    )
    answer = _line(person) | ({} if password_stdin else {"password": password})
    emit(
        answer, as_json, lambda a: f"{a['name']}" + (f"  password: {password}" if not password_stdin else "")
    )


@user.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """Everyone who may sign in, or might once."""
    archive = open_archive()
    found = people.list_people(archive, OPERATOR)
    emit_all(map(_line, found), as_json, lambda p: f"{p['name']:<16} {','.join(p['roles']):<24} {p['state']}")


@user.command()
@click.argument("name")
def disable(name: str) -> None:
    """Shut an account and end its sessions."""
    people.disable_person(open_archive(), OPERATOR, name)
