"""Ethereum's executable specification as a peer: a case a line on standard input, an outcome a line on standard output.

A case is {fork, env, pre, tx}; an outcome is {status, gas, logs, root}, {refused} or {failed}. Quantities are hex.
"""

import importlib
import json
import sys

from ethereum.crypto.hash import keccak256
from ethereum.exceptions import EthereumException
from ethereum_rlp import rlp
from ethereum_rlp.exceptions import RLPException
from ethereum_types.bytes import Bytes20, Bytes32
from ethereum_types.numeric import U64, U256, Uint

sys.setrecursionlimit(20_000)


def octets(text):
    return bytes.fromhex(text[2:])


class Fork:
    def __init__(self, name):
        def part(module):
            return importlib.import_module(f"ethereum.forks.{name}.{module}")

        self.blocks, self.fork, self.state = part("blocks"), part("fork"), part("state")
        self.transactions, self.trie, self.vm = part("transactions"), part("trie"), part("vm")
        self.account = part("fork_types").Account

    def world(self, pre):
        state = self.state.State()
        for address, given in pre.items():
            address = Bytes20(octets(address))
            account = self.account(
                nonce=Uint(int(given["nonce"], 16)),
                balance=U256(int(given["balance"], 16)),
                code=octets(given["code"]),
            )
            self.state.set_account(state, address, account)
            for slot, value in given["storage"].items():
                key = Bytes32(int(slot, 16).to_bytes(32, "big"))
                self.state.set_storage(state, address, key, U256(int(value, 16)))
        return state

    def decode(self, encoded):
        if encoded[0] >= 0xC0:
            return rlp.decode_to(self.transactions.LegacyTransaction, encoded)
        return self.transactions.decode_transaction(encoded)

    def run(self, case):
        env, state = case["env"], self.world(case["pre"])
        block = self.vm.BlockEnvironment(
            chain_id=U64(1),
            state=state,
            block_gas_limit=Uint(int(env["gasLimit"], 16)),
            block_hashes=[Bytes32(octets(h)) for h in env["hashes"]],
            coinbase=Bytes20(octets(env["coinbase"])),
            number=Uint(int(env["number"], 16)),
            base_fee_per_gas=Uint(int(env["baseFee"], 16)),
            time=U256(int(env["timestamp"], 16)),
            prev_randao=Bytes32(octets(env["random"])),
            excess_blob_gas=U64(int(env["excessBlobGas"], 16)),
            parent_beacon_block_root=Bytes32(bytes(32)),
        )
        output = self.vm.BlockOutput()
        try:
            transaction = self.decode(octets(case["tx"]))
            self.fork.process_transaction(block, output, transaction, Uint(0))
        except (EthereumException, RLPException) as refusal:
            return {"refused": f"{type(refusal).__name__}: {refusal}"}
        receipt = self.blocks.decode_receipt(self.trie.trie_get(output.receipts_trie, output.receipt_keys[0]))
        return {
            "status": bool(receipt.succeeded),
            "gas": int(output.block_gas_used),
            "logs": "0x" + keccak256(rlp.encode(output.block_logs)).hex(),
            "root": "0x" + self.state.state_root(state).hex(),
        }


def main():
    forks = {}
    for line in sys.stdin:
        case = json.loads(line)
        name = case["fork"]
        try:
            fork = forks.get(name) or forks.setdefault(name, Fork(name))
            outcome = fork.run(case)
        except Exception as fault:  # A bug of the peer's is the judge's to report.
            outcome = {"failed": f"{type(fault).__name__}: {fault}"}
        print(json.dumps(outcome), flush=True)


main()
