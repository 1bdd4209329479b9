"""Django's form fields as the component `field` shows them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField

#: Widget -> its class in the style sheet; the first that fits counts.
CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.RadioSelect, "form-check-input"),
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)


class DateInput(forms.DateInput):
    """A date with the browser's own calendar; ISO on the wire, shown as the browser's language has it."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


def layout(widget: forms.Widget) -> str:
    """How label and control stand to each other: a group of choices, a box with its label, or stacked."""
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "box" if isinstance(widget, forms.CheckboxInput) else "stacked"


def control(field: BoundField) -> str:
    """The control with our class, its error marked and tied to it."""
    widget = field.field.widget
    class_ = next(name for kind, name in CLASSES if isinstance(widget, kind))
    own = widget.attrs.get("class", "")
    attrs = {"class": f"{own} {class_}{' is-invalid' if field.errors else ''}".strip()}
    if described := described_by(field):
        attrs["aria-describedby"] = described
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


def described_by(field: BoundField) -> str:
    """The ids of help and error, in the order in which they stand above the control."""
    parts = [(field.help_text, "helptext"), (field.errors, "error")]
    return " ".join(f"{field.auto_id}_{name}" for present, name in parts if present)


def bound(field: BoundField, *, wide: bool = False) -> dict[str, Any]:
    """The context of `components/field.html`."""
    shape = layout(field.field.widget)
    return {
        "field": field,
        "layout": shape,
        "described": described_by(field) if shape == "choices" else "",
        "control": "" if shape == "choices" else control(field),
        "optional": not field.field.required and shape == "stacked",
        "wide": wide or isinstance(field.field.widget, forms.Textarea | forms.FileInput),
    }
