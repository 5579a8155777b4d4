"""What the template of `add_text` can name, taken from a config."""

from tgforward.forwarding.template import TemplateContext
from tgforward.services.snapshot import ConfigSnapshot


def template_context(config: ConfigSnapshot) -> TemplateContext:
    """The config's half of the context; message, date and sender are filled in for each message."""
    return TemplateContext(
        source_title=config.source.title,
        source_username=config.source.username,
        chat_id=config.source.chat_id,
        zone=config.zone,
        parameters={
            "id": str(config.id),
            "source": str(config.source.chat_id),
            "dest": str(config.dest.chat_id),
            "interval_second": str(config.interval_second),
            "forward_history_count": str(config.forward_history_count),
        },
    )
