#!/usr/bin/env python3
"""Changes one thing at a time in the contracts, and says which changes no test notices. The sample is drawn by a seed from every change
that the operators below can make; a change that does not compile is replaced by the next one drawn. The sums' invariants and the gas
snapshots are left out: what is killed here is killed by ordinary tests. They run without the optimizer, which saves half of the time;
those that fail so, since they count gas, run with it on what survived the others. Survivors that mutants.md explains survive all the
same, and are counted so.

    test/mutants.py --seed 1 --size 200
    test/mutants.py --part market --seed 1 --size 60
    test/mutants.py --only 'src/token/Theta.sol:31'
"""

import argparse
import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
CONTRACTS = HERE.parent
FORGE = CONTRACTS / "node_modules/@foundry-rs/forge-linux-amd64/bin/forge"
EXPLAINED = HERE / "mutants.md"


@dataclass(frozen=True)
class Part:
    """Of the contracts: which files are changed, and whose tests are not asked, since they meet none of these."""

    folders: tuple
    but: tuple
    never: str

    def files(self):
        """Below the contracts."""
        found = (path for folder in self.folders for path in sorted((CONTRACTS / "src").glob(folder if "." in folder else f"{folder}/*.sol")))
        names = (str(path.relative_to(CONTRACTS)) for path in found)
        return [name for name in names if not name.endswith(self.but)]


# Types that only the market uses are its own.
MARKET_TYPES = tuple(f"types/{name}.sol" for name in ("Bid", "Keystream", "Ladder", "Manifest", "PackedPair", "Requirements", "Subtree"))
# And those that only tokens and their trade use.
NFT_TYPES = tuple(f"types/{name}.sol" for name in ("Progress", "Purchase", "Structs", "Tiers", "Typed"))
# Sums and gas are never asked.
PARTS = {
    "institutions": Part(
        ("bls", "chain", "checkpoint", "governance", "rewards", "staking", "token", "types"),
        (*MARKET_TYPES, *NFT_TYPES, "types/Predeploys.sol"),
        "GasTest|SumsTest|^Disputes|^JobMarket|^ModelRegistry|^Subtree",
    ),
    "market": Part(
        ("jobs", "market", "payments", *MARKET_TYPES),
        (),
        "GasTest|SumsTest|^Bls|^Checkpoints|^Committee|^EdgeRewards|^Emission|^Epochs|^Equivocation|^G1|^Gov|^Identity|^Pool|^Rewards"
        "|^Schedule|^Staking|^Theta|^Wtfuel",
    ),
    "nft": Part(
        ("nft", *NFT_TYPES),
        (),
        "GasTest|SumsTest|^Attested|^Auctions|^Audits|^Bls|^Checkpoints|^Committee|^Deliveries|^Disput|^Edge|^Emission|^Epochs|^Equivocation|^G1|^Gov|^Identity"
        "|^Inference|^JobMarket|^Kinds|^Leases|^Model|^PaymentPool|^Pool|^Possession|^Profiles|^Rewards|^Sealed|^Schedule|^Staking|^Subtree|^Theta|^Till|^Wtfuel",
    ),
}
# Whose tests come first, since they notice most.
NEAR = {
    "AuctionHouse": "^AuctionHouse",
    "Checkout": "^Exchange|^AuctionHouse|^Rentals|^Drops",
    "Collection": "^Collection",
    "Consents": "^Exchange",
    "Creation": "^Collection|^Editions",
    "Drops": "^Drops",
    "Editions": "^Editions",
    "Exchange": "^Exchange",
    "Items": "^Exchange",
    "MediaGate": "^MediaGate",
    "Metadata": "^Collection|^Editions",
    "NftFactory": "^NftFactory",
    "Orders": "^Exchange",
    "Packs": "^Packs",
    "Phases": "^Drops|^Packs",
    "Progress": "^Packs",
    "Purchase": "^Packs",
    "Rentals": "^Rentals",
    "Structs": "^Exchange",
    "Tiers": "^Packs",
    "Typed": "^MediaGate|^Exchange|^Collection",
    "Bls": "^Bls|^Identity|^Committee(Enter|Judge)",
    "KeyRegistry": "^Identity|^Bls|^Committee(Enter|Judge)|^StakingGuardians",
    "Committee": "^Committee|^Epochs",
    "Checkpoints": "^Checkpoints",
    "Governor": "^Gov",
    "Timelock": "^Gov",
    "Parameters": "^Gov",
    "Upgrades": "^Gov",
    "EdgeRewards": "^EdgeRewards",
    "Rounds": "^EdgeRewards",
    "Emission": "^Emission",
    "Schedule": "^Emission",
    "Rewards": "^Rewards",
    "EdgeStaking": "^EdgeStaking|^Identity",
    "Epochs": "^Epochs",
    "Equivocation": "^Equivocation|^Committee(Convict|Report)",
    "Identity": "^Identity|^Committee(Enter|Judge)",
    "G1": "^Identity|^Bls|^Committee(Enter|Judge)",
    "Nodes": "^Staking|^Committee(Enter|Elect)",
    "StakeBook": "^Staking|^EdgeStaking",
    "Staking": "^Staking|^Committee(Elect|Convict)",
    "Pool": "^Pool|^Staking|^EdgeStaking",
    "Sets": "^Staking|^EdgeStaking",
    "Theta": "^Theta|^GovVote",
    "Wtfuel": "^Wtfuel",
    "Audits": "^Audits",
    "Credits": "^JobMarket|^Leases",
    "Disputes": "^Disputes",
    "Docket": "^Disputes",
    "Draw": "^Audits",
    "Evidence": "^Disputes",
    "JobMarket": "^JobMarket",
    "ModelRegistry": "^ModelRegistry",
    "Manifest": "^ModelRegistry",
    "Attested": "^Attested",
    "Auctions": "^Auctions",
    "Bid": "^Auctions",
    "Ladder": "^Auctions",
    "Ciphertext": "^Sealed",
    "Keystream": "^Sealed",
    "Sealed": "^Sealed",
    "Disputable": "^Disputable",
    "Inference": "^Inference|^JobMarket",
    "Kinds": "^Kinds|^JobMarket",
    "Leases": "^Leases",
    "Possession": "^Possession",
    "Profiles": "^Profiles",
    "Requirements": "^Profiles|^JobMarketTake",
    "Subtree": "^Subtree|^Disputes",
    "Till": "^Till|^Leases|^JobMarket(Post|Take|Settle)",
    "Deliveries": "^Deliveries",
    "Overspend": "^PaymentPoolOverspend",
    "PackedPair": "^PaymentPool",
    "PaymentPool": "^PaymentPool",
    "Reserves": "^PaymentPoolReserves",
    "Splits": "^PaymentPoolSplits",
    "Tills": "^PaymentPool",
    "Vouchers": "^PaymentPool",
}
UNDER_TEST_MOST_S = 400

