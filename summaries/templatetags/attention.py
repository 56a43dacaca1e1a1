"""What waits for staff, for the admin's front page."""

from typing import Any

from django import template

from summaries.queries.attention import Attention, read_attention

register = template.Library()


@register.simple_tag(takes_context=True)
def attention(context: dict[str, Any]) -> list[Attention]:
    """What waits, of what the reader may see."""
    return read_attention(context["request"].user.has_perm)
