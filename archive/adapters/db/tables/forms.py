"""Printed forms and what came back of them."""

from archive.adapters.db.codec import derive
from archive.domain.forms.printed import FormReturn, PrintedForm

FORMS = derive(
    "printed_forms",
    PrintedForm,
    indexes=[("state", "printed_at"), ("house", "printed_at")],
    references={"house": "houses.id", "tenure": "tenures.id"},
)
RETURNS = derive("form_returns", FormReturn, indexes=[("form", "at"), ("record",)])
