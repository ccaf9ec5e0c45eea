#!/usr/bin/env python3
"""Runs slither on the contracts, and says which of its findings of high and medium impact slither.md does not explain, and which lines
of that explain nothing any more. Findings are told apart by what they say without line numbers.

    pip install slither-analyzer
    forge build src --build-info && python3 test/slither.py
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EXPLAINED = HERE / "slither.md"


def key(finding):
    lines = [re.sub(r" ?\(src/[^()]*\)", "", line).strip(" \t-:") for line in finding["description"].splitlines()]
    # What follows the first line of a reentrancy is a tour of the contract.
    count = 2 if finding["check"] in ("incorrect-equality", "divide-before-multiply") else 1
    return f"`{finding['check']}` `" + " → ".join(lines[:count]) + "`"


def main():
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        config = HERE / "slither.config.json"
        command = ["slither", ".", "--ignore-compile", "--config-file", str(config), "--json", str(report)]
        # It fails where it finds anything, too: whether it ran the report tells.
        ran = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=False)
        if not report.exists():
            print(ran.stderr, file=sys.stderr)
            return 2
        findings = json.loads(report.read_text())["results"].get("detectors", [])
    found = {key(each) for each in findings}
    explained = {line[2:].split("`: ", 1)[0] + "`" for line in EXPLAINED.read_text().splitlines() if line.startswith("- `")}
    for each in sorted(found - explained):
        print(f"not explained: {each}")
    for each in sorted(explained - found):
        print(f"found no more: {each}")
    print(f"{len(findings)} findings of high and medium impact, {len(found - explained)} not explained")
    return 1 if found != explained else 0


if __name__ == "__main__":
    sys.exit(main())
