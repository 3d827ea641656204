"""Changes of parameters."""

from __future__ import annotations

from .proof import GET, INT32, INT64, ORDER, QUERY, Proof, both, drop, on, put

MOVE = 'return client.orders.move("orders/1", "shelves/2", 3).total'
SEARCH = "return [each.total for each in client.orders.search(shop.Search())]"
MARK = 'return client.orders.mark(shop.Mark(text="m"), tenant="t").total'


PARAMETER_PROOFS = (
    Proof(rule="parameter.added", body=GET, edit=put(*on("get", "parameters", "fields"), value=QUERY)),
    Proof(
        rule="parameter.added-required",
        body=GET,
        edit=put(*on("get", "parameters", "key"), value={**QUERY, "required": True}),
    ),
    Proof(
        rule="parameter.removed",
        body='return client.orders.get("orders/1", limit=3).total',
        edit=drop(*on("get", "parameters", "limit")),
        status=400,
    ),
    Proof(
        rule="parameter.place", body=GET, edit=put(*on("get", "parameters", "limit", "required"), value=True)
    ),
    Proof(
        rule="parameter.type",
        body='return client.orders.get("orders/1", limit=3).total',
        edit=put(*on("get", "parameters", "limit"), value=QUERY),
    ),
    Proof(
        rule="parameter.narrowed",
        body='return client.orders.get("orders/1", limit=9000000000).total',
        edit=put(
            *on(
                "get",
                "parameters",
                "limit",
            ),
            value={**INT32, "location": "query", "maximum": "10000000000"},
        ),
        status=400,
    ),
    Proof(
        rule="parameter.widened",
        body=MOVE,
        edit=put(*on("move", "parameters", "count"), value={**INT64, "location": "path", "required": True}),
    ),
    Proof(
        rule="parameter.value-added",
        body='return client.orders.get("orders/1", view="FULL").total',
        edit=put(*on("get", "parameters", "view", "enum"), value=["FULL", "BRIEF", "NONE"]),
    ),
    Proof(
        rule="parameter.value-removed",
        body='return client.orders.get("orders/1", view="BRIEF").total',
        edit=put(*on("get", "parameters", "view", "enum"), value=["FULL"]),
        status=400,
    ),
    Proof(
        rule="parameter.tightened",
        body='return client.orders.get("orders/1", limit=9).total',
        edit=put(*on("get", "parameters", "limit", "maximum"), value="8"),
    ),
    Proof(
        rule="parameter.loosened",
        body='return client.orders.get("orders/1", limit=9).total',
        edit=drop(*on("get", "parameters", "limit", "maximum")),
    ),
    Proof(
        rule="parameter.pattern",
        body=GET,
        edit=put(*on("get", "parameters", "name", "pattern"), value="^tickets/[^/]+$"),
        status=404,
    ),
    Proof(rule="parameter.pattern-dropped", body=GET, edit=drop(*on("get", "parameters", "name", "pattern"))),
    Proof(rule="parameter.prefix", body=ORDER, overlay=(('prefix = "shops/"\n', ""),)),
    Proof(
        rule="parameter.deprecated",
        body=GET,
        edit=put(*on("get", "parameters", "limit", "deprecated"), value=True),
    ),
    Proof(
        rule="parameter.added-held",
        body=GET,
        edit=put(*on("get", "parameters", "shop"), value={**QUERY, "required": True}),
        overlay=(('"shop.orders.create:shop"', '"shop.orders.create:shop", "shop.orders.get:shop"'),),
    ),
    Proof(
        rule="parameter.removed-token",
        body=SEARCH,
        edit=drop(*on("search", "parameters", "pageToken")),
        status=400,
    ),
    Proof(
        rule="parameter.name",
        body='return client.orders.get("orders/1", limit=3).total',
        overlay=(
            ('[methods."shop.orders.get"]', '[methods."shop.orders.get".parameters.limit]\nname = "most"'),
        ),
    ),
    Proof(
        rule="parameter.required",
        body=GET,
        edit=put(*on("get", "parameters", "region", "required"), value=True),
    ),
    Proof(
        rule="parameter.optional",
        body=MARK,
        edit=drop(*on("mark", "parameters", "tenant", "required")),
    ),
    Proof(
        rule="parameter.repeated",
        body='return client.orders.get("orders/1", region="eu").total',
        edit=put(*on("get", "parameters", "region", "repeated"), value=True),
    ),
    Proof(
        rule="parameter.pattern-unchecked",
        body=GET,
        edit=put(*on("get", "parameters", "name", "pattern"), value="^(orders/(1|1+)+)$"),
    ),
    Proof(
        rule="parameter.default", body=GET, edit=put(*on("get", "parameters", "limit", "default"), value="7")
    ),
    Proof(
        rule="parameter.form",
        body='return client.orders.get("orders/1", region="eu").total',
        edit=put(*on("get", "parameters", "region", "format"), value="date"),
    ),
    Proof(
        rule="parameter.location",
        body=MARK,
        edit=both(
            put(*on("mark", "path"), value="v1/mark/{tenant}"),
            put(*on("mark", "parameters", "tenant", "location"), value="path"),
        ),
        status=404,
    ),
    Proof(
        rule="parameter.held",
        body=GET,
        holds={"region": "eu"},
        overlay=(('["shop.orders.get:region"]', '[]\n\n[client.zone]\nfills = ["shop.orders.get:region"]'),),
    ),
    Proof(
        rule="parameter.held-required",
        body="return client.orders.mark(shop.Mark()).total",
        holds={"tenant": "t"},
        overlay=(
            ('["shop.orders.mark:tenant"]', '[]\n\n[client.zone]\nfills = ["shop.orders.mark:tenant"]'),
        ),
    ),
    Proof(
        rule="parameter.docs",
        body=GET,
        edit=put(*on("get", "parameters", "limit", "description"), value="At the most."),
    ),
)
