"""Vocabulary and policy as data.

Record types, retention rules, access classes, roles, workflows, spellings.
"""

from schemas.checking import Finding, check_pack
from schemas.loader import load_pack
from schemas.model import Pack, RecordType
from schemas.yaml_values import PackError

__all__ = ["Finding", "Pack", "PackError", "RecordType", "check_pack", "load_pack"]
