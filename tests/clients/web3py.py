"""web3.py drives the node: python web3py.py RPC_URL PRIVATE_KEY"""

import asyncio
import json
import os
import pathlib
import sys

from eth_account.messages import encode_defunct, encode_typed_data
from web3 import AsyncHTTPProvider, AsyncWeb3, HTTPProvider, Web3, WebSocketProvider
from web3.exceptions import BlockNotFound, ContractCustomError, TransactionNotFound, Web3RPCError
from web3.middleware import SignAndSendRawMiddlewareBuilder

URL, KEY = sys.argv[1:]
ADDRESSES = json.loads(os.environ["EDGELOOM_ADDRESSES"])
ARTIFACTS = pathlib.Path(__file__).parent / "../../contracts/bindings/artifacts"
ABI = json.loads((ARTIFACTS / "ModelRegistry.json").read_text())["abi"]
ELSEWHERE = Web3.to_checksum_address("0x00000000000000000000000000000000000000ab")
REGISTRY = Web3.to_checksum_address(ADDRESSES["REGISTRY"])
# Deploys code of one byte (STOP).
STOP = "0x6001600c60003960016000f300"


def expect(error, call):
    try:
        call()
    except error as raised:
        return raised
    raise AssertionError(f"{error.__name__} was not raised")


def reads(web3, account):
    eth = web3.eth
    assert web3.is_connected(show_traceback=True)
    assert web3.client_version and int(web3.net.version) == eth.chain_id
    assert eth.syncing is False
    assert eth.get_balance(account.address) > 10**18
    assert eth.get_balance(account.address, "earliest") > 10**18
    assert eth.get_code(account.address) == b"" and len(eth.get_code(REGISTRY)) > 1000
    assert len(eth.get_storage_at(REGISTRY, 0)) == 32
    first = eth.get_block(0)
    assert first.number == 0 and eth.get_block(first.hash).hash == first.hash
    assert eth.get_block("earliest").hash == first.hash
    for tag in ("safe", "latest", "pending", "finalized"):
        assert eth.get_block(tag).number <= eth.get_block("pending").number, tag
    assert eth.get_proof(REGISTRY, [0], "latest").storageProof[0].key is not None
    history = eth.fee_history(4, "latest", [10, 50])
    assert len(history.baseFeePerGas) == len(history.gasUsedRatio) + 1
    assert eth.gas_price > 0 and eth.max_priority_fee >= 0
    assert eth.estimate_gas({"from": account.address, "to": ELSEWHERE, "value": 1}) == 21_000
    expect(BlockNotFound, lambda: eth.get_block(10**9))
    expect(TransactionNotFound, lambda: eth.get_transaction("0x" + "11" * 32))
    with web3.batch_requests() as batch:
        batch.add(eth.get_block(0))
        batch.add(eth.get_balance(account.address))
        batch.add(eth.get_code(REGISTRY))
        block, balance, code = batch.execute()
    assert block.hash == first.hash and balance > 10**18 and len(code) > 1000


def sends(web3, account):
    """Transactions of each type, signed here; what the client fills in is left to it."""
    eth = web3.eth
    to = ELSEWHERE
    before = eth.get_balance(to)
    kinds = [
        {"gasPrice": 2 * eth.gas_price},
        {"type": 1, "gasPrice": 2 * eth.gas_price, "accessList": [{"address": REGISTRY, "storageKeys": []}]},
        {"type": 2, "maxFeePerGas": 10**11, "maxPriorityFeePerGas": 1},
    ]
    for kind in kinds:
        nonce = eth.get_transaction_count(account.address, "pending")
        signed = account.sign_transaction(
            {"to": to, "value": 1, "gas": 60_000, "nonce": nonce, "chainId": eth.chain_id, **kind}
        )
        sent = eth.send_raw_transaction(signed.raw_transaction)
        assert sent == signed.hash
        receipt = eth.wait_for_transaction_receipt(sent, timeout=20, poll_latency=0.05)
        assert receipt.status == 1 and receipt.type == kind.get("type", 0)
        transaction = eth.get_transaction(sent)
        assert transaction.blockHash == receipt.blockHash and transaction["from"] == account.address
        found = eth.get_transaction_by_block(receipt.blockNumber, receipt.transactionIndex)
        assert found.hash == sent
        assert [each for each in eth.get_block_receipts(receipt.blockNumber) if each.transactionHash == sent]
    assert eth.get_balance(to) == before + 3
    refused = expect(Web3RPCError, lambda: eth.send_raw_transaction(signed.raw_transaction))
    assert "nonce too low" in str(refused) or "already known" in str(refused), refused

    web3.middleware_onion.inject(SignAndSendRawMiddlewareBuilder.build(account), layer=0)
    filled = eth.send_transaction({"from": account.address, "to": to, "value": 1})
    assert eth.wait_for_transaction_receipt(filled, timeout=20, poll_latency=0.05).type == 2


def contracts(web3, account):
    """Deploys, calls, and finds events by receipt, by range and by filter."""
    eth = web3.eth
    eth.default_account = account.address
    mined = lambda sent: eth.wait_for_transaction_receipt(sent, timeout=20, poll_latency=0.05)
    deployed = mined(eth.contract(abi=[], bytecode=STOP).constructor().transact())
    assert eth.get_code(deployed.contractAddress) == b"\x00"

    registry = eth.contract(address=REGISTRY, abi=ABI)
    uploads = registry.events.ChunkUploaded.create_filter(from_block="latest")
    receipt = mined(registry.functions.upload(b"web3.py").transact())
    (event,) = registry.events.ChunkUploaded().process_receipt(receipt)
    assert event.args.length == 7
    assert event.args.chunk == registry.functions.chunkAddress(b"web3.py").call()
    block = receipt.blockNumber
    (found,) = registry.events.ChunkUploaded().get_logs(
        from_block=block, to_block=block, argument_filters={"chunk": event.args.chunk}
    )
    assert found.transactionHash == receipt.transactionHash
    (polled,) = uploads.get_new_entries()
    assert polled.transactionHash == receipt.transactionHash
    assert uploads.get_all_entries()[-1].logIndex == polled.logIndex
    assert eth.uninstall_filter(uploads.filter_id)
    reverted = expect(ContractCustomError, registry.functions.upload(b"").call)
    assert reverted.data == Web3.to_hex(Web3.keccak(text="EmptyChunk()")[:4])
    expect(ContractCustomError, registry.functions.upload(b"").estimate_gas)


