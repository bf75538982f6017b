"""dangan docs: the library, and the life of a revision."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from archive.cli.common import DAY, actor, as_option, emit, emit_all, json_option, open_archive
from archive.domain.copies import Copy
from archive.domain.documents import ChangeNotice, Revision
from archive.services.documents import (
    comparing,
    copies,
    drafts,
    issue,
    library,
    life,
    prints,
    references,
    reviews,
)
from archive.services.documents.comparing import DifferenceView
from archive.services.views import DocumentView


@click.group()
def docs() -> None:
    """Controlled documents."""


@docs.command(name="list")
@as_option
@json_option
def list_(as_user: str | None, as_json: bool) -> None:
    """Every controlled document with its valid revision."""
    archive = open_archive()
    found = library.list_documents(archive, actor(archive, as_user))
    emit_all(
        ({"number": d.id, "title": d.title, "revision": d.valid} for d in found),
        as_json,
        lambda d: f"{d['number']:<16} {d['revision'] or '-':<6} {d['title']}",
    )


@docs.command()
@click.argument("number")
@click.option("--revision")
@as_option
@json_option
def show(number: str, revision: str | None, as_user: str | None, as_json: bool) -> None:
    """A document, its revision and its control page."""
    archive = open_archive()
    view = library.show(archive, actor(archive, as_user), number, revision)
    emit(describe(view), as_json, _readable)


def describe(view: DocumentView) -> dict[str, Any]:
    """The newest (or only) revision of the view, as design 8 fixes it."""
    one: Revision | None = view.revisions[0] if view.revisions else None
    return {
        "number": view.document.id,
        "title": one.title if one else view.document.title,
        "revision": one.revision if one else None,
        "state": one.state if one else None,
        "effective": one.effective if one else None,
        "control_page": list(one.control_page) if one else [],
        "findings": list(one.findings) if one else [],
        "record": one.record if one else None,
        "signatures": list(one.signatures) if one else [],
        "revisions": [
            {"revision": r.revision, "state": r.state, "effective": r.effective, "record": r.record}
            for r in view.revisions
        ],
        "notices": [_notice(n) for n in view.open_notices],
    }


def _readable(d: dict[str, Any]) -> str:
    lines = [f"{d['number']} {d['title']}  {d['revision']} ({d['state']})"]
    for row in d["control_page"]:
        lines.append("  ".join(str(row[k] or "-") for k in row))
    lines += [f"! {f['message']}" for f in d["findings"]]
    return "\n".join(lines)


def _notice(n: ChangeNotice) -> dict[str, Any]:
    return {
        "notice": n.id,
        "document": n.document,
        "number": n.number or None,
        "state": n.state,
        "base": n.base,
        "revision": n.revision or None,
        "reason": n.reason,
        "chapters": n.chapters,
        "locked_by": n.lock_by,
        "locked_until": n.lock_until,
        "draft": n.draft,
        "findings": list(n.findings or (n.drafts[-1]["findings"] if n.drafts else ())),
        "effective": n.effective,
        "signatures": [{k: s[k] for k in ("meaning", "name", "at")} for s in n.signatures],
    }


def _told(n: ChangeNotice, as_json: bool) -> None:
    emit(_notice(n), as_json, f"{n.id}  {n.document} {n.revision or '-'}  {n.state}")


password_option = click.option(
    "--password-stdin", is_flag=True, help="Read the signer's password from standard input."
)


def _password(password_stdin: bool) -> str:
    if password_stdin or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    entered: str = click.prompt("密码 password", hide_input=True, err=True)
    return entered


@docs.command()
@click.argument("number")
@click.option("--reason", required=True)
@click.option("--title", default="", help="For a new document.")
@click.option("--chapters", default="", help="The chapters it is about, such as 4.1.1、5.0.")
@click.option("--major", is_flag=True, help="The next edition (B/0) instead of the next change (A/1).")
@as_option
@json_option
def propose(
    number: str, reason: str, title: str, chapters: str, major: bool, as_user: str | None, as_json: bool
) -> None:
    """Propose a change to a document, or with --title a new one."""
    archive = open_archive()
    who = actor(archive, as_user)
    _told(
        life.propose(archive, who, number, reason=reason, title=title, chapters=chapters, major=major),
        as_json,
    )


@docs.command()
@click.argument("notice")
@click.option("--number", default="", help="The change notice's number; the next one where none is given.")
@click.option("--chapters", default="")
@click.option("--refuse", "refused", metavar="REASON", help="Turn the proposal down.")
@as_option
@json_option
def notice(
    notice: str, number: str, chapters: str, refused: str | None, as_user: str | None, as_json: bool
) -> None:
    """Take a proposal up as a change notice, or turn it down."""
    archive = open_archive()
    who = actor(archive, as_user)
    if refused is not None:
        _told(life.refuse(archive, who, notice, reason=refused), as_json)
    else:
        _told(life.give_notice(archive, who, notice, number=number, chapters=chapters), as_json)


@docs.command()
@click.argument("notice")
@click.option("--steal", default="", metavar="REASON", help="Take it from whoever has it checked out.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the file to go on with here.",
)
@as_option
@json_option
def checkout(notice: str, steal: str, output: Path | None, as_user: str | None, as_json: bool) -> None:
    """Check the draft out: others are kept away while it is worked on."""
    archive = open_archive()
    who = actor(archive, as_user)
    taken = life.check_out(archive, who, notice, steal=steal)
    if output is not None:
        output.write_bytes(drafts.file_to_edit(archive, who, notice).content)
    _told(taken, as_json)


@docs.command()
@click.argument("notice")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--comment", default="")
@as_option
@json_option
def checkin(notice: str, file: Path, comment: str, as_user: str | None, as_json: bool) -> None:
    """Check a draft in, as a Word file."""
    archive = open_archive()
    with file.open("rb") as source:
        done = drafts.check_in(archive, actor(archive, as_user), notice, source, file.name, said=comment)
    _told(done, as_json)


def _signed_step(name: str, act: Callable[..., ChangeNotice], help: str) -> None:
    @docs.command(name=name, help=help)
    @click.argument("notice")
    @click.option("--comment", default="")
    @password_option
    @as_option
    @json_option
    def command(notice: str, comment: str, password_stdin: bool, as_user: str | None, as_json: bool) -> None:
        archive = open_archive()
        who = actor(archive, as_user)
        _told(act(archive, who, notice, password=_password(password_stdin), said=comment), as_json)


_signed_step("submit", life.submit, "Hand the draft in for review, signed by its author.")
_signed_step("review", life.review, "Agree to a draft, signed by someone else than its author.")


@docs.command(name="send-back")
@click.argument("notice")
@click.option("--reason", required=True)
@as_option
@json_option
def send_back(notice: str, reason: str, as_user: str | None, as_json: bool) -> None:
    """Send a draft back to its author."""
    archive = open_archive()
    _told(life.send_back(archive, actor(archive, as_user), notice, reason=reason), as_json)


@docs.command()
@click.argument("notice")
@click.option("--reason", required=True)
@as_option
@json_option
def drop(notice: str, reason: str, as_user: str | None, as_json: bool) -> None:
    """Give a change up."""
    archive = open_archive()
    _told(life.drop(archive, actor(archive, as_user), notice, reason=reason), as_json)


@docs.command()
@click.argument("notice")
@click.option("--effective", type=DAY, help="The day from which it is in force; today where none is given.")
@click.option("--accept", default="", metavar="REASON", help="Accept what disagrees in it, and why.")
@click.option("--explain", default="", metavar="REASON", help="Why an effective day that is past is right.")
@click.option("--comment", default="")
@password_option
@as_option
@json_option
def approve(
    notice: str,
    effective: date | None,
    accept: str,
    explain: str,
    comment: str,
    password_stdin: bool,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Approve a reviewed draft, signed by someone else than author and reviewer."""
    archive = open_archive()
    done = issue.approve(
        archive,
        actor(archive, as_user),
        notice,
        password=_password(password_stdin),
        effective=effective,
        accept=accept,
        explain=explain,
        said=comment,
    )
    _told(done, as_json)


