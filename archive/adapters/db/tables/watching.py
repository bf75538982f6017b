"""Files in the watched folder."""

from archive.adapters.db.codec import derive
from archive.domain.watching import WatchedFile

WATCHED = derive("watched_files", WatchedFile, indexes=[("state",)], removable=True)
