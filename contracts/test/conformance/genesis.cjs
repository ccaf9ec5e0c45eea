// What genesis holds of the tokens, and clones by the real factory.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { artifacts, ethers, network } = require('hardhat');

/** What forge compiled. Another folder is that of a build that should fail. */
const OUT = process.env.EDGELOOM_OUT ?? join(__dirname, '../../out');

const compiled = (name) => JSON.parse(readFileSync(join(OUT, `${name}.sol/${name}.json`), 'utf8'));

const ADDRESSES = {
  Collection: '0xED6E000000000000000000000000000000000020',
  Editions: '0xED6e000000000000000000000000000000000021',
  NftFactory: '0xEd6E000000000000000000000000000000000022',
};

const ROYALTY_BPS = 1000n;
let salt = 0;

async function genesis() {
  for (const [name, address] of Object.entries(ADDRESSES)) {
    await network.provider.send('hardhat_setCode', [address, compiled(name).deployedBytecode.object]);
  }
}

/** A clone, met by the standards' own interfaces; by ours only where they say nothing: errors, minting, burning, royalties. */
async function created(what, creator, standards) {
  const factory = new ethers.Contract(ADDRESSES.NftFactory, compiled('NftFactory').abi, creator);
  const terms = {
    creator: creator.address,
    name: 'Looms',
    symbol: 'LOOM',
    contractUri: 'ipfs://contract',
    baseUri: 'https://looms.example/',
    royaltyTo: ethers.ZeroAddress,
    royaltyBps: ROYALTY_BPS,
    policy: 0,
    split: 1_000_000,
  };
  const named = ethers.zeroPadValue(ethers.toBeHex(++salt), 32);
  const [create, at] = what === 'Collection' ? ['createCollection', 'collectionAt'] : ['createEditions', 'editionsAt'];
  await factory[create](terms, named);
  const standard = standards.flatMap((name) => artifacts.readArtifactSync(name).abi);
  const taken = new Set(standard.map(({ name }) => name));
  const ours = compiled(what).abi.filter(({ name, type }) => type !== 'constructor' && !taken.has(name));
  return new ethers.Contract(await factory[at](creator.address, named), [...standard, ...ours], creator);
}

/** The same contract with functions that the suite calls and no standard has. */
function extended(contract, functions) {
  return new Proxy(contract, {
    get(target, key) {
      if (key === 'connect') return (signer) => extended(target.connect(signer), functions);
      if (Object.hasOwn(functions, key)) return (...values) => functions[key](target, ...values);
      return Reflect.get(target, key);
    },
  });
}

/** The suite's setters of royalties, by ours. */
const royalties = {
  ROYALTY_FEE_DENOMINATOR: async () => 10_000n,
  setRoyaltyReceiver: async (token, to) => token.setRoyalty(to, ROYALTY_BPS),
  setRoyaltyPercentage: async (token, bps) => token.setRoyalty((await token.royaltyInfo(0, 0)).receiver, bps),
};

const error = (name) => ({ custom: true, error: name });

module.exports = { created, error, extended, genesis, royalties };
