"""py_ecc as a peer: a claim a line on standard input, "true" or "false" a line on standard output.

A claim is {tag, keys, messages, signature}: that the signature is the aggregate of each key's over the message beside it,
under the domain separation tag. All but the tag is hex.
"""

import json
import sys

from py_ecc.bls import G2ProofOfPossession as Scheme


def holds(claim):
    keys = [bytes.fromhex(key) for key in claim["keys"]]
    messages = [bytes.fromhex(message) for message in claim["messages"]]
    try:
        # What both verifications of the draft are made of, which takes the tag.
        return Scheme._CoreAggregateVerify(keys, messages, bytes.fromhex(claim["signature"]), claim["tag"].encode())
    except Exception:  # Malformed points raise what they come upon.
        return False


for line in sys.stdin:
    print(json.dumps(holds(json.loads(line))), flush=True)
