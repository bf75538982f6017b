"""Places of paper: a tree of rooms, cabinets, shelves and boxes with labels, and putting papers there."""

from __future__ import annotations

from dataclasses import replace

from archive.domain.access import knowable
from archive.domain.audit_model import Event
from archive.domain.forms import Sheet
from archive.domain.forms.elements import Code, Frame, Words, ems, shrunk
from archive.domain.paper import LABEL, Paper, Place, PlaceKind, code_in, may_hold, place_code
from archive.domain.people import Actor
from archive.domain.records import Dossier, Record
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, known_dossier, known_record, must, new_id
from archive.services.errors import BadInput
from archive.services.form_pdf import Leaf, pdf_of
from archive.services.paper_views import PlaceLine, PlaceView
from archive.services.views import Download

MOST = 500
"""Places inside one place, and papers of one place, that a page shows."""
MOST_LABELS = 480
KINDS_ZH = {
    PlaceKind.ROOM: "库房",
    PlaceKind.CABINET: "柜",
    PlaceKind.SHELF: "层",
    PlaceKind.BOX: "盒",
}


def add_place(
    archive: Archive, actor: Actor, *, kind: str, name: str, inside: str | None = None, number: int = 1
) -> list[Place]:
    """Add a place (or `number` alike, such as twenty boxes) in the place `inside`, an id or a code.

    Each gets the next code of its kind. Raises BadInput for an unknown kind, no name, or what cannot stand there.
    """
    allow(archive, actor, "paper.manage")
    wanted, title = _kind(kind), _name(name)
    if not 1 <= number <= 100:
        raise BadInput("一次可建 1 到 100 处。", code="bad_amount")
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        outer = _found(uow, inside) if inside else None
        _check_holds(outer, wanted)
        first = uow.count(Place, kind=wanted) + 1
        made = [
            Place(
                new_id(),
                place_code(wanted, first + i),
                wanted,
                title if number == 1 else f"{title} {i + 1}",
                now,
                outer.id if outer else None,
            )
            for i in range(number)
        ]
        uow.add(*made)
        for one in made:
            uow.audit(Event.PLACE_ADDED, actor=actor.id, subject=one.id, at=now, name=one.name, code=one.code)
        uow.commit()
    return made


def _kind(kind: str) -> PlaceKind:
    try:
        return PlaceKind(kind)
    except ValueError:
        raise BadInput(
            f"没有“{kind[:20]}”这种位置。", code="bad_place", hint="可用 room、cabinet、shelf、box。"
        ) from None


def _name(name: str) -> str:
    title = name.strip()
    if not title or len(title) > 60:
        raise BadInput("请写位置名称，不超过 60 字。", code="no_place_name")
    return title


def _check_holds(outer: Place | None, inner: PlaceKind) -> None:
    if not may_hold(outer.kind if outer else None, inner):
        raise BadInput(
            "这个位置放不进那里。",
            code="does_not_fit",
            hint="库房之内放柜，柜内放层，层上放盒；也可直接放进更大的位置。",
        )


def _found(uow: UnitOfWork, named: str) -> Place:
    """A place by its id or by the code on its label."""
    found = uow.get(Place, named.strip())
    if found is None:
        found = next(iter(uow.list(Place, code=code_in(named), limit=1)), None)
    return must(found, "该位置")


def change_place(archive: Archive, actor: Actor, place: str, *, name: str = "", inside: str = "") -> Place:
    """Rename a place, or move it, and with it all that stands in it. Raises BadInput, NotFound."""
    allow(archive, actor, "paper.manage")
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        before = _found(uow, place)
        after = replace(before, name=_name(name)) if name.strip() else before
        if inside.strip():
            outer = _found(uow, inside)
            _check_holds(outer, before.kind)
            after = replace(after, parent=outer.id)
        if after == before:
            return before
        uow.put(after)
        uow.audit(
            Event.PLACE_CHANGED,
            actor=actor.id,
            subject=after.id,
            at=now,
            code=after.code,
            before=[before.name, before.parent],
            after=[after.name, after.parent],
        )
        uow.commit()
    return after


