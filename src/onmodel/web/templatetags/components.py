"""Template tags for the components; a builtin of every template, so nothing has to be loaded.

A tag that takes a component made in the view prints it; a tag with words of its own makes it:

    {% status "open" of="signal" %}              {% figure 12.4 unit="points" n=57 low=10.1 high=14.7 %}
    {% show table %}                             any component, with the request (sorting, pages)
    {% field form.started %}  {% fields form %}  {{ value|number:1 }}  {{ value|unknown }}
    {% heading title crumbs=crumbs %} buttons {% endheading %}
    {% dialog "end" title=_("End treatment") open=_("End treatment") %} form {% enddialog %}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, Form
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from onmodel.packs.base import Text
from onmodel.web import components, icons, phone_numbers
from onmodel.web.forms import bound
from onmodel.wording import numbers

register = template.Library()


# --- words and numbers ---
@register.filter
def number(value: numbers.Number | None, digits: int | None = None) -> SafeString | str:
    """`{{ 12.5|number }}`: 12.5 or 12,5; `{{ 12|number:1 }}`: 12.0; None: unknown."""
    return numbers.unknown() if value in (None, "") else numbers.written(value, digits)


@register.filter
def unknown(value: Any, why: str = "") -> Any:
    """`{{ patient.sex|unknown:_("not asked") }}`: the value, or the word unknown for None and ""."""
    return numbers.unknown(why) if value is None or value == "" else value


@register.filter
def cell(value: Any) -> SafeString:
    """A value as a table's cell shows it."""
    return components.cell(value)


@register.filter
def in_language(text: Text | None) -> str:
    """`{{ instrument.title|in_language }}`: the words of a pack in the reader's language."""
    return text.in_(get_language() or "en") if text else ""


@register.filter
def get(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """`{{ given|get:item }}`: what stands under a key that is itself a variable; None for nothing."""
    return mapping.get(key) if mapping else None


@register.filter
def to_call(text: str) -> SafeString:
    """`{{ line|to_call }}`: with a link at each telephone number."""
    return phone_numbers.with_links(text)


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "check" %}`: one of `icons.ICONS`."""
    return icons.icon(name)


# --- components ---
@register.simple_tag(takes_context=True)
def show(context: Context, component: components.Component) -> SafeString:
    """`{% show table %}`: a component that the view made, rendered with the request."""
    return component.render(context.get("request"))


@register.simple_tag
def status(word: str, of: str | None = None, label: str = "") -> SafeString:
    """`{% status "met" %}`, `{% status signal.state of="signal" %}`."""
    return components.Status(word, of, label).render()


@register.simple_tag
def figure(
    value: numbers.Number | None,
    *,
    low: float | None = None,
    high: float | None = None,
    **named: Any,
) -> SafeString:
    """`{% figure score.value unit="points" n=57 low=10.1 high=14.7 %}`, else as `components.Figure`."""
    interval = None if low is None or high is None else (low, high)
    return components.Figure(value, interval=interval, **named).render()


@register.simple_tag
def empty_state(title: str, text: str = "", label: str = "", href: str = "") -> SafeString:
    """`{% empty_state _("No patients yet") _("Import a file.") label=_("Import") href=url %}`."""
    action = components.Link(label, href) if href else None
    return components.EmptyState(title, text, action).render()


@register.simple_tag
def progress(label: str, **named: Any) -> SafeString:
    """`{% progress _("Reading the file") value=40 poll=url %}`, else as `components.Progress`."""
    return components.Progress(label, **named).render()


@register.simple_tag
def sparkline(values: Sequence[float | None], label: str) -> SafeString:
    """`{% sparkline scores _("from 31 to 12 in 18 months") %}`."""
    return components.Sparkline(values, label).render()


@register.simple_tag(takes_context=True)
def facts(context: Context, facts: Sequence[components.Fact], large: bool = False) -> SafeString:
    """`{% facts key_facts %}`: a list of `components.Fact`; `large=True` for the figures of a page."""
    return components.Facts(facts, large).render(context.get("request"))


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[components.Tab], label: str) -> dict[str, Any]:
    """`{% tabs sections label=_("Parts of this programme") %}`: a list of `components.Tab`."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page, of: str = "") -> dict[str, Any]:
    """`{% pagination page %}`: links to earlier and later pages; keeps the order and the search."""
    paginator = page.paginator
    return {
        "page": page,
        "of": of,
        "labels": list(paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)),
        "ellipsis": paginator.ELLIPSIS,
        "request": context.get("request"),
    }


@register.inclusion_tag("components/simulated.html")
def simulated(simulated: bool = True, compact: bool = False) -> dict[str, Any]:
    """`{% simulated programme.simulated %}`: says that the data are simulated; nothing when they are not."""
    return {"simulated": simulated, "compact": compact}


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(context: Context, href: str, label: str) -> dict[str, Any]:
    """`{% url "home" as home %}{% nav_link home _("Home") %}`: marks where the reader is."""
    request: HttpRequest | None = context.get("request")
    path = request.path if request else ""
    return {"href": href, "label": label, "current": path == href or (href != "/" and path.startswith(href))}


# --- forms ---
@register.simple_tag
def field(field: BoundField, wide: bool = False) -> SafeString:
    """`{% field form.started %}`: label, help, control and error, tied together for screen readers."""
    return SafeString(render_to_string("components/field.html", bound(field, wide=wide)))


@register.inclusion_tag("components/fields.html")
def fields(form: Form) -> dict[str, Any]:
    """`{% fields form %}`: the errors in one list with links to them, then every field."""
    return {"form": form}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: Form) -> dict[str, Any]:
    """`{% error_summary form %}`: for pages that place the fields themselves."""
    return {"form": form}


# --- blocks ---
@register.simple_block_tag
def heading(
    content: str,
    title: str,
    *,
    crumbs: Sequence[tuple[str, str]] = (),
    kicker: str = "",
    lead: str = "",
) -> SafeString:
    """`{% heading patient.code crumbs=crumbs kicker=_("Patient") %} buttons {% endheading %}`.

    `crumbs` are (label, address) of the pages above this one.
    """
    context = {
        "title": title,
        "crumbs": crumbs,
        "kicker": kicker,
        "lead": lead,
        "actions": SafeString(content.strip()),
    }
    return SafeString(render_to_string("components/heading.html", context))


@register.simple_block_tag
def dialog(content: str, id: str, *, title: str, open: str, tone: str = "secondary") -> SafeString:
    """`{% dialog "end" title=_("End treatment") open=_("End ...") %} form {% enddialog %}`.

    A link opens it: with script as a modal that keeps the focus, without script in the page.
    """
    context = {"id": id, "title": title, "open": open, "tone": tone, "content": content}
    return SafeString(render_to_string("components/dialog.html", context))


@register.simple_block_tag
def panel(content: str, title: str = "", *, tone: str = "", id: str = "", level: int = 2) -> SafeString:
    """`{% panel _("Signals") %} ... {% endpanel %}`: a part of a page on a surface of its own."""
    context = {"content": content, "title": title, "tone": tone, "id": id, "level": level}
    return SafeString(render_to_string("components/panel.html", context))
