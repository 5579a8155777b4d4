"""Indexes for what is asked at a hundred thousand configs, and none that only cost.

What was begun and what is dead is found by config and state; runs of a config come in the order of their ids without
being sorted; paused and parked configs are found by state. No query used the state behind an account.

Revision: 0013, after 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ADDED = {
    "ix_delivery_config_id_state": ("delivery", ["config_id", "state"]),
    "ix_delivery_account_id": ("delivery", ["account_id"]),
    "ix_forward_run_config_id": ("forward_run", ["config_id"]),
    "ix_forward_config_state": ("forward_config", ["state"]),
}
DROPPED = {
    "ix_delivery_account_id_state": ("delivery", ["account_id", "state"]),
    "ix_forward_run_config_id_started_at": ("forward_run", ["config_id", "started_at"]),
}


def upgrade() -> None:
    _exchange(ADDED, DROPPED)


def downgrade() -> None:
    _exchange(DROPPED, ADDED)


def _exchange(new: dict[str, tuple[str, list[str]]], old: dict[str, tuple[str, list[str]]]) -> None:
    """The new ones first: MySQL wants an index for each foreign key at every moment."""
    for name, (table, columns) in new.items():
        op.create_index(name, table, columns)
    for name, (table, _columns) in old.items():
        op.drop_index(name, table)
