"""The contract of BlobStore on versitygw."""

from __future__ import annotations

import pytest

from tests.contracts.blob_store import BlobStoreContract
from tests.contracts.s3_place import S3Place
from tests.contracts.s3_store import S3StoreContract
from tests.servers.base import Server


class TestVersitygw(BlobStoreContract, S3StoreContract):
    @pytest.fixture
    def place(self, versitygw: Server) -> S3Place:
        return S3Place(versitygw)
