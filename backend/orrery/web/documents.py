"""What a person pastes, as documents: YAML or JSON, several in one text too, each checked to be an object with a kind
and a name. What is wrong is said in one sentence that names the place."""

from typing import Any

from orrery.machinery.yaml import parse_yaml

DOCUMENTS_MOST = 100


class PasteError(ValueError):
    """What is wrong with a pasted text; `field` names the place."""

    def __init__(self, message: str, field: str = "text") -> None:
        super().__init__(message)
        self.field = field


def read_documents(text: str) -> list[dict[str, Any]]:
    """The documents of a text, Lists opened. Raises PasteError."""
    try:
        loaded = parse_yaml(text)
    except ValueError as error:
        raise PasteError(str(error)) from None
    documents: list[dict[str, Any]] = []
    for index, document in enumerate(loaded, start=1):
        place = f"document {index}"
        if not isinstance(document, dict):
            raise PasteError(f"{place} is not an object: it must have apiVersion, kind and metadata", place)
        if str(document.get("kind", "")).endswith("List") and isinstance(document.get("items"), list):
            documents += [item for item in document["items"] if isinstance(item, dict)]
        else:
            documents.append(document)
    if not documents:
        raise PasteError("there is nothing to apply: paste an object with apiVersion, kind and metadata")
    if len(documents) > DOCUMENTS_MOST:
        raise PasteError(f"that is {len(documents)} objects; at most {DOCUMENTS_MOST} are applied at once")
    for index, document in enumerate(documents, start=1):
        _check(document, f"document {index}")
    return documents


def _check(document: dict[str, Any], place: str) -> None:
    for key in ("apiVersion", "kind"):
        if not isinstance(document.get(key), str) or not document[key]:
            raise PasteError(f"{place} has no {key}", f"{place}: {key}")
    metadata = document.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str) or not metadata["name"]:
        raise PasteError(f"{place} ({document['kind']}) has no metadata.name", f"{place}: metadata.name")
