// ethers drives the node: node ethers.mjs RPC_URL PRIVATE_KEY
import assert from 'node:assert/strict';
import { Contract, ContractFactory, JsonRpcProvider, Wallet, WebSocketProvider, isError } from 'ethers';
import { REGISTRY, abiOf, within } from './expect.mjs';

const [url, key] = process.argv.slice(2);
const provider = new JsonRpcProvider(url, undefined, { pollingInterval: 50, cacheTimeout: -1 });
const live = new WebSocketProvider(url.replace('http', 'ws'));
const wallet = new Wallet(key, provider);
const registry = new Contract(REGISTRY, abiOf('ModelRegistry'), wallet);

const heads = [];
await live.on('block', (number) => heads.push(number));

const to = '0x00000000000000000000000000000000000000bb';
const before = await provider.getBalance(to);
const sent = await wallet.sendTransaction({ to, value: 7n });
const receipt = await within(20_000, 'a receipt', sent.wait());
assert.equal(receipt.status, 1);
assert.equal(await provider.getBalance(to), before + 7n);

const uploading = await registry.upload('0x657468657273');
const uploaded = await within(20_000, 'a receipt', uploading.wait());
assert.equal(uploaded.logs[0].fragment.name, 'ChunkUploaded');
const events = await registry.queryFilter(registry.filters.ChunkUploaded(), uploaded.blockNumber, uploaded.blockNumber);
assert.equal(events.length, 1);

await assert.rejects(registry.upload.staticCall('0x'), (error) => isError(error, 'CALL_EXCEPTION') && error.revert.name === 'EmptyChunk');
await assert.rejects(wallet.sendTransaction({ to, value: 1n, nonce: 0, gasLimit: 21_000n }), (error) => isError(error, 'NONCE_EXPIRED'));
await assert.rejects(wallet.sendTransaction({ to, value: 10n ** 40n, gasLimit: 21_000n }), (error) => isError(error, 'INSUFFICIENT_FUNDS'));

// Deploys code of one byte (STOP).
const factory = new ContractFactory([], '0x6001600c60003960016000f300', wallet);
const contract = await factory.deploy();
await within(20_000, 'a deployment', contract.waitForDeployment());
assert.equal(await provider.getCode(await contract.getAddress()), '0x00');

const block = await provider.getBlock(receipt.blockNumber, true);
assert.equal(block.prefetchedTransactions[0].hash, sent.hash);
const fees = await provider.getFeeData();
assert.ok(fees.maxFeePerGas > 0n);
const several = await Promise.all([...Array(50)].map(() => provider.getTransactionCount(wallet.address)));
assert.equal(new Set(several).size, 1);
await within(10_000, 'a head', (async () => { while (!heads.length) await new Promise((done) => setTimeout(done, 50)); })());
console.log('ethers: ok');
process.exit(0);
