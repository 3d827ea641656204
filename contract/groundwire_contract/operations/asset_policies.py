"""The assets methods of Identity and Access Management: policies, and permissions."""

from __future__ import annotations

import base64
import hashlib
import json

from attrs import evolve

from ..assets.names import asset_name
from ..exchange import JsonObject
from ..rules.asset_refusals import asset_not_found
from ..rules.error_bodies import Refusal
from .call import Answer, Call, Context


def get_policy(call: Call, context: Context) -> Answer:
    """Return the policy of an asset; without bindings if nobody has set one."""
    name = asset_name(call.variables["resource"])
    asset = context.catalog.get(name)
    return asset_not_found(name) if asset is None else _with_etag(dict(asset.policy or {}))


def set_policy(call: Call, context: Context) -> Answer:
    """Replace the policy of an asset."""
    name = asset_name(call.variables["resource"])
    asset, sent = context.catalog.get(name), call.body.get("policy")
    if asset is None:
        return asset_not_found(name)
    policy = dict(sent) if isinstance(sent, dict) else {}
    etag = policy.pop("etag", None)
    stale = etag not in (None, "", _etag(dict(asset.policy or {})))
    if stale and "policy-etag" not in context.relaxed:
        return Refusal(
            rule="policy-etag",
            code=409,
            message="There were concurrent policy changes. Please retry the whole read-modify-write with "
            "exponential backoff.",
        )
    context.catalog.put(evolve(asset, policy=policy))
    return _with_etag(policy)


def granted_permissions(call: Call, context: Context) -> Answer:
    """Return the permissions that were asked for: this server lets in whoever may call it. None without the asset."""
    asset, asked = context.catalog.get(asset_name(call.variables["resource"])), call.body.get("permissions")
    return {"permissions": list(asked)} if asset is not None and isinstance(asked, list) else {}


def _with_etag(policy: JsonObject) -> JsonObject:
    return {**policy, "etag": _etag(policy)}


def _etag(policy: JsonObject) -> str:
    digest = hashlib.sha256(json.dumps(policy, sort_keys=True).encode()).digest()
    return base64.b64encode(digest[:8]).decode("ascii")
