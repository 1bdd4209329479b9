"""Reports as records, small and quick: a few figures, no paper."""

from __future__ import annotations

import datetime
import hashlib

from django.utils import timezone

from onmodel.pirs.models import DraftValue, KeptFile, Pir, Reader, Signature
from onmodel.reports.actions import as_json
from onmodel.reports.document import Basis, Facts, Figure, Notes, Report, Section, Table

START, END = datetime.date(2025, 1, 1), datetime.date(2025, 6, 30)
BASIS = Basis(rule="count", version="", data="records as of 30 June 2025")


def small_report(programme, language: str = "en", met: int = 12, start=START, end=END) -> Report:
    """Two sections of the template with a fact, a sentence and a table."""
    brief = Section(
        id="brief",
        title="In brief" if language == "en" else "In het kort",
        intro="",
        blocks=(
            Facts(facts=(("requirements met", Figure(value=met, n=20, basis=BASIS)),)),
            Notes(items=(f"Of 20 requirements {met} are met.",), bases=(BASIS,)),
        ),
    )
    signs = Section(
        id="indicators",
        title="Signs of trouble",
        intro="",
        blocks=(
            Table(
                title="Signs of trouble",
                columns=("Sign", "This period"),
                rows=(("Turnover", Figure(value=10.0, unit="%", n=20, lower=2.0, upper=30.0)),),
            ),
        ),
    )
    return Report(
        title="Programme implementation report",
        programme=programme.name,
        organisation=programme.organisation.name,
        format="",
        start=start,
        end=end,
        pack="mbt",
        pack_version="1.0.0",
        template_version="1.0.0",
        language=language,
        simulated=programme.is_simulated,
        nominal_dates=False,
        sections=(brief, signs),
    )


def drafted_pir(programme, by, *, start=START, end=END, met: int = 12) -> Pir:
    pir = Pir.objects.create(
        programme=programme,
        start=start,
        end=end,
        drafted_by=by,
        pack="mbt",
        pack_version="1.0.0",
        template_version="1.0.0",
    )
    DraftValue.objects.bulk_create(
        DraftValue(
            pir=pir,
            language=language,
            reader=reader,
            content=content.decode(),
            digest=hashlib.sha256(content).hexdigest(),
        )
        for language in ("en", "nl")
        for reader in Reader.values
        for content in [as_json(small_report(programme, language, met, start, end))]
    )
    return pir


def frozen_pir(
    programme, supervisor, manager, *, at: datetime.datetime | None = None, recommends: str = "", **days
) -> Pir:
    """As if both had signed; its files are of JSON alone."""
    pir = drafted_pir(programme, supervisor, **days)
    if recommends:
        pir.recommendations.create(
            what=recommends, owner=manager, due_on=pir.end + datetime.timedelta(days=90), made_by=manager
        )
    for side, by in (("supervisor", supervisor), ("manager", manager)):
        Signature.objects.create(pir=pir, side=side, by=by, digest="0" * 64)
    return frozen_now(pir, at)


def frozen_now(pir: Pir, at: datetime.datetime | None = None) -> Pir:
    KeptFile.objects.bulk_create(
        KeptFile(
            pir=pir,
            language=value.language,
            reader=value.reader,
            kind="json",
            content=value.content.encode(),
            digest=value.digest,
        )
        for value in pir.drafts.all()
    )
    pir.frozen_at = at or timezone.now()
    pir.save()
    return pir
