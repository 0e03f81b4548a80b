"""What a person pastes, and the gateway's credentials."""

import ssl
from pathlib import Path

import pytest
import yaml
from cryptography import x509

from orrery.web.documents import PasteError, read_documents
from orrery.web.kubeconfig import kubeconfig
from orrery.web.pki import credentials

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n"


def test_several_documents_and_lists_are_opened() -> None:
    text = POD + "---\n" + '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Pod", ' \
        '"metadata": {"name": "b"}}]}'
    assert [document["metadata"]["name"] for document in read_documents(text)] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "nothing to apply"),
        ("a: [1", "line"),
        ("- 1\n- 2", "document 1 is not an object"),
        ("kind: Pod\nmetadata: {name: a}", "document 1 has no apiVersion"),
        (POD + "---\napiVersion: v1\nkind: Pod\nmetadata: {}", r"document 2 \(Pod\) has no metadata.name"),
        ("---\n".join([POD] * 101), "at most 100"),
    ],
)
def test_a_bad_paste_is_refused_in_a_sentence_that_names_the_place(text: str, sentence: str) -> None:
    with pytest.raises(PasteError, match=sentence):
        read_documents(text)


def test_credentials_stay_the_same_and_are_renewed_only_for_new_names(tmp_path: Path) -> None:
    first = credentials(tmp_path / "state", ["localhost", "127.0.0.1"])
    certificate = first.certificate_file.read_bytes()
    again = credentials(tmp_path / "state", ["127.0.0.1"])
    assert (again.token, again.ca_pem, again.certificate_file.read_bytes()) == (first.token, first.ca_pem, certificate)
    wider = credentials(tmp_path / "state", ["localhost", "example.org"])
    assert wider.certificate_file.read_bytes() != certificate and wider.ca_pem == first.ca_pem
    names = x509.load_pem_x509_certificate(wider.certificate_file.read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert names.value.get_values_for_type(x509.DNSName) == ["localhost", "example.org"]


def test_only_the_owner_may_read_what_is_secret(tmp_path: Path) -> None:
    credentials(tmp_path / "state", ["localhost"])
    for name in ("ca.key", "server.key", "token"):
        assert (tmp_path / "state" / name).stat().st_mode & 0o077 == 0


def test_the_certificate_is_good_for_a_client_that_trusts_our_authority(tmp_path: Path) -> None:
    made = credentials(tmp_path, ["localhost"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate_file, made.key_file)
    trusting = ssl.create_default_context(cadata=made.ca_pem.decode())
    incoming, outgoing, back, forth = (ssl.MemoryBIO() for _ in range(4))
    server = context.wrap_bio(incoming, outgoing, server_side=True)
    client = trusting.wrap_bio(back, forth, server_hostname="localhost")
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                pass
            incoming.write(forth.read())
            back.write(outgoing.read())
    assert client.version() == "TLSv1.3"


def test_the_kubeconfig_holds_address_authority_and_token(tmp_path: Path) -> None:
    made = credentials(tmp_path, ["localhost"])
    document = yaml.safe_load(kubeconfig("https://127.0.0.1:6443", made))
    assert document["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:6443"
    assert document["users"][0]["user"] == {"token": made.token}
    assert document["current-context"] == document["contexts"][0]["name"]