SWAPS = {
    "<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "==": ("!=",), "!=": ("==",),
    "+": ("-",), "-": ("+",), "*": ("/",), "/": ("*",), "%": ("*",), "<<": (">>",), ">>": ("<<",),
    "&": ("|",), "|": ("&",), "^": ("|",), "&&": ("||",), "||": ("&&",), "**": ("*",),
    "=": (), "+=": ("-=", "="), "-=": ("+=", "="), "*=": ("/=",), "/=": ("*=",), "|=": ("&=", "="), "&=": ("|=", "="),
    "^=": ("|=",), ">>=": ("<<=",), "<<=": (">>=",),
}  # fmt: skip

# Forge asks for every contract's interface at each start, which takes it longer than most tests. No mutant has another interface: the
# first answer serves for all.
ONCE = """#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const args = process.argv.slice(2);
const asked = args.includes("--standard-json") ? readFileSync(0, "utf8") : "{}";
const { sources = {}, settings } = JSON.parse(asked);
const code = !settings || JSON.stringify(settings.outputSelection).includes("evm");
const kept = `interfaces-${createHash("sha256").update(Object.keys(sources).sort().join()).digest("hex")}.json`;
if (!code && existsSync(kept)) {
  process.stdout.write(readFileSync(kept));
} else {
  const options = { input: asked, maxBuffer: 2 ** 30, stdio: ["pipe", "pipe", "inherit"] };
  const ran = spawnSync("node", ["solc.mjs", ...args], options);
  const wrong = () => JSON.parse(ran.stdout).errors?.some((each) => each.severity === "error");
  if (!code && !wrong()) writeFileSync(kept, ran.stdout);
  process.stdout.write(ran.stdout);
  process.exitCode = ran.status;
}
"""


@dataclass(frozen=True)
class Mutant:
    path: str
    start: int
    end: int
    new: str
    line: int
    before: str
    after: str

    def key(self):
        return f"`{self.path}` `{self.before}` → `{self.after}`"

    def __str__(self):
        return f"{self.path}:{self.line}\n  - {self.before}\n  + {self.after}"


def syntax_trees(paths):
    """Of these files, by solc."""
    question = {
        "language": "Solidity",
        "sources": {path: {"content": (CONTRACTS / path).read_text()} for path in paths},
        "settings": {
            "remappings": ["@openzeppelin/=node_modules/@openzeppelin/", "solady/=node_modules/solady/src/"],
            "evmVersion": "osaka",
            "outputSelection": {"*": {"": ["ast"]}},
        },
    }
    ran = subprocess.run(
        ["node", "solc.mjs", "--standard-json"], cwd=CONTRACTS, input=json.dumps(question), capture_output=True, text=True, check=True
    )
    sources = json.loads(ran.stdout)["sources"]
    return {path: sources[path]["ast"] for path in paths}


