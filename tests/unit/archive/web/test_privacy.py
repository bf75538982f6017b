"""Personal numbers on the screen: masked, shown on request, each showing in the log."""

from __future__ import annotations

from collections.abc import Callable

from archive.domain.audit_model import Event
from archive.domain.estate import Tenure
from tests.unit.archive.web.conftest import Browser, Site

Person = Callable[[str], Browser]
PHONE = "13800000001"


def test_a_phone_is_masked_until_it_is_asked_for_and_the_log_says_who(site: Site, browser: Person) -> None:
    with site.archive.uow() as uow:
        tenure = uow.list(Tenure, phone=PHONE)[0]
    page = browser("archivist").get(f"/houses/{tenure.house}")
    assert page.status_code == 200
    assert PHONE not in page.text
    assert "138****0001" in page.text
    shown = browser("archivist").post(f"/estate/phone/{tenure.id}")
    assert shown.status_code == 200
    assert PHONE in shown.text
    with site.archive.uow() as uow:
        (entry,) = uow.audit_newest(event=Event.NUMBER_SHOWN.value, limit=1)
    assert (entry.actor, entry.subject) == (site.actors["archivist"].id, tenure.id)
    assert entry.detail == {"house": tenure.house, "field": "phone"}
    assert PHONE not in str(entry)
    for role in ("staff", "manager", "auditor"):
        refused = browser(role).post(f"/estate/phone/{tenure.id}")
        assert refused.status_code == 403
        assert PHONE not in refused.text
    assert browser("archivist").post("/estate/phone/none").status_code == 404


def test_correcting_a_name_keeps_the_masked_phone(site: Site, browser: Person) -> None:
    with site.archive.uow() as uow:
        tenure = uow.list(Tenure, phone=PHONE)[0]
    saved = browser("archivist").post(
        f"/estate/owner/{tenure.id}", owner=tenure.owner, phone="138****0001", started=str(tenure.started)
    )
    assert saved.status_code == 200
    with site.archive.uow() as uow:
        kept = uow.get(Tenure, tenure.id)
    assert kept is not None
    assert kept.phone == PHONE


def test_a_field_of_a_secret_record_is_never_shown(site: Site, browser: Person) -> None:
    secret = site.records["owner_card"]
    for role in ("staff", "archivist", "manager"):
        assert browser(role).post(f"/records/{secret}/fields/0").status_code == 403
    assert (
        browser("archivist").post(f"/records/{site.records['callback_record']}/fields/999").status_code == 404
    )
