"""Which worker processes are alive, so that each takes its fair share of lanes."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from tgforward.db.base import Base, table_args


class WorkerProcess(Base):
    """One life of one worker process, owner of lanes or not; it counts until `expires_at_ms`."""

    __tablename__ = "worker_process"
    __table_args__ = table_args(comment="worker processes that are alive")

    owner: Mapped[str] = mapped_column(String(64), primary_key=True, comment="name of one life of one process")
    expires_at_ms: Mapped[int] = mapped_column(BigInteger, comment="ms since 1970 by the database's clock")
