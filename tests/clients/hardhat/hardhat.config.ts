import ethers from '@nomicfoundation/hardhat-ethers';
import ignition from '@nomicfoundation/hardhat-ignition';
import networkHelpers from '@nomicfoundation/hardhat-network-helpers';
import runner from '@nomicfoundation/hardhat-node-test-runner';
import verify from '@nomicfoundation/hardhat-verify';
import viem from '@nomicfoundation/hardhat-viem';
import viemAssertions from '@nomicfoundation/hardhat-viem-assertions';
import { defineConfig } from 'hardhat/config';

// The test that runs this tells where the node, the indexer if there is one, a key and the compiler from npm are.
const { EDGELOOM_URL: url, EDGELOOM_INDEX: index = 'http://127.0.0.1:1', EDGELOOM_KEY: key, EDGELOOM_SOLC: path } = process.env;
const explorer = { url: index, apiUrl: `${index}/api` };

export default defineConfig({
  plugins: [ethers, ignition, networkHelpers, runner, verify, viem, viemAssertions],
  solidity: { compilers: [{ version: '0.8.37', path, settings: { evmVersion: 'osaka' } }] },
  networks: {
    unlocked: { type: 'http', chainType: 'l1', url },
    signing: { type: 'http', chainType: 'l1', url, accounts: [key] },
  },
  // Hardhat verifies nothing on the ids of development chains.
  chainDescriptors: { 366_000: { name: 'Edgeloom', blockExplorers: { etherscan: explorer, blockscout: explorer } } },
  verify: { etherscan: { apiKey: 'any' }, sourcify: { apiUrl: index } },
});