def nodes(tree, parent=None):
    """Every node of a tree with its parent; none of assembly."""
    if isinstance(tree, dict):
        if tree.get("nodeType") == "InlineAssembly":
            return
        if "nodeType" in tree:
            yield tree, parent
            parent = tree
        for value in tree.values():
            yield from nodes(value, parent)
    elif isinstance(tree, list):
        for value in tree:
            yield from nodes(value, parent)


def span(node):
    start, length, _ = map(int, node["src"].split(":"))
    return start, start + length


def changes(node, source):
    """What can be changed at a node: (start, end, what comes there)."""
    kind, (start, end) = node["nodeType"], span(node)
    text = source[start:end].decode()
    if kind in ("BinaryOperation", "Assignment"):
        sides = ("leftExpression", "rightExpression") if kind == "BinaryOperation" else ("leftHandSide", "rightHandSide")
        between = (span(node[sides[0]])[1], span(node[sides[1]])[0])
        at = source.index(node["operator"].encode(), *between)
        for new in SWAPS[node["operator"]]:
            yield at, at + len(node["operator"]), new
    elif kind in ("IfStatement", "Conditional"):
        inner = span(node["condition"])
        yield *inner, f"!({source[slice(*inner)].decode()})"
    elif kind in ("ExpressionStatement", "EmitStatement", "RevertStatement", "Return", "Break", "Continue"):
        # A statement's semicolon is no part of it.
        yield start, source.index(b";", end - 1) + 1, "{}"
    elif kind == "ModifierInvocation" and node.get("kind") == "modifierInvocation":
        yield start, end, ""
    elif kind == "UnaryOperation" and node["operator"] == "!":
        yield start, end, text.removeprefix("!")
    elif kind == "UnaryOperation" and node["operator"] in ("++", "--"):
        yield start, end, text.replace("++", "@@").replace("--", "++").replace("@@", "--")
    elif kind == "Literal" and node["kind"] == "bool":
        yield start, end, {"true": "false", "false": "true"}[text]
    elif kind == "Literal" and node["kind"] == "number" and len(text) < 42:
        yield start, end, f"({text} + 1)"
        if text != "0":
            yield start, end, f"({text} - 1)"


def mutants(part):
    for path, tree in syntax_trees(part.files()).items():
        source = (CONTRACTS / path).read_bytes()
        for node, _ in nodes(tree):
            for start, end, new in changes(node, source):
                line_start = source.rfind(b"\n", 0, start) + 1
                line_end = source.index(b"\n", end)
                before = " ".join(source[line_start:line_end].decode().split())
                after = " ".join((source[line_start:start] + new.encode() + source[end:line_end]).decode().split())
                yield Mutant(path, start, end, new, source.count(b"\n", 0, start) + 1, before, after)


class Bench:
    """A copy of the contracts in which tests are not compiled again when what they test changes."""

    def __init__(self, folder, fuzz_runs, optimizer):
        self.folder = pathlib.Path(folder)
        self.fuzz_runs = fuzz_runs
        for part in ("src", "test"):
            shutil.copytree(CONTRACTS / part, self.folder / part, ignore=shutil.ignore_patterns("node_modules"))
        for path in (self.folder / "test").glob("*Gas*.t.sol"):
            path.unlink()
        for file in ("solc.mjs", "package.json"):
            shutil.copy(CONTRACTS / file, self.folder / file)
        once = self.folder / "once.mjs"
        once.write_text(ONCE)
        once.chmod(0o755)
        (self.folder / "node_modules").symlink_to(CONTRACTS / "node_modules")
        settings = (CONTRACTS / "foundry.toml").read_text()
        for old, new in (
            ('deny = "warnings"', 'deny = "never"\ndynamic_test_linking = true'),
            ("optimizer = true", f"optimizer = {str(optimizer).lower()}"),
            ('solc = "./solc.mjs"', 'solc = "./once.mjs"'),
            ("[lint]", "[lint]\nlint_on_build = false"),
        ):
            assert old in settings, old
            settings = settings.replace(old, new)
        (self.folder / "foundry.toml").write_text(settings)

    def forge(self, only, but, *more, most_s=UNDER_TEST_MOST_S):
        """Whether the tests of the contracts pass: `passed`, `failed`, `not compiled` or `too long`, and what was said."""
        command = [str(FORGE), "test", "--threads", "1", "--fuzz-runs", str(self.fuzz_runs), "--match-contract", only]
        command += ["--no-match-contract", but, *more]
        with subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        ) as ran:
            try:
                said, _ = ran.communicate(timeout=most_s)
            except subprocess.TimeoutExpired:
                os.killpg(ran.pid, signal.SIGKILL)
                return "too long", ""
        if ran.returncode == 0:
            return "passed", said
        if "[FAIL" in said:
            return "failed", said
        if "Compiler run failed" in said or "Compilation failed" in said:
            return "not compiled", said
        raise RuntimeError(f"forge ended with {ran.returncode}: {said}")

    @contextlib.contextmanager
    def changed(self, mutant):
        path = self.folder / mutant.path
        source = path.read_bytes()
        path.write_bytes(source[: mutant.start] + mutant.new.encode() + source[mutant.end :])
        try:
            yield
        finally:
            path.write_bytes(source)


