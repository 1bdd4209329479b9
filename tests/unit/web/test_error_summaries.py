"""Of a form that was refused, what is to be corrected is said once."""

import re
from pathlib import Path

import onmodel.web

TEMPLATES = Path(onmodel.web.__file__).parent / "templates"


def test_no_template_says_the_errors_of_a_form_twice() -> None:
    """`fields` begins with the summary already."""
    for path in TEMPLATES.rglob("*.html"):
        source = path.read_text()
        for form in re.findall(r"{% fields ([\w.]+)", source):
            twice = f"{{% if {form}.errors %}}{{% error_summary {form} %}}"
            assert twice not in re.sub(r"%}\s+{%", "%}{%", source), (path.name, form)
