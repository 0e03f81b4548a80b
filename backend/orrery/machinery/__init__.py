"""Kubernetes' own grammar: pure functions over plain JSON documents.

An object of the Kubernetes API is a ``dict`` as ``json.loads`` would give it. Nothing in this package waits,
keeps state between calls (but for caches of what never changes), reads a clock or knows of the simulation:
whoever needs the time passes ``now``. Stored documents are treated as immutable: every function that changes
something gives back a new document, which may share untouched parts with the old one.

==================  =======================================================================================
module              what it knows
==================  =======================================================================================
``resources``       the table of kinds that are served: names, verbs, subresources, keys in etcd
``wire``            requests, responses, ``Status`` objects and ``StatusError`` in Kubernetes' own words
``objects``         metadata, owners, conditions
``time``            RFC 3339 timestamps and durations as kubectl prints them
``quantity``        "100m", "1Gi": exact integers in and out
``selectors``       label selectors and node selectors: parse, format, match
``fields``          field selectors of each kind
``patch``           JSON patch, JSON merge patch, strategic merge patch
``schema``          field checks against the published schemas: unknown fields, types, required fields
``defaults``        the values that the API server fills in
``validation``      the semantic checks of each kind, answered as causes of an ``Invalid`` status
``tables``          printing on the server's side: what ``kubectl get`` shows
``discovery``       ``/api``, ``/apis``, ``/version`` in the old and the aggregated form
``openapi``         ``/openapi/v3``
``protobuf``        request bodies that real clients send as protobuf, turned into documents
``yaml``            loading of YAML and JSON text with the place named in every error
``bodies``          request bodies: from bytes and a media type to a document
``definitions``     the published schemas themselves, taken from ``kubernetes-validate`` by ``extract``
==================  =======================================================================================

To add a kind: one entry in ``resources``; then, where the kind needs them, one function each in ``defaults``,
``validation`` and ``tables``. Schemas, merge keys, discovery and OpenAPI follow by themselves.
"""
