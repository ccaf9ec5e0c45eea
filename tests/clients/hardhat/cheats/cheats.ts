// What only a development chain does: time, blocks, accounts and storage as a test wants them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { network } from 'hardhat';

const { ethers, networkHelpers, viem } = await network.create({ network: 'unlocked' });
const { time } = networkHelpers;
const account = '0x0000000000000000000000000000000000001234';

describe('network helpers', () => {
  const deployed = async () => ({ counter: await viem.deployContract('Counter', [1n]) });

  it('loads a fixture twice', async () => {
    const first = await networkHelpers.loadFixture(deployed);
    const height = await time.latestBlock();
    await first.counter.write.add([1n]);
    const second = await networkHelpers.loadFixture(deployed);
    assert.equal(second.counter.address, first.counter.address);
    assert.equal(await time.latestBlock(), height);
    assert.equal(await second.counter.read.value(), 1n);
  });

  it('takes and restores a snapshot', async () => {
    const { counter } = await deployed();
    const snapshot = await networkHelpers.takeSnapshot();
    await counter.write.add([1n]);
    await snapshot.restore();
    assert.equal(await counter.read.value(), 1n);
    await counter.write.add([4n]);
    await snapshot.restore();
    assert.equal(await counter.read.value(), 1n);
  });

  it('mines blocks', async () => {
    const height = await time.latestBlock();
    await networkHelpers.mine();
    await networkHelpers.mine(1000, { interval: 60 });
    assert.equal(await time.latestBlock(), height + 1001);
    await networkHelpers.mineUpTo(height + 1010);
    assert.equal(await time.latestBlock(), height + 1010);
  });

  it('moves time', async () => {
    const now = await time.latest();
    await time.increase(3600);
    assert.ok((await time.latest()) >= now + 3600);
    await time.increaseTo(now + 10_000);
    assert.equal(await time.latest(), now + 10_000);
    await time.setNextBlockTimestamp(now + 20_000);
    await networkHelpers.mine();
    assert.equal(await time.latest(), now + 20_000);
  });

  it('sets balance, code, nonce and storage', async () => {
    const reader = await viem.getPublicClient();
    await networkHelpers.setBalance(account, 10n ** 20n);
    await networkHelpers.setNonce(account, 9);
    await networkHelpers.setCode(account, '0x60015f5260205ff3');
    await networkHelpers.setStorageAt(account, 2, 77n);
    assert.equal(await reader.getBalance({ address: account }), 10n ** 20n);
    assert.equal(await reader.getTransactionCount({ address: account }), 9);
    assert.equal((await reader.call({ to: account })).data, `0x${'1'.padStart(64, '0')}`);
    assert.equal(BigInt(await networkHelpers.getStorageAt(account, 2)), 77n);
  });

  it('acts as another account', async () => {
    const { counter } = await deployed();
    const other = '0x0000000000000000000000000000000000005678';
    await networkHelpers.setBalance(other, 10n ** 20n);
    await networkHelpers.impersonateAccount(other);
    const signer = await ethers.getSigner(other);
    await (await signer.sendTransaction({ to: counter.address, data: '0x1003e2d2' + '5'.padStart(64, '0') })).wait();
    assert.equal(await counter.read.value(), 6n);
    await networkHelpers.stopImpersonatingAccount(other);
    await assert.rejects(signer.sendTransaction({ to: account, value: 1n }));
  });

  it('chooses what the next block holds', async () => {
    const reader = await viem.getPublicClient();
    await networkHelpers.setCoinbase(account);
    await networkHelpers.setPrevRandao(123);
    await networkHelpers.setNextBlockBaseFeePerGas(10n ** 9n);
    await networkHelpers.setBlockGasLimit(40_000_000);
    await networkHelpers.mine();
    const block = await reader.getBlock();
    assert.equal(block.miner.toLowerCase(), account.toLowerCase());
    assert.equal(BigInt(block.mixHash), 123n);
    assert.equal(block.baseFeePerGas, 10n ** 9n);
    assert.equal(block.gasLimit, 40_000_000n);
  });

  it('holds transactions back and drops one', async () => {
    const client = await viem.getTestClient();
    const [wallet] = await viem.getWalletClients();
    await client.setAutomine(false);
    const hash = await wallet.sendTransaction({ to: account, value: 1n });
    const reader = await viem.getPublicClient();
    await assert.rejects(reader.getTransactionReceipt({ hash }));
    await networkHelpers.dropTransaction(hash);
    await client.setAutomine(true);
    await networkHelpers.mine();
    await assert.rejects(reader.getTransaction({ hash }));
  });
});
