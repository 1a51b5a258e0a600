"""The table of fields: what can be asked about an event, computed column by column."""

from __future__ import annotations

from hopscope.fields.field import Field, FieldType, FieldUse
from hopscope.fields.registry import FIELDS, UnknownFieldError, resolve
from hopscope.fields.values import MISSING, field_text, field_value

__all__ = [
    "FIELDS",
    "MISSING",
    "Field",
    "FieldType",
    "FieldUse",
    "UnknownFieldError",
    "field_text",
    "field_value",
    "resolve",
]
