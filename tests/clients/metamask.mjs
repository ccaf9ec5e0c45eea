// What MetaMask asks of a network that a page adds, and of one in use: node metamask.mjs RPC_URL PRIVATE_KEY
import assert from 'node:assert/strict';
import { Interface, Wallet } from 'ethers';
import { MULTICALL3, REGISTRY, STAKING, THETA, within } from './expect.mjs';

const [url, key] = process.argv.slice(2);
const wallet = new Wallet(key);
const origin = 'chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn';
// The extension counts its requests up from a random number, past what 32 bits hold.
let id = 4_000_000_000_000 + Math.floor(Math.random() * 1e9);

const post = async (body) => {
  const answer = await fetch(url, {
    method: 'POST', headers: { Accept: 'application/json', 'Content-Type': 'application/json', Origin: origin }, body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type'), /^application\/json/);
  assert.ok(['*', origin].includes(answer.headers.get('access-control-allow-origin')));
  return answer.json();
};
const ask = async (method, params = []) => {
  id += 1;
  const answer = await post({ id, jsonrpc: '2.0', method, params });
  assert.equal(answer.id, id, method);
  assert.equal(answer.jsonrpc, '2.0');
  return answer;
};
const result = async (method, params) => {
  const answer = await ask(method, params);
  assert.equal(answer.error, undefined, `${method}: ${JSON.stringify(answer.error)}`);
  return answer.result;
};
const quantity = (value) => {
  assert.match(value, /^0x(0|[1-9a-f][0-9a-f]*)$/);
  return BigInt(value);
};

// The browser asks first whether a page of another origin may post JSON.
for (const page of [origin, 'https://app.example']) {
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: { Origin: page, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' },
  });
  assert.ok(preflight.ok, `preflight answers ${preflight.status}`);
  const allowed = (header, wanted) => {
    const value = preflight.headers.get(header) ?? '';
    assert.ok(value === '*' || value.toLowerCase().split(/, */).includes(wanted.toLowerCase()), `${header}: ${value}`);
  };
  allowed('access-control-allow-origin', page);
  allowed('access-control-allow-methods', 'POST');
  allowed('access-control-allow-headers', 'content-type');
}

// wallet_addEthereumChain: the id that the page gave is compared, as text, with the network's; it must be a safe integer.
const chain = await result('eth_chainId');
const chainId = quantity(chain);
assert.equal(chain, `0x${chainId.toString(16)}`);
assert.ok(chainId > 0n && chainId <= 4_503_599_627_370_476n);
assert.equal(await result('net_version'), chainId.toString());

// The block tracker, the account tracker and the fee controller.
const height = await result('eth_blockNumber');
quantity(height);
const block = await result('eth_getBlockByNumber', [height, false]);
assert.equal(block.number, height);
assert.ok(quantity(block.baseFeePerGas) > 0n, 'without a base fee the wallet takes the network for one without EIP-1559');
const latest = await result('eth_getBlockByNumber', ['latest', false]);
assert.ok(quantity(latest.number) >= quantity(height));
assert.equal(await result('eth_getBlockByNumber', ['0xffffffffff', false]), null);
assert.ok(quantity(await result('eth_getBalance', [wallet.address, height])) > 0n);
assert.equal(await result('eth_getCode', [wallet.address, height]), '0x');
const history = await result('eth_feeHistory', ['0x5', height, [10, 20, 30]]);
const blocks = history.gasUsedRatio.length;
assert.equal(history.baseFeePerGas.length, blocks + 1);
assert.ok(blocks === 0 || history.reward.every((rewards) => rewards.length === 3));
quantity(history.oldestBlock);
quantity(await result('eth_gasPrice'));

// Token balances: of all in one call through Multicall3, then token by token in a batch; and what kind of contract one is.
const token = new Interface([
  'function balanceOf(address) view returns (uint256)', 'function symbol() view returns (string)',
  'function decimals() view returns (uint8)', 'function supportsInterface(bytes4) view returns (bool)',
]);
const multicall = new Interface([
  'function aggregate3((address target, bool allowFailure, bytes callData)[]) payable returns ((bool success, bytes returnData)[])',
  'function getEthBalance(address) view returns (uint256)',
]);
const balance = token.encodeFunctionData('balanceOf', [wallet.address]);
const calls = [THETA, STAKING, REGISTRY].map((target) => ({ target, allowFailure: true, callData: balance }))
  .concat({ target: MULTICALL3, allowFailure: true, callData: multicall.encodeFunctionData('getEthBalance', [wallet.address]) });
const many = await result('eth_call', [{ to: MULTICALL3, data: multicall.encodeFunctionData('aggregate3', [calls]) }, 'latest']);
const [[theta, staking, registry, coins]] = multicall.decodeFunctionResult('aggregate3', many);
assert.ok(theta.success && !registry.success);
assert.equal(staking.success, false);
assert.equal(BigInt(coins.returnData), quantity(await result('eth_getBalance', [wallet.address, 'latest'])));
const batch = ['balanceOf', 'symbol', 'decimals'].map((name, at) => ({
  id: id + 100 + at, jsonrpc: '2.0', method: 'eth_call',
  params: [{ to: THETA, data: token.encodeFunctionData(name, name === 'balanceOf' ? [wallet.address] : []) }, 'latest'],
}));
const answers = (await post(batch)).sort((one, other) => one.id - other.id);
assert.deepEqual(answers.map((answer) => answer.id), batch.map((request) => request.id));
assert.equal(answers[0].result, theta.returnData);
assert.equal(token.decodeFunctionResult('symbol', answers[1].result)[0], 'THETA');
assert.equal(token.decodeFunctionResult('decimals', answers[2].result)[0], 18n);
const erc721 = await ask('eth_call', [{ to: THETA, data: token.encodeFunctionData('supportsInterface', ['0x80ac58cd']) }, 'latest']);
assert.equal(erc721.error.code, 3);

// A payment: what it costs, its nonce, the send, and the receipt that is asked for until it is there.
const to = '0x00000000000000000000000000000000000000ee';
const gas = quantity(await result('eth_estimateGas', [{ from: wallet.address, to, value: '0x1', type: '0x2' }]));
assert.equal(gas, 21_000n);
const pending = quantity(await result('eth_getTransactionCount', [wallet.address, 'pending']));
assert.equal(quantity(await result('eth_getTransactionCount', [wallet.address, latest.number])), pending);
const raw = await wallet.signTransaction({
  chainId, type: 2, to, value: 1n, nonce: Number(pending), gasLimit: gas,
  maxFeePerGas: quantity(latest.baseFeePerGas) * 2n + 1n, maxPriorityFeePerGas: 1n,
});
const hash = await result('eth_sendRawTransaction', [raw]);
const receipt = await within(20_000, 'a receipt', (async () => {
  for (;;) {
    const found = await result('eth_getTransactionReceipt', [hash]);
    if (found) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
})());
assert.equal(receipt.status, '0x1');
quantity(receipt.effectiveGasPrice);
assert.equal((await result('eth_getTransactionByHash', [hash])).blockHash, receipt.blockHash);
const refused = await ask('eth_sendRawTransaction', [raw]);
assert.ok(['nonce too low', 'already known'].some((phrase) => refused.error.message.includes(phrase)), refused.error.message);
// A method of the wallet that a page sent past it.
assert.equal((await ask('wallet_addEthereumChain', [{}])).error.code, -32601);
console.log('metamask: ok');
process.exit(0);
