// A chain in this process, with the suite's own artifacts: its receivers of tokens, and the interfaces that the standards are.
const Module = require('node:module');
const { join } = require('node:path');

// The suite deploys by hardhat-deploy, of which it needs to find artifacts by name. Hardhat does that itself.
const load = Module._load;
Module._load = (request, ...others) => (request.startsWith('hardhat-deploy/') ? {} : load(request, ...others));

require('@nomicfoundation/hardhat-ethers');
require('@nomicfoundation/hardhat-chai-matchers');
const { extendEnvironment } = require('hardhat/config');

// Of OpenZeppelin's interfaces the suite names one, which it has under the same name.
const FOREIGN = '@openzeppelin/contracts/utils/introspection/IERC165.sol:';

extendEnvironment((hre) => {
  const { artifacts } = hre;
  const read = artifacts.readArtifactSync.bind(artifacts);
  artifacts.readArtifactSync = (name) => read(name.replace(FOREIGN, ''));
  hre.deployments = { getArtifact: async (name) => artifacts.readArtifactSync(name) };
});

module.exports = {
  networks: { hardhat: { hardfork: 'osaka' } },
  paths: { artifacts: join(require.resolve('@animoca/ethereum-contracts/package.json'), '../artifacts') },
  mocha: { reporter: 'dot', rootHooks: require('./hooks.cjs').mochaHooks },
};