def path_of(uow: UnitOfWork, place: str | None) -> tuple[Place, ...]:
    """The places from the room down to this one; at most as many as there are kinds."""
    path: list[Place] = []
    while place is not None and len(path) < len(PlaceKind):
        found = uow.get(Place, place)
        if found is None:
            break
        path.append(found)
        place = found.parent
    return tuple(reversed(path))


def place_of(archive: Archive, actor: Actor, named: str) -> Place:
    """A place by id or by the code on its label, as typed or scanned. Raises NotFound."""
    allow(archive, actor, "paper.see")
    with archive.uow() as uow:
        return _found(uow, named)


def places(archive: Archive, actor: Actor) -> list[tuple[Place, ...]]:
    """Every place with its way from the room, for scripts and for choosing; in the order of the ways."""
    allow(archive, actor, "paper.see")
    with archive.uow() as uow:
        found = {p.id: p for p in uow.list(Place)}
    ways = []
    for one in found.values():
        way = [one]
        while way[0].parent in found and len(way) < len(PlaceKind):
            way.insert(0, found[str(way[0].parent)])
        ways.append(tuple(way))
    return sorted(ways, key=lambda way: [(p.code, p.name) for p in way])


def place(archive: Archive, actor: Actor, named: str = "") -> PlaceView:
    """What stands in a place; without one, the rooms."""
    allow(archive, actor, "paper.see")
    with archive.uow() as uow:
        here = _found(uow, named) if named else None
        inside = uow.list(Place, parent=here.id if here else None, order=("name",), limit=MOST)
        ids = tuple(p.id for p in inside)
        deeper = uow.count_by(Place, "parent", parent=ids) if ids else {}
        filled = uow.count_by(Paper, "place", place=ids) if ids else {}
        papers = uow.list(Paper, place=here.id, limit=MOST + 1) if here else []
        titles = _titles(archive, uow, actor, papers[:MOST])
        path = path_of(uow, here.id if here else None)
    return PlaceView(
        here,
        path,
        tuple(PlaceLine(p, deeper.get(p.id, 0), filled.get(p.id, 0)) for p in inside),
        tuple(p for p in papers[:MOST] if p.id in titles),
        titles,
        len(papers) > MOST,
    )


def _titles(archive: Archive, uow: UnitOfWork, actor: Actor, papers: list[Paper]) -> dict[str, str]:
    """Names of papers whose existence the actor may know; of a record no more than its type and house."""
    records = tuple(p.id for p in papers if p.target_kind == "record")
    dossiers = tuple(p.id for p in papers if p.target_kind == "dossier")
    named = {}
    for record in uow.list(Record, id=records) if records else []:
        if knowable(actor, archive.pack.access_classes[record.access_class]):
            named[record.id] = " ".join(x for x in (kind_title(archive, record), record.house_key) if x)
    for dossier in uow.list(Dossier, id=dossiers) if dossiers else []:
        if known_dossier(archive, actor, dossier):
            named[dossier.id] = " ".join(x for x in (dossier.title, dossier.code) if x)
    return named


def kind_title(archive: Archive, record: Record) -> str:
    kind = archive.pack.record_types.get(record.type or "")
    return kind.title_zh if kind else "未定类型"


def put(
    archive: Archive, actor: Actor, *, target_kind: str, target: str, place: str, note: str = ""
) -> Paper:
    """Say where the paper original of a record or dossier stands; one reported lost is thereby found.

    A dossier may be named by its archival code. Raises NotFound, BadInput.
    """
    allow(archive, actor, "paper.manage")
    if len(note) > 100:
        raise BadInput("备注不超过 100 字。", code="text_too_long")
    with archive.uow(write=True) as uow:
        found = target_of(archive, uow, actor, target_kind, target)
        made = put_down(archive, uow, actor, target_kind, found.id, _found(uow, place), note)
        uow.commit()
    return made


