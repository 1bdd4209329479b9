"""Collect every translatable text of the source into the Dutch catalogue, and say what is not translated.

`python tools/extract_messages.py` rewrites `locale/nl/LC_MESSAGES/django.po`, sorted, translations
kept; with `--check` it writes nothing and fails when a text is missing from it or has no translation.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(__file__).parent.parent / "src" / "onmodel"
CATALOGUE = SOURCE / "locale" / "nl" / "LC_MESSAGES" / "django.po"
ONE, PLURAL, CONTEXT = None, (1, 2), ((1, "c"), 2)
KEYWORDS = {
    **dict.fromkeys(("_", "_lazy", "gettext", "gettext_lazy", "gettext_noop"), ONE),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT),
}


def sources() -> Iterator[tuple[Path, str]]:
    """Each module, and each template as the Python that Django reads its texts from."""
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.read_text(encoding="utf-8")
    for path in sorted(SOURCE.rglob("*.html")):
        lines = templatize(path.read_text(encoding="utf-8")).splitlines()
        yield path, "\n".join(line.strip() for line in lines)  # it is Python but for its indents


def collect() -> Catalog:
    """Every text once, with the files that use it."""
    catalog = Catalog(locale="nl", project="OnModel", charset="utf-8")
    for path, text in sources():
        for _, function, found, _comments in extract_python(BytesIO(text.encode()), KEYWORDS, [], {}):
            context, message = split(function, found)
            if message and message != ("",):
                place = (path.relative_to(SOURCE).as_posix(), 0)
                catalog.add(message, context=context, locations=[place])
    return catalog


def split(function: str, found: object) -> tuple[str | None, object]:
    """Context and message (a pair for singular and plural) of one call."""
    parts = found if isinstance(found, tuple) else (found,)
    if not all(isinstance(part, str) for part in parts[:2]):
        return None, None
    if KEYWORDS[function] is CONTEXT:
        return parts[0], parts[1]
    return None, parts[:2] if KEYWORDS[function] is PLURAL else parts[0]


def untranslated(catalog: Catalog, wanted: Catalog) -> list[str]:
    """The texts of the source that the catalogue lacks or leaves empty."""
    known = {(m.context, m.id): m for m in catalog if m.id and not m.fuzzy}
    missing = []
    for message in wanted:
        if not message.id:
            continue
        kept = known.get((message.context, message.id))
        if kept is None or not kept.string or (isinstance(kept.string, tuple) and not all(kept.string)):
            missing.append(str(message.id))
    return missing


def main() -> None:
    settings.configure(USE_I18N=True)
    wanted = collect()
    catalog = Catalog(locale="nl")
    if CATALOGUE.exists():
        with CATALOGUE.open("rb") as file:
            catalog = read_po(file, locale="nl")
    if "--check" not in sys.argv:
        catalog.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        with CATALOGUE.open("wb") as file:
            write_po(file, catalog, width=100, sort_output=True, omit_header=False, include_lineno=False)
    missing = untranslated(catalog, wanted)
    print("\n".join(f"not translated: {text}" for text in missing))
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