@docs.command(name="issue")
@click.argument("notice")
@click.option("--effective", type=DAY, help="Another day than the one that was approved.")
@click.option("--explain", default="", metavar="REASON", help="Why an effective day that is past is right.")
@as_option
@json_option
def issue_(notice: str, effective: date | None, explain: str, as_user: str | None, as_json: bool) -> None:
    """Issue an approved revision: cover, control page and headers are written, the file is filed."""
    archive = open_archive()
    who = actor(archive, as_user)
    done = issue.issue(archive, who, notice, effective=effective, explain=explain)
    answer = {
        "number": done.document,
        "revision": done.revision,
        "state": done.state,
        "effective": done.effective,
        "record": done.record,
    }
    emit(answer, as_json, f"{done.document} {done.revision}  {done.state}  {done.effective}")


@docs.command()
@click.argument("number")
@click.option("--reason", required=True)
@password_option
@as_option
@json_option
def withdraw(number: str, reason: str, password_stdin: bool, as_user: str | None, as_json: bool) -> None:
    """Take a document out of force, signed."""
    archive = open_archive()
    who = actor(archive, as_user)
    done = issue.withdraw(archive, who, number, reason=reason, password=_password(password_stdin))
    emit({"number": done.id, "revision": done.valid}, as_json, f"{done.id}  withdrawn")


