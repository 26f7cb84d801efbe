"""What a case's timeline says, in the reader's language."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language, gettext

from kulanz.cases.models import CaseEvent
from kulanz.cases.states import TOPIC_NAMES, EventKind, Topic
from kulanz.ui import formats


def event_words(event: CaseEvent) -> str:
    """The words of one event. Our own sentences are translated; what people wrote stays as they wrote it."""
    kind = EventKind(event.kind)
    if kind is EventKind.OPENED:
        return gettext("%(topic)s: %(words)s") % {
            "topic": gettext(TOPIC_NAMES[Topic(event.case.topic)]),
            "words": event.words,
        }
    if kind is EventKind.PROMISED:
        what, _, day = event.words.partition("\n")
        by = formats.day(date.fromisoformat(day), get_language() or "de") if day else ""
        return gettext("By %(by)s: %(what)s.") % {"by": by, "what": gettext(what)}
    if kind in {EventKind.PROMISE_KEPT, EventKind.PROMISE_BROKEN}:
        return gettext(event.words)
    return event.words
