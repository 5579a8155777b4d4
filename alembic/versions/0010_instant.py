"""Configs that run as soon as their source has something new.

SQLite adds and drops the column in place: a table that is rewritten would forget which ids were in use.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("forward_config", recreate="never") as batch:
        batch.add_column(
            sa.Column(
                "instant",
                sa.Boolean,
                server_default="0",
                nullable=False,
                comment="whether live updates run it between its slots",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("forward_config", recreate="never") as batch:
        batch.drop_column("instant")
