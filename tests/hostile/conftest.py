"""What these tests share with those of the generator."""

from tests.codegen.conftest import load as load
from tests.codegen.conftest import nothing_runs as nothing_runs
