"""Names that must not be mixed up, each a type of its own."""

from __future__ import annotations

from typing import NewType

MemberId = NewType("MemberId", str)
RecordId = NewType("RecordId", str)
PurposeName = NewType("PurposeName", str)
SettingName = NewType("SettingName", str)
NoticeId = NewType("NoticeId", str)
RegionCode = NewType("RegionCode", str)
Category = NewType("Category", str)
Role = NewType("Role", str)
SnapshotId = NewType("SnapshotId", str)
ModelId = NewType("ModelId", str)
CertificateId = NewType("CertificateId", str)
