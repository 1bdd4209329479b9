"""The file of a contract with a partner: kept, shown with day and name, handed out as it was."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from onmodel.agreements.actions import keep_contract
from onmodel.agreements.models import ContractFile
from onmodel.audit.models import Event
from onmodel.programmes.files import MOST_BYTES
from tests.projects import arranged, contract_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 agreed"


def sent(client, cast, content: bytes):
    address = reverse("partner-contract", args=[cast.programme.slug, arranged(cast).pk])
    return client.post(address, {"contract-file": SimpleUploadedFile("contract.pdf", content)})


def test_a_contract_is_kept_shown_and_handed_out(cast, client):
    client.force_login(cast.manager)
    assert sent(client, cast, PDF).status_code == 302
    (file,) = ContractFile.objects.all()
    page = client.get(reverse("partner", args=[cast.programme.slug, arranged(cast).pk])).content.decode()
    download = reverse("partner-contract-file", args=[cast.programme.slug, file.pk])
    assert download in page
    assert cast.manager.name in page
    answer = client.get(download)
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment")
    assert Event.objects.get(verb="contract taken").by == cast.manager


def test_the_same_file_twice_counts_once_and_another_leaves_the_first(cast):
    first = contract_of(cast)
    assert contract_of(cast) == first
    later = keep_contract(arrangement=arranged(cast), file=b"%PDF-1.7 renewed", by=cast.manager)
    assert list(arranged(cast).files.all()) == [later, first]
    assert Event.objects.filter(verb="contract kept").count() == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"MZ", "no PDF, PNG or JPEG"), (PDF.ljust(MOST_BYTES + 1), "at most 3 MB"), (b"", "empty")],
)
def test_a_wrong_file_is_refused_in_words(cast, client, content, said):
    client.force_login(cast.manager)
    answer = sent(client, cast, content)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ContractFile.objects.exists()


def test_without_a_file_nothing_is_kept(cast):
    with pytest.raises(ValidationError, match="no PDF"):
        keep_contract(arrangement=arranged(cast), file=b"", by=cast.manager)


def test_a_file_that_is_not_as_it_was_kept_is_not_handed_out(cast, client):
    client.force_login(cast.therapist)
    file = contract_of(cast)
    ContractFile.objects.update(content=b"%PDF-1.7 another")
    answer = client.get(reverse("partner-contract-file", args=[cast.programme.slug, file.pk]))
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("partner", args=[cast.programme.slug, file.arrangement_id]),
    )
    assert not Event.objects.filter(verb="contract taken").exists()
