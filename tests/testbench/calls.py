"""One call of our client for each method of the suite, by the suite's name of it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen
from groundwire_runtime.media import MediaUpload

PROJECT: Final = "project"
SMALL: Final = 100
LARGE: Final = 9 * 1024 * 1024
"""Bytes of an upload: the suite cuts one after 8 MiB."""
ACCOUNT: Final = "robot@project.iam.gserviceaccount.com"


@frozen(kw_only=True)
class Scene:
    """A client of storage.v1, the resources that a call may name, and whether the call sets its precondition."""

    client: Any
    storage: Any
    """The generated package."""
    precondition: bool
    bucket: str = "bucket"
    metageneration: int = 1
    object_name: str = "object"
    generation: int = 1
    size: int = 0
    """Bytes of the object."""
    notification: str = "1"
    key: str = "key"
    key_etag: str = "etag"
    policy_etag: bytes = b"etag"
    entity: str = "allUsers"

    def given(self, **precondition: object) -> dict[str, Any]:
        """Return the precondition, or nothing when the call sets none."""
        return precondition if self.precondition else {}


def _access(resource: str, kind: str, *, of_object: bool = False) -> dict[str, Callable[[Scene], object]]:
    """The six methods of an access control list."""

    def methods(s: Scene) -> tuple[Any, list[str]]:
        return getattr(s.client, resource), [s.bucket, s.object_name] if of_object else [s.bucket]

    def on_entity(name: str) -> Callable[[Scene], object]:
        def call(s: Scene) -> object:
            at, place = methods(s)
            return getattr(at, name)(*place, s.entity)

        return call

    def changing(name: str) -> Callable[[Scene], object]:
        def call(s: Scene) -> object:
            at, place = methods(s)
            entity = "allAuthenticatedUsers" if name == "insert" else s.entity
            body = getattr(s.storage, kind)(entity=entity, role="READER")
            return getattr(at, name)(*place, *([] if name == "insert" else [entity]), body)

        return call

    def listing(s: Scene) -> object:
        at, place = methods(s)
        return at.list(*place)

    return {
        "get": on_entity("get"),
        "delete": on_entity("delete"),
        "list": listing,
        **{name: changing(name) for name in ("insert", "patch", "update")},
    }


def _named(
    prefix: str, calls: Mapping[str, Callable[[Scene], object]]
) -> dict[str, Callable[[Scene], object]]:
    return {f"storage.{prefix}.{name}": call for name, call in calls.items()}


def _copy(s: Scene, name: str) -> object:
    call = getattr(s.client.objects, name)
    return call(
        s.bucket, s.object_name, s.bucket, "copy", s.storage.Object(), **s.given(if_generation_match=0)
    )


def _compose(s: Scene) -> object:
    request = s.storage.ComposeRequest(
        destination=s.storage.Object(content_type="text/plain"),
        source_objects=[s.storage.ComposeRequestSourceObjectsItem(name=s.object_name)],
    )
    return s.client.objects.compose(s.bucket, "composed", request, **s.given(if_generation_match=0))


def _set_policy(s: Scene) -> object:
    binding = s.storage.PolicyBindingsItem(role="roles/storage.objectViewer", members=["allUsers"])
    policy = s.storage.Policy(bindings=[binding], **s.given(etag=s.policy_etag))
    return s.client.buckets.set_iam_policy(s.bucket, policy)


def _change_bucket(s: Scene, name: str) -> object:
    body = s.storage.Bucket(name=s.bucket, labels={"a": "b"})
    match = s.given(if_metageneration_match=s.metageneration)
    return getattr(s.client.buckets, name)(s.bucket, body, **match)


def _change_object(s: Scene, name: str) -> object:
    body = s.storage.Object(name=s.object_name, bucket=s.bucket, metadata={"a": "b"})
    return getattr(s.client.objects, name)(
        s.bucket, s.object_name, body, **s.given(if_metageneration_match=1)
    )


def _insert(s: Scene, *, resumable: bool) -> object:
    media = MediaUpload(bytes(LARGE if resumable else SMALL), "application/octet-stream", resumable=resumable)
    stored = s.client.objects.insert(
        s.bucket, s.storage.Object(name="new"), media=media, **s.given(if_generation_match=0)
    )
    return stored.size


def _download(s: Scene) -> object:
    file = io.BytesIO()
    s.client.save(file, s.client.objects.get_media, s.bucket, s.object_name)
    return len(file.getvalue())


BUCKETS: Final[Mapping[str, Callable[[Scene], object]]] = {
    "delete": lambda s: s.client.buckets.delete(s.bucket),
    "get": lambda s: s.client.buckets.get(s.bucket),
    "getIamPolicy": lambda s: s.client.buckets.get_iam_policy(s.bucket),
    "insert": lambda s: s.client.buckets.insert(PROJECT, s.storage.Bucket(name=f"{s.bucket}-new")),
    "list": lambda s: list(s.client.buckets.list(PROJECT)),
    "lockRetentionPolicy": lambda s: s.client.buckets.lock_retention_policy(s.bucket, s.metageneration),
    "patch": lambda s: _change_bucket(s, "patch"),
    "setIamPolicy": _set_policy,
    "testIamPermissions": lambda s: s.client.buckets.test_iam_permissions(s.bucket, ["storage.buckets.get"]),
    "update": lambda s: _change_bucket(s, "update"),
}
HMAC_KEYS: Final[Mapping[str, Callable[[Scene], object]]] = {
    "create": lambda s: s.client.projects.hmac_keys.create(PROJECT, ACCOUNT),
    "delete": lambda s: s.client.projects.hmac_keys.delete(PROJECT, s.key),
    "get": lambda s: s.client.projects.hmac_keys.get(PROJECT, s.key),
    "list": lambda s: list(s.client.projects.hmac_keys.list(PROJECT)),
    "update": lambda s: s.client.projects.hmac_keys.update(
        PROJECT, s.key, s.storage.HmacKeyMetadata(state="INACTIVE", **s.given(etag=s.key_etag))
    ),
}
NOTIFICATIONS: Final[Mapping[str, Callable[[Scene], object]]] = {
    "delete": lambda s: s.client.notifications.delete(s.bucket, s.notification),
    "get": lambda s: s.client.notifications.get(s.bucket, s.notification),
    "insert": lambda s: s.client.notifications.insert(
        s.bucket, s.storage.Notification(topic="projects/p/topics/t", payload_format="JSON_API_V1")
    ),
    "list": lambda s: s.client.notifications.list(s.bucket),
}
OBJECTS: Final[Mapping[str, Callable[[Scene], object]]] = {
    "compose": _compose,
    "copy": lambda s: _copy(s, "copy"),
    "delete": lambda s: s.client.objects.delete(
        s.bucket, s.object_name, **s.given(if_generation_match=s.generation)
    ),
    "get": lambda s: s.client.objects.get(s.bucket, s.object_name),
    "insert": lambda s: _insert(s, resumable=False),
    "list": lambda s: list(s.client.objects.list(s.bucket)),
    "patch": lambda s: _change_object(s, "patch"),
    "rewrite": lambda s: _copy(s, "rewrite"),
    "update": lambda s: _change_object(s, "update"),
}
CALLS: Final[Mapping[str, Callable[[Scene], object]]] = {
    **_named("bucket_acl", _access("bucket_access_controls", "BucketAccessControl")),
    **_named("default_object_acl", _access("default_object_access_controls", "ObjectAccessControl")),
    **_named("object_acl", _access("object_access_controls", "ObjectAccessControl", of_object=True)),
    **_named("buckets", BUCKETS),
    **_named("hmacKey", HMAC_KEYS),
    **_named("notifications", NOTIFICATIONS),
    **_named("objects", OBJECTS),
    "storage.serviceaccount.get": lambda s: s.client.projects.service_account.get(PROJECT),
    "storage.resumable.upload": lambda s: _insert(s, resumable=True),
    "storage.objects.download": _download,
}
"""Every method of the suite, and every group of its methods that have a way of their own to call them."""
SIZES: Final = {"storage.objects.insert": SMALL, "storage.resumable.upload": LARGE}
"""The bytes of uploads, which their calls return, as a download returns those of its object."""
