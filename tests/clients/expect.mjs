// What the scripts need: assertions with deadlines, and the contracts' artifacts.
import { readFileSync } from 'node:fs';

export const abiOf = (name) =>
  JSON.parse(readFileSync(new URL(`../../contracts/bindings/artifacts/${name}.json`, import.meta.url))).abi;

// The test that runs this tells where the contracts are.
export const { THETA, STAKING, REGISTRY, CREATE2_DEPLOYER, MULTICALL3 } = JSON.parse(process.env.EDGELOOM_ADDRESSES);

export const within = (ms, what, promise) =>
  Promise.race([
    promise,
    new Promise((_, reject) => setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms).unref()),
  ]);
