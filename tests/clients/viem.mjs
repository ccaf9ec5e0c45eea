// viem drives the node: node viem.mjs RPC_URL PRIVATE_KEY
import assert from 'node:assert/strict';
import {
  BaseError, ContractFunctionRevertedError, InsufficientFundsError, NonceTooLowError,
  createPublicClient, createWalletClient, defineChain, getCreate2Address, http, keccak256, webSocket,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { CREATE2_DEPLOYER, MULTICALL3, REGISTRY, STAKING, abiOf, within } from './expect.mjs';

const [url, key] = process.argv.slice(2);
const account = privateKeyToAccount(key);
const abi = abiOf('ModelRegistry');
const stakingAbi = abiOf('EdgeStaking');
const id = await createPublicClient({ transport: http(url) }).getChainId();
const chain = defineChain({
  id, name: 'Edgeloom', nativeCurrency: { name: 'TFUEL', symbol: 'TFUEL', decimals: 18 },
  rpcUrls: { default: { http: [url] } }, contracts: { multicall3: { address: MULTICALL3 } },
});
const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 50 });
const live = createPublicClient({ chain, transport: webSocket(url.replace('http', 'ws')) });
const wallet = createWalletClient({ account, chain, transport: http(url) });

// A transfer, with fees that the client estimates, and new heads over WebSocket.
const heads = [];
const unwatch = live.watchBlocks({ onBlock: (block) => heads.push(block.number) });
const logged = [];
const unwatchLogs = live.watchContractEvent({ address: REGISTRY, abi, eventName: 'ChunkUploaded', onLogs: (logs) => logged.push(...logs) });
await new Promise((done) => setTimeout(done, 300));
const to = '0x00000000000000000000000000000000000000aa';
const before = await reader.getBalance({ address: to });
const sent = await wallet.sendTransaction({ to, value: 5n });
const receipt = await within(20_000, 'a receipt', reader.waitForTransactionReceipt({ hash: sent }));
assert.equal(receipt.status, 'success');
assert.equal(receipt.gasUsed, 21_000n);
assert.equal(await reader.getBalance({ address: to }), before + 5n);
assert.equal((await reader.getTransaction({ hash: sent })).blockHash, receipt.blockHash);

// A contract call with an event; then its logs by filter and by range.
const hash = await wallet.writeContract({ address: REGISTRY, abi, functionName: 'upload', args: ['0x76696566'] });
const uploaded = await within(20_000, 'a receipt', reader.waitForTransactionReceipt({ hash }));
assert.equal(uploaded.status, 'success');
const logs = await reader.getContractEvents({ address: REGISTRY, abi, eventName: 'ChunkUploaded', fromBlock: uploaded.blockNumber });
assert.equal(logs.length, 1);
assert.equal(logs[0].args.length, 4n);
const chunk = await reader.readContract({ address: REGISTRY, abi, functionName: 'chunkAddress', args: ['0x76696566'] });
assert.equal(logs[0].args.chunk, chunk);
assert.equal(await reader.getCode({ address: chunk }), '0x0076696566');

// A custom error, decoded; the geth phrases that viem classifies by.
await assert.rejects(reader.simulateContract({ account, address: REGISTRY, abi, functionName: 'upload', args: ['0x'] }), (error) => {
  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  return reverted?.data?.errorName === 'EmptyChunk';
});
const classified = (kind) => (error) => error instanceof BaseError && Boolean(error.walk((cause) => cause instanceof kind));
await assert.rejects(wallet.sendTransaction({ to, value: 5n, nonce: 0, gas: 21_000n }), classified(NonceTooLowError));
await assert.rejects(wallet.sendTransaction({ to, value: 10n ** 40n, gas: 21_000n }), classified(InsufficientFundsError));

// CREATE2 deployer and Multicall3 at their canonical addresses.
const initCode = '0x6001600c60003960016000f300';
const salt = keccak256(account.address);
const deployed = await wallet.sendTransaction({ to: CREATE2_DEPLOYER, data: salt + initCode.slice(2) });
await within(20_000, 'a receipt', reader.waitForTransactionReceipt({ hash: deployed }));
const at = getCreate2Address({ from: CREATE2_DEPLOYER, salt, bytecode: initCode });
assert.equal(await reader.getCode({ address: at }), '0x00');
const results = await reader.multicall({
  contracts: ['totalSlashed', 'nodeCount'].map((functionName) => ({ address: STAKING, abi: stakingAbi, functionName })), allowFailure: false,
});
assert.deepEqual(results, [0n, 0]);

// Blocks, proofs, fees.
const block = await reader.getBlock({ includeTransactions: true, blockNumber: receipt.blockNumber });
assert.equal(block.transactions[0].hash, sent);
const finalized = await reader.getBlock({ blockTag: 'finalized' });
assert.ok(finalized.number >= uploaded.blockNumber);
const proof = await reader.getProof({ address: account.address, storageKeys: [] });
assert.ok(proof.accountProof.length > 0);
const history = await reader.getFeeHistory({ blockCount: 4, rewardPercentiles: [50] });
assert.equal(history.baseFeePerGas.length, history.gasUsedRatio.length + 1);
await within(10_000, 'a head', (async () => { while (!heads.length) await new Promise((done) => setTimeout(done, 50)); })());
await within(10_000, 'a log', (async () => { while (!logged.length) await new Promise((done) => setTimeout(done, 50)); })());
unwatch();
unwatchLogs();
console.log('viem: ok');
process.exit(0);
