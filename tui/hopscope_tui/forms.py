"""The forms in which recorded bytes are shown."""

from __future__ import annotations

from typing import Final, Literal

Form = Literal["text", "hex", "decoded"]

FORMS: Final[tuple[Form, ...]] = ("text", "hex", "decoded")
"""In the order in which a key goes through them."""

FORM_WORDS: Final[dict[Form, str]] = {
    "text": "data as text",
    "hex": "data in hex",
    "decoded": "data as its protocol says",
}


def next_form(form: Form) -> Form:
    """The form that follows."""
    return FORMS[(FORMS.index(form) + 1) % len(FORMS)]