@docs.command()
@click.argument("number")
@click.option("--reason", required=True)
@click.option("--chapters", default="")
@click.option("--major", is_flag=True)
@as_option
@json_option
def revise(number: str, reason: str, chapters: str, major: bool, as_user: str | None, as_json: bool) -> None:
    """Propose a change to the revision in force (the same as propose, for a document that exists)."""
    archive = open_archive()
    who = actor(archive, as_user)
    library.show(archive, who, number)
    _told(life.propose(archive, who, number, reason=reason, chapters=chapters, major=major), as_json)


@docs.command()
@click.argument("number")
@click.argument("old", required=False)
@click.argument("new", required=False)
@as_option
@json_option
def diff(number: str, old: str | None, new: str | None, as_user: str | None, as_json: bool) -> None:
    """What differs between two revisions; without names between the one in force and the one before it."""
    archive = open_archive()
    view = comparing.difference(archive, actor(archive, as_user), number, old, new)
    emit(_difference(view), as_json, lambda _: _difference_text(view))


def _difference(view: DifferenceView) -> dict[str, Any]:
    return {
        "number": view.document.id,
        "old": view.old.revision,
        "new": view.new.revision,
        "equal": view.difference.equal,
        "chapters": [
            {
                k: getattr(c, k)
                for k in ("section", "chapter", "title", "changed", "added", "removed", "moved")
            }
            for c in view.difference.chapters
        ],
        "claims": [{"chapter": c.chapter, "differs": c.differs} for c in view.claims],
        "unnamed": list(view.unnamed),
        "lines": [
            {
                "kind": line.kind,
                "chapter": line.chapter,
                "before": line.before,
                "pieces": [{"kind": p.kind, "text": p.text} for p in line.pieces],
            }
            for line in view.difference.lines
            if line.kind != "same"
        ],
    }


def _difference_text(view: DifferenceView) -> str:
    marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    lines = [f"{view.document.id} {view.old.revision} → {view.new.revision}"]
    for line in view.difference.lines:
        if line.kind != "same":
            text = "".join(marks[p.kind].format(p.text) for p in line.pieces)
            lines.append(f"{line.kind:<11} {line.chapter:<8} {text}")
    return "\n".join(lines)


