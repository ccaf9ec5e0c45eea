import ethers from '@nomicfoundation/hardhat-ethers';
import networkHelpers from '@nomicfoundation/hardhat-network-helpers';
import runner from '@nomicfoundation/hardhat-node-test-runner';
import viem from '@nomicfoundation/hardhat-viem';
import viemAssertions from '@nomicfoundation/hardhat-viem-assertions';
import { defineConfig } from 'hardhat/config';

// The test that runs this tells where the node, a key and the compiler from npm are.
const { EDGELOOM_URL: url, EDGELOOM_KEY: key, EDGELOOM_SOLC: path } = process.env;

export default defineConfig({
  plugins: [ethers, networkHelpers, runner, viem, viemAssertions],
  solidity: { compilers: [{ version: '0.8.37', path, settings: { evmVersion: 'osaka' } }] },
  networks: {
    unlocked: { type: 'http', chainType: 'l1', url },
    signing: { type: 'http', chainType: 'l1', url, accounts: [key] },
  },
});