def filters(web3, account):
    eth = web3.eth
    blocks = eth.filter("latest")
    sent = eth.send_transaction({"from": account.address, "to": account.address, "value": 0})
    receipt = eth.wait_for_transaction_receipt(sent, timeout=20, poll_latency=0.05)
    assert receipt.blockHash in blocks.get_new_entries()
    logs = eth.filter({"address": REGISTRY, "fromBlock": 0, "toBlock": "latest"}).get_all_entries()
    assert logs and all(log.address == REGISTRY for log in logs)


def tools(web3, account):
    """What a developer asks about a transaction: access list, simulation, bytes, pool, traces."""
    eth = web3.eth
    registry = eth.contract(address=REGISTRY, abi=ABI)
    call = {"from": account.address, "to": REGISTRY, "data": registry.encode_abi("upload", [b"tools"])}
    assert eth.create_access_list(call).gasUsed > 21_000
    (simulated,) = eth.simulate_v1({"blockStateCalls": [{"calls": [call]}]}, "latest")
    assert simulated.calls[0].status == 1 and len(simulated.calls[0].logs) == 1
    sent = registry.functions.upload(b"tools").transact()
    receipt = eth.wait_for_transaction_receipt(sent, timeout=20, poll_latency=0.05)
    raw = eth.get_raw_transaction(sent)
    assert Web3.keccak(raw) == sent
    assert eth.get_raw_transaction_by_block(receipt.blockNumber, receipt.transactionIndex) == raw
    assert web3.geth.txpool.status().pending is not None
    assert "pending" in web3.geth.txpool.content() and "queued" in web3.geth.txpool.inspect()
    traced = web3.geth.debug.trace_transaction(sent, {"tracer": "callTracer"})
    assert traced.to.lower() == REGISTRY.lower()
    assert web3.geth.debug.trace_transaction(sent).structLogs
    assert web3.tracing.trace_transaction(sent)[0].action.to == REGISTRY
    assert web3.tracing.trace_block(receipt.blockNumber)
    assert web3.tracing.trace_replay_transaction(sent, ["trace"]).trace
    assert web3.tracing.trace_filter({"fromBlock": hex(receipt.blockNumber), "toBlock": hex(receipt.blockNumber)})
    assert web3.net.peer_count >= 0 and web3.geth.admin.node_info()


def unlocked(web3):
    """What a development chain signs itself."""
    eth = web3.eth
    sender = eth.accounts[9]
    for fees in ({}, {"gasPrice": 2 * eth.gas_price}):
        sent = eth.send_transaction({"from": sender, "to": sender, "value": 1, **fees})
        # A development chain mines before it gives the hash.
        assert eth.get_transaction_receipt(sent).status == 1
    message = encode_defunct(text="signed by the node")
    signature = eth.sign(sender, text="signed by the node")
    assert eth.account.recover_message(message, signature=signature) == sender
    typed = {
        "types": {"EIP712Domain": [{"name": "name", "type": "string"}], "Word": [{"name": "text", "type": "string"}]},
        "primaryType": "Word",
        "domain": {"name": "edgeloom"},
        "message": {"text": "hello"},
    }
    signature = eth.sign_typed_data(sender, typed)
    assert eth.account.recover_message(encode_typed_data(full_message=typed), signature=signature) == sender


async def live(account):
    """Subscriptions over WebSocket, and the asynchronous client over HTTP."""
    over_http = AsyncWeb3(AsyncHTTPProvider(URL))
    async with AsyncWeb3(WebSocketProvider(URL.replace("http", "ws"))) as web3:
        heads = await web3.eth.subscribe("newHeads")
        logs = await web3.eth.subscribe("logs", {"address": REGISTRY})
        pending = await web3.eth.subscribe("newPendingTransactions")
        registry = over_http.eth.contract(address=REGISTRY, abi=ABI)
        upload = await registry.functions.upload(b"live").build_transaction(
            {"from": account.address, "nonce": await over_http.eth.get_transaction_count(account.address)}
        )
        sent = await over_http.eth.send_raw_transaction(account.sign_transaction(upload).raw_transaction)
        seen = set()
        async for message in web3.socket.process_subscriptions():
            result = message["result"]
            if message["subscription"] == logs and result.transactionHash == sent:
                seen.add("log")
            elif message["subscription"] == heads and result.number > 0:
                seen.add("head")
            elif message["subscription"] == pending and result == sent:
                seen.add("pending")
            if len(seen) == 3:
                break
        for subscription in (heads, logs, pending):
            assert await web3.eth.unsubscribe(subscription)
    await over_http.provider.disconnect()


def main():
    web3 = Web3(HTTPProvider(URL))
    account = web3.eth.account.from_key(KEY)
    reads(web3, account)
    if web3.eth.accounts:
        unlocked(web3)
    sends(web3, account)
    contracts(web3, account)
    filters(web3, account)
    tools(web3, account)
    asyncio.run(asyncio.wait_for(live(account), 20))
    print("web3.py: ok")


main()
