"""The program's own themes; Textual's others are offered as well."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="hopscope-dark",
    primary="#6cb2eb",
    secondary="#8fa8c8",
    accent="#e5b567",
    success="#7fc8a9",
    warning="#d9a066",
    error="#e5737b",
    foreground="#d6dce5",
    background="#10141a",
    surface="#151a22",
    panel="#1d2430",
    dark=True,
    variables={
        "tone-quiet": "#76839a",
        "tone-wait": "#76839a",
        "tone-name": "#f0f3f8",
        "tone-read": "#7fc8a9",
        "tone-write": "#e5b567",
        "tone-network": "#6cb2eb",
        "tone-file": "#9fb4d6",
        "tone-process": "#c59be0",
        "tone-error": "#f07f88",
        "tone-mark": "#ffcf5c",
        "block-cursor-background": "#2b3d57",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#232f42",
        "footer-key-foreground": "#e5b567",
    },
)
"""Calm colours on a dark ground."""

LIGHT: Final = Theme(
    name="hopscope-light",
    primary="#1f6fb2",
    secondary="#4a6285",
    accent="#96650a",
    success="#1d7a55",
    warning="#96580a",
    error="#b3303c",
    foreground="#1f2630",
    background="#fafaf7",
    surface="#f3f3ef",
    panel="#e6e7e3",
    dark=False,
    variables={
        "tone-quiet": "#727b87",
        "tone-wait": "#727b87",
        "tone-name": "#10151c",
        "tone-read": "#1d7a55",
        "tone-write": "#96650a",
        "tone-network": "#1f6fb2",
        "tone-file": "#4a6285",
        "tone-process": "#7c3fa3",
        "tone-error": "#b3303c",
        "tone-mark": "#b27600",
        "block-cursor-background": "#cfe0f2",
        "block-cursor-foreground": "#10151c",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e0e6ec",
        "footer-key-foreground": "#96650a",
    },
)
"""The same on a light ground."""

CONTRAST: Final = Theme(
    name="hopscope-contrast",
    primary="#8fd3ff",
    secondary="#c7d8ff",
    accent="#ffe066",
    success="#7dff9b",
    warning="#ffc04d",
    error="#ff9c9c",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    dark=True,
    variables={
        "tone-quiet": "#d0d0d0",
        "tone-wait": "#d0d0d0",
        "tone-name": "#ffffff",
        "tone-read": "#7dff9b",
        "tone-write": "#ffe066",
        "tone-network": "#8fd3ff",
        "tone-file": "#c7d8ff",
        "tone-process": "#f0b3ff",
        "tone-error": "#ff9c9c",
        "tone-mark": "#ffd400",
        "block-cursor-background": "#002b55",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#262626",
        "footer-key-foreground": "#ffe066",
    },
)
"""At least seven to one between every text and its ground, WCAG's enhanced contrast."""

THEMES: Final = (DARK, LIGHT, CONTRAST)
