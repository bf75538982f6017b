"""Small named values the archive keeps about itself."""

from archive.adapters.db.codec import derive
from archive.domain.jobs import Setting

SETTINGS = derive("settings", Setting, removable=True)
