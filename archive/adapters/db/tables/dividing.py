"""Files divided anew."""

from archive.adapters.db.codec import derive
from archive.domain.dividing import Division

DIVISIONS = derive("divisions", Division, indexes=[("intake", "at")], references={"intake": "intake.id"})
