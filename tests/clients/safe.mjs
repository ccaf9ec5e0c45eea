// Safe's published build, deployed and used: node safe.mjs RPC_URL PRIVATE_KEY...
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  Contract, Interface, JsonRpcProvider, Transaction, Wallet, ZeroAddress, concat, encodeRlp, getCreateAddress, id, keccak256, parseEther,
} from 'ethers';
import { within } from './expect.mjs';

const require = createRequire(import.meta.url);
const { getSingletonFactoryInfo } = require('@safe-global/safe-singleton-factory');
const deployments = require('@safe-global/safe-deployments');
const [url, ...keys] = process.argv.slice(2);
const provider = new JsonRpcProvider(url, undefined, { pollingInterval: 50, cacheTimeout: -1 });
const [payer, ...others] = keys.map((key) => new Wallet(key, provider));
const mined = (what, sending) => within(20_000, what, sending.then((sent) => sent.wait()));
const build = (path) => JSON.parse(readFileSync(require.resolve(`@safe-global/safe-smart-account/build/artifacts/contracts/${path}.json`)));

// The factory comes by the transaction that Safe published for this chain id, from an account of Safe's that needs gas.
const { chainId } = await provider.getNetwork();
const factory = getSingletonFactoryInfo(Number(chainId));
await mined('gas for the factory', payer.sendTransaction({
  to: factory.signerAddress, value: BigInt(factory.gasLimit) * BigInt(factory.gasPrice),
}));
const made = await mined('the factory', provider.broadcastTransaction(factory.transaction));
assert.equal(made.contractAddress, factory.address);

// Other deployers are published as transactions before EIP-155, signed by nobody: any r and s name a sender, who only
// needs gas. This is one with the factory's code.
const { data } = Transaction.from(factory.transaction);
const keyless = encodeRlp(['0x', '0x174876e800', '0x0186a0', '0x', '0x', data, '0x1b', `0x${'18'.repeat(32)}`, `0x${'18'.repeat(32)}`]);
const nobody = Transaction.from(keyless);
assert.equal(nobody.chainId, 0n);
await mined('gas for nobody', payer.sendTransaction({ to: nobody.from, value: 10n ** 16n }));
const again = await mined('the keyless transaction', provider.broadcastTransaction(keyless));
assert.equal(again.contractAddress, getCreateAddress({ from: nobody.from, nonce: 0 }));
assert.equal(await provider.getCode(again.contractAddress), await provider.getCode(factory.address));

// Each contract comes to its canonical address, with the code that Safe's list of deployments names.
const published = [
  ['Safe.sol/Safe', deployments.getSafeSingletonDeployment],
  ['proxies/SafeProxyFactory.sol/SafeProxyFactory', deployments.getProxyFactoryDeployment],
  ['handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler', deployments.getCompatibilityFallbackHandlerDeployment],
];
const contracts = [];
for (const [path, find] of published) {
  const { abi, bytecode } = build(path);
  const { address, codeHash } = find({ version: '1.5.0' }).deployments.canonical;
  await mined(path, payer.sendTransaction({ to: factory.address, data: concat([`0x${'00'.repeat(32)}`, bytecode]) }));
  assert.equal(keccak256(await provider.getCode(address)), codeHash, path);
  contracts.push(new Contract(address, abi, payer));
}
const [singleton, proxies, fallback] = contracts;

// A wallet of three owners, two of whom must sign.
const owners = [payer, ...others].map((owner) => owner.address);
const setup = singleton.interface.encodeFunctionData('setup', [
  owners, 2, ZeroAddress, '0x', await fallback.getAddress(), ZeroAddress, 0, ZeroAddress,
]);
const created = await mined('the wallet', proxies.createProxyWithNonce(await singleton.getAddress(), setup, 7));
const event = created.logs.map((log) => proxies.interface.parseLog(log)).find((log) => log?.name === 'ProxyCreation');
const safe = new Contract(event.args.proxy, singleton.interface, payer);
assert.deepEqual([...(await safe.getOwners())], owners);
assert.equal(await safe.VERSION(), '1.5.0');
await mined('a deposit', payer.sendTransaction({ to: await safe.getAddress(), value: parseEther('2') }));

// A payment signed by two of them, as EIP-712 and as a message; then by one alone, which is refused.
const to = '0x000000000000000000000000000000000000005a';
const fields = ['address to', 'uint256 value', 'bytes data', 'uint8 operation', 'uint256 safeTxGas', 'uint256 baseGas',
  'uint256 gasPrice', 'address gasToken', 'address refundReceiver', 'uint256 nonce'].map((field) => {
  const [type, name] = field.split(' ');
  return { name, type };
});
const payment = {
  to, value: parseEther('1'), data: '0x', operation: 0, safeTxGas: 0, baseGas: 0, gasPrice: 0, gasToken: ZeroAddress,
  refundReceiver: ZeroAddress, nonce: await safe.nonce(),
};
const digest = await safe.getTransactionHash(...Object.values(payment));
const domain = { chainId, verifyingContract: await safe.getAddress() };
const typed = { signer: others[0].address, signature: await others[0].signTypedData(domain, { SafeTx: fields }, payment) };
const text = await others[1].signMessage(Buffer.from(digest.slice(2), 'hex'));
// Safe knows a signed message by v raised by 4.
const raised = `${text.slice(0, -2)}${(parseInt(text.slice(-2), 16) + 4).toString(16)}`;
const signatures = [typed, { signer: others[1].address, signature: raised }]
  .sort((one, other) => (one.signer.toLowerCase() < other.signer.toLowerCase() ? -1 : 1))
  .map(({ signature }) => signature);
const call = (signed) => [...Object.values(payment).slice(0, -1), concat(signed)];
await assert.rejects(safe.execTransaction.staticCall(...call([typed.signature])), (error) => error.reason === 'GS020');
const executed = await mined('the payment', safe.execTransaction(...call(signatures)));
assert.ok(executed.logs.some((log) => log.topics[0] === id('ExecutionSuccess(bytes32,uint256)')));
assert.equal(await provider.getBalance(to), parseEther('1'));

// The wallet signs, too: EIP-1271 by its fallback handler.
const signed1271 = new Contract(await safe.getAddress(), new Interface(['function isValidSignature(bytes32,bytes) view returns (bytes4)']), provider);
const message = keccak256('0x5afe');
const inner = await new Contract(await fallback.getAddress(), fallback.interface, provider).getMessageHashForSafe(await safe.getAddress(), message);
const agreed = [...others].sort((one, other) => (one.address.toLowerCase() < other.address.toLowerCase() ? -1 : 1))
  .map((owner) => owner.signingKey.sign(inner).serialized);
assert.equal(await signed1271.isValidSignature(message, concat(agreed)), '0x1626ba7e');
console.log('safe: ok');
process.exit(0);
