// What both scripts need: assertions with deadlines, and the contracts' artifacts.
import { readFileSync } from 'node:fs';

export const abiOf = (name) =>
  JSON.parse(readFileSync(new URL(`../../contracts/bindings/artifacts/${name}.json`, import.meta.url))).abi;

export const STAKING = '0xed6e000000000000000000000000000000000002';
export const REGISTRY = '0xed6e000000000000000000000000000000000003';
export const CREATE2_DEPLOYER = '0x4e59b44847b379578588920cA78FbF26c0B4956C';
export const MULTICALL3 = '0xcA11bde05977b3631167028862bE2a173976CA11';

export const within = (ms, what, promise) =>
  Promise.race([
    promise,
    new Promise((_, reject) => setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms).unref()),
  ]);
