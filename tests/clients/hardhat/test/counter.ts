// A user's tests: the same contract by both clients, signed by the node's accounts and by a key of the project's.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { network } from 'hardhat';

for (const name of ['unlocked', 'signing']) {
  const { ethers, viem } = await network.create({ network: name });
  describe(`${name} accounts`, () => {
    it('deploys and calls by viem', async () => {
      const [wallet] = await viem.getWalletClients();
      const reader = await viem.getPublicClient();
      const counter = await viem.deployContract('Counter', [7n], { value: 3n });
      assert.equal(await reader.getBalance({ address: counter.address }), 3n);
      assert.equal((await counter.read.owner()).toLowerCase(), wallet.account.address.toLowerCase());
      await viem.assertions.emitWithArgs(counter.write.add([5n]), counter, 'Counted', [12n]);
      assert.equal(await counter.read.value(), 12n);
      await reader.waitForTransactionReceipt({ hash: await counter.write.reset() });
      assert.equal(await counter.read.value(), 0n);
      const stranger = '0x00000000000000000000000000000000000000ff';
      await viem.assertions.revertWithCustomErrorWithArgs(
        counter.simulate.reset({ account: stranger }), counter, 'NotOwner', ['0x00000000000000000000000000000000000000fF'],
      );
      await viem.assertions.balancesHaveChanged(
        wallet.sendTransaction({ to: stranger, value: 11n }), [{ address: stranger, amount: 11n }],
      );
    });

    it('deploys and calls by ethers', async () => {
      const [signer] = await ethers.getSigners();
      const counter = await ethers.deployContract('Counter', [7n], { value: 3n });
      await counter.waitForDeployment();
      assert.equal(await ethers.provider.getBalance(counter), 3n);
      const receipt = await (await counter.add(5n)).wait();
      const logs = await counter.queryFilter(counter.filters.Counted(), receipt.blockNumber);
      assert.equal(logs.length, 1);
      assert.equal(logs[0].args.value, 12n);
      assert.equal(await counter.owner(), signer.address);
      const stranger = '0x00000000000000000000000000000000000000ff';
      const reading = counter.connect(ethers.provider) as typeof counter;
      await assert.rejects(reading.reset.staticCall({ from: stranger }), (error: any) => {
        const data = typeof error.data === 'string' ? error.data : error.data?.data;
        return counter.interface.parseError(data)?.name === 'NotOwner';
      });
    });
  });
}