class Trial:
    def __init__(self, folder, fuzz_runs, never):
        self.never = never
        self.plain = Bench(f"{folder}/plain", fuzz_runs, optimizer=False)
        self.optimized = Bench(f"{folder}/optimized", fuzz_runs, optimizer=True)
        # Compiles everything, and finds what fails without the optimizer.
        _, said = self.plain.forge(".*", self.never, "--no-match-test", "^invariant_", most_s=None)
        self.gas = sorted(set(re.findall(r"^\[FAIL.*\] (\w+)\(", said, re.MULTILINE)))
        self.others = ["--fail-fast", "--no-match-test", "|".join(["^invariant_", *(f"^{name}\\(" for name in self.gas)])]
        verdict, said = self._counting_gas() if self.gas else ("passed", "")
        if verdict != "passed":
            raise RuntimeError(f"tests fail without any change: {said}")

    def verdict(self, mutant):
        near = NEAR.get(pathlib.Path(mutant.path).stem)
        with self.plain.changed(mutant):
            verdict, _ = self.plain.forge(near, self.never, *self.others) if near else ("passed", "")
            if verdict == "passed":
                verdict, _ = self.plain.forge(".*", f"{self.never}|{near}" if near else self.never, *self.others)
        if verdict != "passed" or not self.gas:
            return verdict
        with self.optimized.changed(mutant):
            return self._counting_gas()[0]

    def _counting_gas(self):
        return self.optimized.forge(".*", self.never, "--match-test", "|".join(f"^{name}\\(" for name in self.gas), most_s=None)


def explained():
    """The keys of mutants.md."""
    if not EXPLAINED.exists():
        return set()
    return {line[2:].split("`: ", 1)[0] + "`" for line in EXPLAINED.read_text().splitlines() if line.startswith("- `")}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--part", choices=PARTS, default="institutions")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--size", type=int, default=200, help="of the sample: changes that compile")
    options.add_argument("--only", help="regular expression of FILE:LINE: these alone, all of them")
    options.add_argument("--fuzz-runs", type=int, default=32, help="of a property")
    options.add_argument("--list", action="store_true", help="only say what is drawn")
    arguments = options.parse_args()

    part = PARTS[arguments.part]
    drawn = sorted(mutants(part), key=lambda each: (each.path, each.start, each.new))
    possible = len(drawn)
    if arguments.only:
        drawn = [each for each in drawn if re.fullmatch(arguments.only, f"{each.path}:{each.line}")]
        arguments.size = len(drawn)
    else:
        random.Random(arguments.seed).shuffle(drawn)
    if arguments.list:
        print(*drawn[: arguments.size], sep="\n")
        return 0

    reasons, tally, survivors, missing = explained(), {"failed": 0, "too long": 0, "not compiled": 0}, [], arguments.size
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(folder, arguments.fuzz_runs, part.never)
        print("with the optimizer alone:", ", ".join(trial.gas) or "none", flush=True)
        while missing and drawn:
            # Those of a file in a row, so that it is compiled once for each and not twice.
            batch, drawn = sorted(drawn[:missing], key=lambda each: (each.path, each.start)), drawn[missing:]
            for mutant in batch:
                started = time.monotonic()
                verdict = trial.verdict(mutant)
                missing -= verdict != "not compiled"
                if verdict == "passed":
                    survivors.append(mutant)
                else:
                    tally[verdict] += 1
                print(f"{'SURVIVED' if verdict == 'passed' else verdict} {time.monotonic() - started:.0f} s {mutant}", flush=True)

    killed = tally["failed"] + tally["too long"]
    tested, known = killed + len(survivors), sum(each.key() in reasons for each in survivors)
    print("\n".join(f"survived{' (explained)' if each.key() in reasons else ''}: {each}" for each in survivors))
    print(f"seed {arguments.seed}, {tested} mutants of {possible} possible, {tally['not compiled']} more did not compile")
    print(f"killed {killed} ({killed / max(tested, 1):.1%}), of them {tally['too long']} by running for {UNDER_TEST_MOST_S} s; survived {len(survivors)}, {known} explained")
    return 0 if tested and killed >= 0.95 * tested else 1


if __name__ == "__main__":
    sys.exit(main())