@docs.command(name="copies")
@click.argument("number")
@click.option("--holder", default="", help="Hand a copy of the revision in force out to this holder.")
@click.option("--person", default="", metavar="USER", help="The holder's account, who acknowledges it.")
@click.option("--copy-number", default="", help="The next number where none is given.")
@click.option("--uncontrolled", is_flag=True)
@click.option(
    "--renew", is_flag=True, help="Hand the revision in force out to everyone whose copy is recalled."
)
@as_option
@json_option
def copies_(
    number: str,
    holder: str,
    person: str,
    copy_number: str,
    uncontrolled: bool,
    renew: bool,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Numbered copies of a document; with --holder hand one out, with --renew replace the recalled ones."""
    archive = open_archive()
    who = actor(archive, as_user)
    if holder or person:
        status = "uncontrolled" if uncontrolled else "controlled"
        found = [
            copies.hand_out(
                archive, who, number, holder=holder, person=person, copy_number=copy_number, status=status
            )
        ]
    else:
        found = copies.renew(archive, who, number) if renew else copies.copies_of(archive, who, number)
    emit_all(map(_copy, found), as_json, _copy_text)


def _copy(c: Copy) -> dict[str, Any]:
    return {
        "copy": c.id,
        "document": c.document,
        "revision": c.revision,
        "number": c.number,
        "holder": c.holder,
        "status": c.status,
        "state": c.state,
        "acknowledged_at": c.acknowledged_at,
        "token": c.token,
    }


def _copy_text(c: dict[str, Any]) -> str:
    return f"{c['copy']}  {c['document']} {c['revision']}  {c['number']:<4} {c['holder']}  {c['state']}"


@docs.command(name="print")
@click.argument("copy")
@click.option(
    "--address", required=True, help="Where phones find this archive, such as https://archive.example."
)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
@as_option
def print_(copy: str, address: str, output: Path, as_user: str | None) -> None:
    """The stamped print of a numbered copy as PDF, with its QR code."""
    archive = open_archive()
    made = prints.print_copy(archive, actor(archive, as_user), copy, address=address)
    output.write_bytes(made.content)


@docs.command(name="return")
@click.argument("copy")
@click.option("--as-destroyed", "how", flag_value="destroyed")
@click.option("--excuse", "reason", default="", metavar="REASON", help="It cannot come back, and why.")
@as_option
@json_option
def return_(copy: str, how: str | None, reason: str, as_user: str | None, as_json: bool) -> None:
    """A copy came back, was destroyed (--as-destroyed), or is excused."""
    archive = open_archive()
    end = how or ("excused" if reason else "returned")
    done = copies.close(archive, actor(archive, as_user), copy, end, note=reason)
    emit(_copy(done), as_json, _copy_text)


@docs.command()
@click.argument("copy")
@as_option
@json_option
def acknowledge(copy: str, as_user: str | None, as_json: bool) -> None:
    """Say that one has read and understood one's copy."""
    archive = open_archive()
    emit(_copy(copies.acknowledge(archive, actor(archive, as_user), copy)), as_json, _copy_text)


@docs.command()
@click.argument("number")
@click.option("--note", default="")
@click.option("--change", default="", metavar="REASON", help="It must change: propose that.")
@click.option("--every", type=int, metavar="MONTHS", help="Set how many months lie between two reviews.")
@as_option
@json_option
def reviewed(
    number: str, note: str, change: str, every: int | None, as_user: str | None, as_json: bool
) -> None:
    """Record a periodic review: without change, or with a proposal to change it."""
    archive = open_archive()
    who = actor(archive, as_user)
    if every is not None:
        cycle = reviews.set_cycle(archive, who, number, every)
        emit({"number": cycle.id, "months": cycle.review_months, "next_review": cycle.next_review}, as_json)
        return
    if change:
        done = reviews.reviewed_with_change(archive, who, number, reason=change)
    else:
        done = reviews.reviewed_without_change(archive, who, number, note=note)
    emit(
        {"number": number, "revision": done.revision, "outcome": done.outcome, "notice": done.notice},
        as_json,
        f"{number} {done.revision}  {done.outcome}",
    )


@docs.command()
@as_option
@json_option
def due(as_user: str | None, as_json: bool) -> None:
    """Documents whose periodic review is due or overdue, and copies that are recalled."""
    archive = open_archive()
    who = actor(archive, as_user)
    emit_all(
        ({"number": d.id, "title": d.title, "next_review": d.next_review} for d in reviews.due(archive, who)),
        as_json,
        lambda d: f"{d['next_review']}  {d['number']:<16} {d['title']}",
    )
    emit_all(map(_copy, copies.recalled(archive, who)), as_json, _copy_text)


@docs.command(name="references")
@click.argument("number")
@as_option
@json_option
def references_(number: str, as_user: str | None, as_json: bool) -> None:
    """What a document names, and which documents name it: those to look at when it changes."""
    archive = open_archive()
    who = actor(archive, as_user)
    names = [
        {
            "written": v.reference.written,
            "chapter": v.reference.chapter,
            "state": v.state,
            "number": v.document.id if v.document else None,
            "type": v.type,
        }
        for v in references.references(archive, who, number)
    ]
    by = [{"number": d.id, "title": d.title} for d in references.named_by(archive, who, number)]
    emit({"number": number, "names": names, "named_by": by}, as_json)


@docs.command()
@click.option("--controlled", default="", help="The wording for controlled copies.")
@click.option("--uncontrolled", default="")
@click.option("--void", default="", help="The wording for what is not in force.")
@click.option("--color", default="", help="Such as #c00000.")
@click.option("--corner", default="", help="top_right, top_left, bottom_right or bottom_left.")
@as_option
@json_option
def stamp(
    controlled: str,
    uncontrolled: str,
    void: str,
    color: str,
    corner: str,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Set what is stamped on printed copies; what is not given stays."""
    archive = open_archive()
    who = actor(archive, as_user)
    made = prints.set_stamp(
        archive, who, controlled=controlled, uncontrolled=uncontrolled, void=void, color=color, corner=corner
    )
    emit(made, as_json, f"{made.controlled} / {made.uncontrolled} / {made.void}  {made.color}  {made.corner}")
