"""Changes of the client itself: its address, what it holds, how it waits, its resources."""

from __future__ import annotations

from tests.codegen.diff.shop import SHOP

from .proof import GET, Proof, both, drop, named, put

WAIT = 'return client.wait(shop.Operation(name="jobs/1")).done'
PROGRESS = """
    said: list[str | None] = []

    def hear(progress: shop.Progress) -> None:
        said.append(progress.text)

    return client.wait(shop.Operation(name="jobs/1"), on_progress=hear).done
"""
NAME = {"type": "string", "location": "path", "required": True}

VAULT = {
    "methods": {
        "get": {
            **SHOP["resources"]["jobs"]["methods"]["get"],
            "id": "shop.vault.get",
            "path": "v1/vault/{+name}",
            "parameters": {"name": {**NAME, "pattern": "^boxes/[^/]+$"}},
        }
    }
}
DONE = {"name": "jobs/1", "done": True, "response": {}}

CLIENT_PROOFS = (
    Proof(rule="api.base-url", body=GET, edit=put("rootUrl", value="https://store.googleapis.com/")),
    Proof(
        rule="client.argument-added",
        body=GET,
        overlay=(("[client.shop]", "[client.store]\nfills = []\n\n[client.shop]"),),
    ),
    Proof(
        rule="client.argument-removed",
        body='return shop.Client(shop="s") is None',
        overlay=(('[client.shop]\nprefix = "shops/"\nfills = ["shop.orders.create:shop"]', ""),),
    ),
    Proof(
        rule="client.argument-prefix",
        body=GET,
        holds={"region": "eu"},
        overlay=(("[client.region]", '[client.region]\nprefix = "regions/"'),),
    ),
    Proof(rule="client.wait-added", body=GET, before=drop("resources", "jobs")),
    Proof(rule="client.wait-removed", body=WAIT, edit=drop("resources", "jobs"), answer=DONE, status=404),
    Proof(
        rule="client.wait-types",
        body=PROGRESS,
        overlay=(('operation_metadata = "Progress"', 'operation_metadata = "Coupon"'),),
        answer=DONE,
    ),
    Proof(
        rule="client.wait-poll",
        body=WAIT,
        before=put("resources", "vault", value=VAULT),
        edit=both(
            put("resources", "vault", value=VAULT),
            put("resources", "jobs", "methods", "get", "httpMethod", value="POST"),
        ),
        answer=DONE,
        status=404,
    ),
    Proof(rule="resource.name", body=GET, overlay=named("resource:orders", "purchases")),
)
