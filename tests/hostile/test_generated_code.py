"""The judge of generated code finds calls that no harmless client makes."""

from __future__ import annotations

import pytest

from tests.codegen.packages import ROOT
from tests.hostile.generated_code import code_faults, read


def test_the_real_client_has_no_fault() -> None:
    assert code_faults(read(ROOT / "generated" / "groundwire")) == []


@pytest.mark.parametrize(
    "code",
    ["messages.system('x')", "super().mro()", "CODECS.anything()", "Client.x()", "messages.os.system('x')"],
)
def test_a_call_that_no_client_makes_is_a_fault(code: str) -> None:
    files = read(ROOT / "generated" / "groundwire")
    assert code_faults(files | {"client.py": f"{files['client.py']}\n\n{code}\n"})
