"""`python -m tests.audits.builds.shellcheck`: ShellCheck over the scripts of the workflows, as bash with -e and pipefail."""

from __future__ import annotations

import subprocess
import sys

from tests.audits.builds.workflow import FOLDER, read


def main() -> None:
    """Exit with 1 when a script is not clean."""
    bad = False
    for path in sorted(FOLDER.glob("*.yml")):
        for job in read(path)["jobs"].values():
            for step in job.get("steps", ()):
                if "run" in step:
                    script = f"#!/usr/bin/env bash\nset -eo pipefail\n{step['run']}"
                    command = ["shellcheck", "--shell=bash", "-"]
                    done = subprocess.run(command, input=script, text=True, check=False)  # noqa: S603 - our own
                    if done.returncode:
                        print(f"{path.name}: {step.get('name', 'a step')}")
                        bad = True
    sys.exit(bad)


if __name__ == "__main__":
    main()