def target_of(
    archive: Archive, uow: UnitOfWork, actor: Actor, target_kind: str, target: str
) -> Record | Dossier:
    """The record or dossier that is meant. Raises NotFound also for what the actor may not know, BadInput."""
    if target_kind == "record":
        return known_record(archive, uow, actor, target)
    if target_kind == "dossier":
        found = uow.get(Dossier, target) or next(iter(uow.list(Dossier, code=target, limit=1)), None)
        return must(found if found and known_dossier(archive, actor, found) else None, "该案卷")
    raise BadInput("只有一件或一个案卷有纸质原件。", code="unknown_target")


def put_down(
    archive: Archive, uow: UnitOfWork, actor: Actor, target_kind: str, target: str, place: Place, note: str
) -> Paper:
    """Within a writing unit of work: the paper stands in `place` from now on."""
    now = archive.clock.now()
    before = uow.get(Paper, target)
    made = Paper(target, target_kind, place.id, now, actor.id, note.strip())
    if before is None:
        uow.add(made)
    else:
        uow.put(made)
    uow.audit(
        Event.PAPER_PUT,
        actor=actor.id,
        subject=target,
        at=now,
        target_kind=target_kind,
        before=before.place if before else None,
        after=place.id,
        code=place.code,
        found=bool(before and before.lost_at),
    )
    return made


# --- labels

COLUMNS, ROWS = 2, 6
_LEFT, _TOP, _WIDE, _HIGH = 10.0, 14.0, 95.0, 45.0


def labels(archive: Archive, actor: Actor, named: list[str], *, inside: bool = False) -> Download:
    """Labels of these places as A4 sheets to cut, twelve on each; `inside` those of all that stands right in them.

    Raises BadInput for none or more than MOST_LABELS.
    """
    allow(archive, actor, "paper.see")
    with archive.uow() as uow:
        chosen = [_found(uow, n) for n in named]
        if inside:
            ids = tuple(p.id for p in chosen)
            chosen = uow.list(Place, parent=ids, order=("code",), limit=MOST_LABELS + 1) if ids else []
        if not 1 <= len(chosen) <= MOST_LABELS:
            raise BadInput(f"一次可印 1 到 {MOST_LABELS} 张标签。", code="bad_amount")
        ways = [path_of(uow, p.id) for p in chosen]
    with archive.uow(write=True) as uow:
        uow.audit(
            Event.LABELS_PRINTED,
            actor=actor.id,
            subject=chosen[0].id,
            at=archive.clock.now(),
            size=len(chosen),
        )
        uow.commit()
    sheets = [label_sheet(ways[i : i + COLUMNS * ROWS]) for i in range(0, len(ways), COLUMNS * ROWS)]
    pdf = pdf_of([Leaf(s) for s in sheets], archive.font, "位置标签")
    return Download("labels.pdf", "application/pdf", pdf, archive.clock.now())


def label_sheet(ways: list[tuple[Place, ...]]) -> Sheet:
    """One A4 sheet of up to twelve labels of 95 × 45 mm: the code to scan, and in words what it is and where."""
    sheet = Sheet()
    for i, way in enumerate(ways):
        _label(sheet, _LEFT + (i % COLUMNS) * _WIDE, _TOP + (i // COLUMNS) * _HIGH, way)
    return sheet


def _label(sheet: Sheet, x: float, y: float, way: tuple[Place, ...]) -> None:
    here = way[-1]
    sheet.printed.append(Frame(x, y, x + _WIDE, y + _HIGH, 0.1))
    sheet.printed.append(Code(x + 5.0, y + 7.5, 30.0, LABEL + here.code))
    text, room = x + 40.0, _WIDE - 44.0
    above = " / ".join(p.name for p in way[:-1])
    for offset, line, size, bold in (
        (7.0, here.code, 8.0, True),
        (19.0, here.name, 6.0, True),
        (29.0, f"{KINDS_ZH[here.kind]}　{above}", 3.4, False),
    ):
        fitting = shrunk(line, size, room)
        while ems(line) * fitting > room and len(line) > 2:
            line = line[:-2] + "…"
        sheet.printed.append(Words(text, y + offset, line, fitting, bold, not bold))
